package org.selfsup4j.core.module;

import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Shape;

/** Initial values of parameters. */
public final class Initial {

  private Initial() {}

  /** The same number everywhere. */
  public static Parameter constant(double value, long... shape) {
    double[] values = new double[count(shape)];
    java.util.Arrays.fill(values, value);
    return Parameter.of(values, shape);
  }

  /** Evenly spread over {@code [-bound, bound)}. */
  public static Parameter uniform(double bound, RandomStream random, long... shape) {
    double[] values = new double[count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-bound, bound);
    }
    return Parameter.of(values, shape);
  }

  /** Normally distributed with mean 0. */
  public static Parameter normal(double deviation, RandomStream random, long... shape) {
    double[] values = new double[count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = deviation * random.nextGaussian();
    }
    return Parameter.of(values, shape);
  }

  /** Normal with mean 0, cut at two deviations: what ViT papers call trunc_normal(.02). */
  public static Parameter truncatedNormal(double deviation, RandomStream random, long... shape) {
    double[] values = new double[count(shape)];
    for (int i = 0; i < values.length; i++) {
      double draw = random.nextGaussian();
      while (Math.abs(draw) > 2) {
        draw = random.nextGaussian();
      }
      values[i] = deviation * draw;
    }
    return Parameter.of(values, shape);
  }

  /** Glorot and Bengio 2010, equation 16: uniform with bound sqrt(6 / (inputs + outputs)). */
  public static Parameter xavierUniform(RandomStream random, long outputs, long inputs) {
    return uniform(Math.sqrt(6.0 / (double) (inputs + outputs)), random, outputs, inputs);
  }

  /** He et al. 2015, equation 14 with outputs counted: normal with deviation sqrt(2 / fan). */
  public static Parameter heNormal(
      RandomStream random, long outputs, long inputs, long height, long width) {
    double fan = outputs * height * width;
    return normal(Math.sqrt(2 / fan), random, outputs, inputs, height, width);
  }

  private static int count(long... shape) {
    return Math.toIntExact(Shape.of(shape).count());
  }
}
