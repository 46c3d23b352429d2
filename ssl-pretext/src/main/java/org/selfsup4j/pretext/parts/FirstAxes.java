package org.selfsup4j.pretext.parts;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.selfsup4j.core.tensor.Tensor;

/** The two axes of copies and examples, which an encoder sees as one batch. */
public final class FirstAxes {

  private FirstAxes() {}

  /** [K, N, ...] becomes [K N, ...]: the first of all examples, then the second, ... */
  public static Tensor merged(Tensor x) {
    long[] shape = x.shape().toArray();
    return x.reshape(
        LongStream.concat(LongStream.of(shape[0] * shape[1]), Arrays.stream(shape, 2, shape.length))
            .toArray());
  }
}
