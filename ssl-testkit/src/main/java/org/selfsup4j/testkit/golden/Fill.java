package org.selfsup4j.testkit.golden;

import java.nio.charset.StandardCharsets;

/**
 * Fills tensors by a formula of their name, so that no weights or inputs need to be stored.
 *
 * <pre>
 * seed = FNV-1a 64 of the name in UTF-8
 * z_i  = splitmix64 output i of that seed             i = 0, 1, 2, ...
 * u_i  = (z_i &gt;&gt;&gt; 40) / 2^24                          in [0, 1)
 * x_i  = base + scale * (2 * u_i - 1)                 row-major order of the shape
 * </pre>
 *
 * Two tensors of one name and shape are equal.
 */
public final class Fill {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private Fill() {}

  /** The number that {@code name} stands for: the FNV-1a hash of its UTF-8 bytes. */
  public static long seed(String name) {
    long hash = FNV_OFFSET;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** The 64 random bits behind element {@code index} of a tensor with this {@link #seed}. */
  public static long bits(long seed, long index) {
    long z = seed + (index + 1) * GAMMA;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** The tensor's elements in double. */
  public static double[] doubles(String name, long[] shape, double scale, double base) {
    long seed = seed(name);
    double[] values = new double[count(shape)];
    for (int i = 0; i < values.length; i++) {
      double u = (bits(seed, i) >>> 40) / 0x1p24;
      values[i] = base + scale * (2 * u - 1);
    }
    return values;
  }

  /** The tensor's elements rounded to float32. */
  public static float[] floats(String name, long[] shape, double scale, double base) {
    double[] exact = doubles(name, shape, scale, base);
    float[] values = new float[exact.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) exact[i];
    }
    return values;
  }

  /** The tensor's elements rounded to float32, as doubles. */
  public static double[] rounded(String name, long[] shape, double scale, double base) {
    double[] values = doubles(name, shape, scale, base);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) values[i];
    }
    return values;
  }

  /** Whole numbers from {@code low} to {@code high} (exclusive). */
  public static long[] ints(String name, long[] shape, long low, long high) {
    if (high <= low) {
      throw new IllegalArgumentException(
          "low " + low + " and high " + high + " leave no number: high must be larger");
    }
    long seed = seed(name);
    long[] values = new long[count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = low + (bits(seed, i) >>> 40) % (high - low);
    }
    return values;
  }

  /** How many elements a tensor of this shape has; 1 for the empty shape of a scalar. */
  static int count(long[] shape) {
    long count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, size);
    }
    return Math.toIntExact(count);
  }
}
