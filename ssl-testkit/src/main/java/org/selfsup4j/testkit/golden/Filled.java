package org.selfsup4j.testkit.golden;

/** A described tensor {@code {"name", "shape", "scale", "base"}}, filled. */
public final class Filled {

  private final String name;
  private final long[] shape;
  private final double[] values;

  Filled(String name, long[] shape, double[] values) {
    this.name = name;
    this.shape = shape;
    this.values = values;
  }

  /** The name it was filled by; for parameters the parameter's name in PyTorch. */
  public String name() {
    return name;
  }

  /** The sizes of its axes, in PyTorch's order. */
  public long[] shape() {
    return shape.clone();
  }

  /** The elements in row-major order, exactly what the reference computation was given. */
  public double[] values() {
    return values.clone();
  }

  /** The elements in row-major order, rounded to float32. */
  public float[] floats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
