package org.selfsup4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.State;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.tensor.Precision;
import org.selfsup4j.core.train.StepClock;
import org.selfsup4j.core.train.StepResult;
import org.selfsup4j.core.train.StepRunner;

/**
 * What the training step of a workload took.
 *
 * @param workload its name
 * @param kernels the set that computed it
 * @param precision what it was really computed in: float32 where bfloat16 is not served
 * @param threads of a kernel call
 * @param images source images of a step
 * @param firstStepMillis from the start of the Java process to the end of the first step
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
    Precision precision,
    int threads,
    int images,
    long firstStepMillis,
    double stepMillis,
    long peakMegabytes,
    double gflop,
    double firstLoss,
    double lastLoss,
    String weights) {

  /** Runs two steps of warm-up and {@code steps} timed ones. */
  public static <B> StepTiming measure(Workload<B> workload, Kernels kernels, int steps) {
    return measure(workload, kernels, steps, () -> {}, () -> {});
  }

  /** The same, with a clock that watches each operation. */
  public static <B> StepTiming measure(Workload<B> workload, StepClock clock, int steps) {
    return measure(workload, clock.kernels(), steps, clock::begin, clock::end);
  }

  private static <B> StepTiming measure(
      Workload<B> workload, Kernels kernels, int steps, Runnable begin, Runnable end) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is " + steps + ": it must be at least 1");
    }
    PretextTask<?, ?, B> task = workload.task().get();
    double[] millis = new double[steps];
    double first = 0;
    double last = 0;
    long firstDone = 0;
    int all = steps + StepClock.WARM_UP;
    try (StepRunner<B> runner = new StepRunner<>(task, workload.plan(), kernels, all)) {
      for (int step = 0; step < all; step++) {
        begin.run();
        long start = System.nanoTime();
        StepResult result = runner.run(step, 0, workload.batch(), false);
        double taken = (System.nanoTime() - start) / 1e6;
        end.run();
        if (step >= StepClock.WARM_UP) {
          millis[step - StepClock.WARM_UP] = taken;
        }
        if (step == 0) {
          first = result.loss();
          firstDone = System.currentTimeMillis();
        }
        last = result.loss();
      }
      return new StepTiming(
          workload.name(),
          kernels.name(),
          runner.precision(),
          kernels.threads(),
          workload.images(),
          firstDone - ManagementFactory.getRuntimeMXBean().getStartTime(),
          Figures.median(millis),
          ProcessMemory.peakMegabytes(),
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
    line.put("precision", precision.toString());
    line.put("threads", threads);
    line.put("images", images);
    line.put("first_step_ms_since_start", firstStepMillis);
    line.put("images_per_second", Figures.round(images / stepMillis * 1000, 2));
    line.put("step_ms", Figures.round(stepMillis, 1));
    line.put("peak_rss_mb", peakMegabytes);
    line.put("gflop", Figures.round(gflop, 1));
    line.put("gflop_per_second", Figures.round(gflop / stepMillis * 1000, 1));
    line.put("first_loss", firstLoss);
    line.put("last_loss", lastLoss);
    line.put("weights", weights);
    return line.toString();
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
