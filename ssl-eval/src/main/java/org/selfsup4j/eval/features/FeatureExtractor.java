package org.selfsup4j.eval.features;

import java.util.Arrays;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Shape;
import org.selfsup4j.core.tensor.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the features of all images of a source, each in the row of its place. */
final class FeatureExtractor {

  private static final Logger LOG = LoggerFactory.getLogger(FeatureExtractor.class);

  /** What makes features [N, D] of a batch. */
  private interface Encoding {
    Matrix encode(PreparedImages.Batch batch);
  }

  private final Source<Image> source;
  private final Extraction extraction;

  FeatureExtractor(Source<Image> source, Extraction extraction) {
    this.source = source;
    this.extraction = extraction;
  }

  Features pixels() {
    return extract("raw pixels", PreparedImages.Batch::pixels);
  }

  Features encoded(ImageEncoder encoder, String name, Kernels kernels) {
    try (Arena arena = new Arena()) {
      return extract(name, batch -> encode(encoder, batch, kernels, arena));
    }
  }

  private static Matrix encode(
      ImageEncoder encoder, PreparedImages.Batch batch, Kernels kernels, Arena arena) {
    Image like = batch.like();
    if (like.channels() != encoder.channels()) {
      throw new IllegalArgumentException(
          "the encoder takes images of "
              + encoder.channels()
              + " channels, these have "
              + like.channels()
              + ": build the encoder for "
              + like.channels()
              + " channels, or convert the images");
    }
    int count = batch.pixels().rows();
    try (Session session = Session.evaluation(kernels, arena, "features")) {
      Tensor images =
          session
              .tensor(
                  batch.pixels().toFloats(), count, like.height(), like.width(), like.channels())
              .permute(0, 3, 1, 2); // [N, C, H, W], channels-last memory
      Pass pass = new Pass(false, RandomStream.of(0).at("features"), session);
      Tensor features = encoder.features(images, pass); // [N, D]
      if (!features.shape().equals(Shape.of(count, encoder.width()))) {
        throw new IllegalStateException(
            encoder.getClass().getSimpleName()
                + " gave features of shape "
                + features.shape()
                + " for "
                + count
                + " images, but says that its width is "
                + encoder.width());
      }
      return Matrix.wrap(count, encoder.width(), features.toFloats());
    }
  }

  private Features extract(String name, Encoding encoding) {
    long start = System.nanoTime();
    int size = Math.toIntExact(source.size());
    int[] labels = new int[size];
    float[] rows = null;
    int done = 0;
    int width = 0;
    try (PreparedImages images = new PreparedImages(source, extraction)) {
      for (var batch = images.next(); batch != null; batch = images.next()) {
        Matrix features = encoding.encode(batch);
        if (rows == null) {
          width = features.columns();
          rows = new float[requireRoom(size, width)];
        }
        for (int i = 0; i < features.rows(); i++) {
          features.copyRow(i, rows, done * width);
          labels[done++] = source.label(batch.indices().get(i)).orElse(Labels.NONE);
        }
      }
      LOG.info(
          "features of {}: {} images of {}, {} images/s",
          name,
          done,
          source.description(),
          Math.round(done / Math.max(1e-9, (System.nanoTime() - start) * 1e-9)));
      return new Features(
          Matrix.wrap(done, width, done == size ? rows : Arrays.copyOf(rows, done * width)),
          Labels.of(Arrays.copyOf(labels, done)),
          name,
          source.description() + " (" + extraction.preprocessing() + ")",
          images.unreadable());
    }
  }

  private int requireRoom(int size, int width) {
    long numbers = (long) size * width;
    if (numbers > Features.MOST_NUMBERS) {
      throw new IllegalArgumentException(
          size
              + " samples of "
              + width
              + " features are "
              + numbers
              + " numbers, a Java array holds "
              + Features.MOST_NUMBERS
              + ": use a subset of "
              + source.description()
              + " or, for raw pixels, smaller images");
    }
    return (int) numbers;
  }
}
