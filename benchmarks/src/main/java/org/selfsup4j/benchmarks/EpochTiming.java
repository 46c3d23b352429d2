package org.selfsup4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.train.StepRunner;

/**
 * Whole epochs with the loader in the loop, each over the same images: whether a later one takes
 * longer. Steps of warm-up stand before the first.
 *
 * @param workload its name
 * @param images source images of a step
 * @param steps of an epoch
 * @param seconds of each epoch
 */
public record EpochTiming(String workload, int images, int steps, List<Double> seconds) {

  private static final int STEPS = 16;
  private static final int WARM_UP = 3;

  /** Copies what could change. */
  public EpochTiming {
    seconds = List.copyOf(seconds);
  }

  /** Runs {@code epochs} epochs of {@value #STEPS} steps. */
  public static <B> EpochTiming measure(Workload<B> workload, Kernels kernels, int epochs) {
    if (epochs < 2) {
      throw new IllegalArgumentException(
          "epochs is " + epochs + ": it takes at least 2 to compare them");
    }
    return measure(workload, workload.task().get(), kernels, epochs);
  }

  private static <E, B> EpochTiming measure(
      Workload<B> workload, PretextTask<Image, E, B> task, Kernels kernels, int epochs) {
    int cores = Runtime.getRuntime().availableProcessors();
    LoaderOptions options =
        LoaderOptions.training(workload.images(), 0).withThreads(cores).withPrefetch(0);
    Source<Image> source = noise(Workload.side(workload.name()), STEPS * workload.images());
    List<Double> seconds = new ArrayList<>();
    try (Loader<Image, E, B> loader =
            new Loader<>(source, task::example, task.stacking(), options);
        StepRunner<B> runner =
            new StepRunner<>(task, workload.plan(), kernels, WARM_UP + (long) epochs * STEPS)) {
      long number = 0;
      while (number < WARM_UP) {
        runner.run(number++, 0, workload.batch(), false);
      }
      for (int epoch = 0; epoch < epochs; epoch++) {
        long start = System.nanoTime();
        try (Batches<B> batches = loader.epoch(epoch)) {
          while (batches.hasNext()) {
            try (LoadedBatch<B> loaded = batches.next()) {
              runner.run(number++, epoch, loaded::open, false);
            }
          }
        }
        seconds.add((System.nanoTime() - start) / 1e9);
      }
    }
    return new EpochTiming(workload.name(), workload.images(), STEPS, seconds);
  }

  /** Images of noise, decoded already: 8 bits a number, as a decoder leaves them. */
  private static Source<Image> noise(int side, int count) {
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RandomStream random = RandomStream.of(3).at(i);
      byte[] pixels = new byte[side * side * 3];
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = (byte) random.nextInt(256);
      }
      images.add(Image.ofBytes(side, side, 3, pixels));
    }
    return ListSource.of("noise", images);
  }

  /** The figures of a line that {@link #toJson} made. */
  public static EpochTiming of(JsonNode line) {
    List<Double> seconds = new ArrayList<>();
    line.required("epoch_seconds").forEach(each -> seconds.add(each.asDouble()));
    return new EpochTiming(
        line.required("workload").asText(),
        line.required("images").asInt(),
        line.required("steps").asInt(),
        seconds);
  }

  /** One line of JSON. */
  public String toJson() {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("workload", workload).put("images", images).put("steps", steps);
    ArrayNode each = line.putArray("epoch_seconds");
    seconds.forEach(s -> each.add(Figures.round(s, 3)));
    return line.toString();
  }
}
