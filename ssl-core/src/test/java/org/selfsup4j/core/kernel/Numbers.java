package org.selfsup4j.core.kernel;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.selfsup4j.core.memory.BrainFloats;

/** Numbers on the heap, row-major: what the plain reference loops of the tests work on. */
public final class Numbers {

  final long[] shape;
  final double[] values;

  Numbers(long[] shape, double[] values) {
    this.shape = shape;
    this.values = values;
  }

  /** Zeros. */
  static Numbers zeros(long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return new Numbers(shape.clone(), new double[(int) count]);
  }

  /** Multiples of 1/1024 in [-2, 2): exact in float, few of them equal. */
  static Numbers random(long seed, long... shape) {
    Random random = new Random(seed);
    return zeros(shape).map(x -> (random.nextInt(4096) - 2048) / 1024.0);
  }

  /** Whole numbers of [low, high). */
  static Numbers whole(long seed, int low, int high, long... shape) {
    Random random = new Random(seed);
    return zeros(shape).map(x -> low + random.nextInt(high - low));
  }

  static Numbers of(double... values) {
    return new Numbers(new long[] {values.length}, values);
  }

  Numbers map(DoubleUnaryOperator f) {
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = f.applyAsDouble(values[i]);
    }
    return new Numbers(shape, result);
  }

  /** Each rounded to the nearest BFLOAT16. */
  Numbers rounded() {
    return map(v -> BrainFloats.toFloat(BrainFloats.of((float) v)));
  }

  /** These matrices [..., M, K] times {@code others} [..., K, N]. */
  Numbers product(Numbers others) {
    int n = shape.length;
    int rows = (int) shape[n - 2];
    int inner = (int) shape[n - 1];
    int columns = (int) others.shape[n - 1];
    long[] made = shape.clone();
    made[n - 1] = columns;
    Numbers result = zeros(made);
    for (int i = 0; i < result.values.length; i++) {
      int row = i / columns; // of all matrices
      int from = row / rows * inner * columns + i % columns;
      for (int k = 0; k < inner; k++) {
        result.values[i] += values[row * inner + k] * others.values[from + k * columns];
      }
    }
    return result;
  }

  /** The matrices [..., M, K] as [..., K, M]. */
  Numbers transposed() {
    int n = shape.length;
    long[] turned = shape.clone();
    turned[n - 2] = shape[n - 1];
    turned[n - 1] = shape[n - 2];
    return build(
        i -> {
          long[] from = i.clone();
          from[n - 2] = i[n - 1];
          from[n - 1] = i[n - 2];
          return at(from);
        },
        turned);
  }

  Numbers reshape(long... newShape) {
    return new Numbers(newShape, values);
  }

  /** Every element, computed from its index. */
  static Numbers build(ToDoubleFunction<long[]> f, long... shape) {
    Numbers result = zeros(shape);
    long[] index = new long[shape.length];
    for (int i = 0; i < result.values.length; i++) {
      result.values[i] = f.applyAsDouble(index);
      advance(index, shape);
    }
    return result;
  }

  double at(long... index) {
    return values[place(index)];
  }

  void add(double value, long... index) {
    values[place(index)] += value;
  }

  int place(long... index) {
    long place = 0;
    for (int i = 0; i < shape.length; i++) {
      place = place * shape[i] + index[i];
    }
    return (int) place;
  }

  /** The sum of the products with {@code other}. */
  double dot(Numbers other) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * other.values[i];
    }
    return sum;
  }

  /** The next index in row-major order. */
  static void advance(long[] index, long[] shape) {
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) {
        return;
      }
      index[axis] = 0;
    }
  }

  /** The gradient of {@code f} at these numbers by central differences, error of fourth order. */
  Numbers gradient(ToDoubleFunction<Numbers> f) {
    Numbers result = zeros(shape);
    double h = 1e-3;
    for (int i = 0; i < values.length; i++) {
      double near = f.applyAsDouble(moved(i, h)) - f.applyAsDouble(moved(i, -h));
      double far = f.applyAsDouble(moved(i, 2 * h)) - f.applyAsDouble(moved(i, -2 * h));
      result.values[i] = (8 * near - far) / (12 * h);
    }
    return result;
  }

  private Numbers moved(int place, double by) {
    double[] copy = values.clone();
    copy[place] += by;
    return new Numbers(shape, copy);
  }
}
