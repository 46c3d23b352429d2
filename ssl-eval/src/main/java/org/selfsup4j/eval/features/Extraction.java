package org.selfsup4j.eval.features;

import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Augmentations;

/**
 * How features are taken.
 *
 * @param preprocessing makes all images one size and gives them the range that the encoder was
 *     trained with; draws nothing
 * @param batchSize images that go through the encoder at a time: memory against speed, the features
 *     are the same up to rounding
 * @param threads that decode and preprocess the images of a batch; between two batches, so that
 *     they take no core from the encoder
 */
public record Extraction(Augmentation preprocessing, int batchSize, int threads) {

  /** Checks ranges. */
  public Extraction {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize is " + batchSize + ": it must be at least 1");
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ": it must be at least 1");
    }
  }

  /** Batches of 256 on as many threads as there are cores. */
  public static Extraction of(Augmentation... preprocessing) {
    Augmentation all =
        preprocessing.length == 1 ? preprocessing[0] : Augmentations.of(preprocessing);
    return new Extraction(all, 256, Runtime.getRuntime().availableProcessors());
  }

  /** The same with batches of {@code other} images. */
  public Extraction withBatchSize(int other) {
    return new Extraction(preprocessing, other, threads);
  }

  /** The same on {@code other} threads. */
  public Extraction withThreads(int other) {
    return new Extraction(preprocessing, batchSize, other);
  }
}
