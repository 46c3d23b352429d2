package org.selfsup4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.State;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.train.StepResult;
import org.selfsup4j.core.train.StepRunner;

/**
 * What the training step of a workload took.
 *
 * @param workload its name
 * @param kernels the set that computed it
 * @param threads of a kernel call
 * @param images source images of a step
 * @param stepMillis median over the timed steps
 * @param peakMegabytes of the process so far (VmHWM); -1 where the system does not tell
 * @param gflop counted operations of a step, in thousand millions
 * @param firstLoss of the first warm-up step
 * @param lastLoss of the last step
 * @param weights start of the SHA-256 of all weights after the last step
 */
public record StepTiming(
    String workload,
    String kernels,
    int threads,
    int images,
    double stepMillis,
    long peakMegabytes,
    double gflop,
    double firstLoss,
    double lastLoss,
    String weights) {

  private static final int WARM_UP = 2;

  /** Runs two steps of warm-up and {@code steps} timed ones. */
  public static <B> StepTiming measure(Workload<B> workload, Kernels kernels, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + ": it must be at least 1");
    }
    PretextTask<?, ?, B> task = workload.task().get();
    double[] millis = new double[steps];
    double first = 0;
    double last = 0;
    try (StepRunner<B> runner = new StepRunner<>(task, workload.plan(), kernels, steps + WARM_UP)) {
      for (int step = 0; step < steps + WARM_UP; step++) {
        long start = System.nanoTime();
        StepResult result = runner.run(step, 0, workload.batch(), false);
        double taken = (System.nanoTime() - start) / 1e6;
        if (step >= WARM_UP) {
          millis[step - WARM_UP] = taken;
        }
        first = step == 0 ? result.loss() : first;
        last = result.loss();
      }
      return new StepTiming(
          workload.name(),
          kernels.name(),
          kernels.threads(),
          workload.images(),
          median(millis),
          peak(),
          workload.gflop(),
          first,
          last,
          hash(runner.parts()));
    }
  }

  /** One line of JSON. */
  public String toJson() {
    ObjectNode line = new ObjectMapper().createObjectNode();
    line.put("workload", workload);
    line.put("kernels", kernels);
    line.put("precision", "float32");
    line.put("threads", threads);
    line.put("images_per_second", round(images / stepMillis * 1000, 2));
    line.put("step_ms", round(stepMillis, 1));
    line.put("peak_rss_mb", peakMegabytes);
    line.put("gflop", gflop);
    line.put("gflop_per_second", round(gflop / stepMillis * 1000, 1));
    line.put("first_loss", firstLoss);
    line.put("last_loss", lastLoss);
    line.put("weights", weights);
    return line.toString();
  }

  private static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  }

  private static double round(double value, int digits) {
    return Double.parseDouble(String.format(Locale.ROOT, "%." + digits + "f", value));
  }

  /** VmHWM of the process, or -1 where the system does not tell. */
  private static long peak() {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return -1;
    }
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        }
      }
      return -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The start of the SHA-256 of all weights, as float32 in the order of the parts. */
  private static String hash(Parts parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (State state : parts.states().values()) {
        double[] values = state.toDoubles();
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        for (double value : values) {
          bytes.putFloat((float) value);
        }
        digest.update(bytes.array());
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
