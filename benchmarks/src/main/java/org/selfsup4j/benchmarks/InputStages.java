package org.selfsup4j.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.ColorJitter;
import org.selfsup4j.core.data.GaussianBlur;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.RandomGrayscale;
import org.selfsup4j.core.data.RandomHorizontalFlip;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.random.RandomStream;

/** The stages of the input that is measured, and where its time goes. */
final class InputStages {

  private static final int VIEWS = 2;

  private InputStages() {}

  /**
   * A view of SimCLR by its stages: random resized crop (.2 to 1), flip, color jitter (.4, .4, .2,
   * .1; p .8), grayscale (p .2), Gaussian blur (p .5; none at 32 and below), normalised.
   */
  static Map<String, Augmentation> simClr(int size) {
    Map<String, Augmentation> stages = new LinkedHashMap<>();
    stages.put("crop_and_resize", RandomResizedCrop.of(size).withScale(0.2, 1));
    stages.put("flip", new RandomHorizontalFlip(0.5));
    stages.put("color_jitter", ColorJitter.of(0.4, 0.4, 0.2, 0.1).withProbability(0.8));
    stages.put("grayscale", new RandomGrayscale(0.2));
    if (size > 32) {
      stages.put("blur", GaussianBlur.simClr().withProbability(0.5));
    }
    stages.put("normalize", Normalize.imageNet());
    return stages;
  }

  /**
   * Milliseconds that a file spends in each stage, as one JSON line: reading and decoding once, two
   * views, and both written to native memory.
   *
   * @param files how many to take the mean over, after as many of warm-up
   */
  static String measure(Source<Image> images, Map<String, Augmentation> stages, int files) {
    Map<String, Long> nanos = new LinkedHashMap<>();
    FloatBuffer row = null;
    for (int i = 0; i < 2 * files; i++) {
      if (i == files) {
        nanos.clear();
      }
      RandomStream random = RandomStream.of(0).at(i);
      long start = System.nanoTime();
      Image image = images.get(i % images.size());
      start = add(nanos, "read_and_decode", start);
      for (int view = 0; view < VIEWS; view++) {
        Image changed = image;
        for (Map.Entry<String, Augmentation> stage : stages.entrySet()) {
          changed = stage.getValue().apply(changed, random);
          start = add(nanos, stage.getKey(), start);
        }
        row = row == null ? row(changed) : row.rewind();
        start = System.nanoTime();
        changed.writeTo(row);
        start = add(nanos, "write", start);
      }
    }
    StringBuilder line = new StringBuilder("{\"milliseconds_per_file\": {");
    nanos.forEach(
        (stage, sum) ->
            line.append('"')
                .append(stage)
                .append("\": ")
                .append(Math.round(sum / 1e3 / files) / 1e3)
                .append(", "));
    long sum = nanos.values().stream().mapToLong(Long::longValue).sum();
    return line.append("\"all\": ").append(Math.round(sum / 1e3 / files) / 1e3) + "}}";
  }

  private static FloatBuffer row(Image image) {
    int floats = image.height() * image.width() * image.channels();
    return ByteBuffer.allocateDirect(Float.BYTES * floats)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static long add(Map<String, Long> nanos, String stage, long start) {
    long now = System.nanoTime();
    nanos.merge(stage, now - start, Long::sum);
    return now;
  }
}
