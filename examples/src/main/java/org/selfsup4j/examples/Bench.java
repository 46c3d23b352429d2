package org.selfsup4j.examples;

import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.selfsup4j.benchmarks.StepTiming;
import org.selfsup4j.benchmarks.Workload;
import org.selfsup4j.core.kernel.CallCounts;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.TimedKernels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code selfsup bench}: times the training step of a workload, one JSON line each. */
@Command(
    name = "bench",
    description = "Times the training step of workloads and prints one JSON line each.",
    mixinStandardHelpOptions = true)
final class Bench implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description = "One of ${COMPLETION-CANDIDATES}; all of them if none is named.")
  private String workload;

  @Option(
      names = "--steps",
      defaultValue = "8",
      description = "Timed steps after two of warm-up (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--kernels",
      description = "onednn or nd4j; if not given, the fastest that loads.")
  private String kernels;

  @Option(
      names = "--precision",
      defaultValue = "float32",
      description = "float32; bfloat16 is not there yet.")
  private String precision;

  @Option(
      names = "--breakdown",
      description = "Also print the time of each operation, warm-up included, to standard error.")
  private boolean breakdown;

  /** The names of the workloads, for the help. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Workload.names().iterator();
    }
  }

  @Override
  public Integer call() {
    if (!precision.equals("float32")) {
      throw new ParameterException(
          spec.commandLine(), "--precision is '" + precision + "': only float32 is there yet");
    }
    try {
      Kernels set = kernels == null ? KernelSets.choose() : KernelSets.open(kernels);
      for (String name : workload == null ? Workload.names() : List.of(workload)) {
        TimedKernels timed = new TimedKernels(set);
        Kernels computing = breakdown ? timed.kernels() : set;
        spec.commandLine()
            .getOut()
            .println(StepTiming.measure(Workload.of(name), computing, steps).toJson());
        spec.commandLine().getOut().flush();
        if (breakdown) {
          print(timed, set.calls());
        }
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    return 0;
  }

  private void print(TimedKernels timed, CallCounts calls) {
    PrintWriter err = spec.commandLine().getErr();
    for (TimedKernels.Line line : timed.breakdown()) {
      err.printf(
          Locale.ROOT,
          "%-32s %8d calls %10.1f ms %10.1f MB%n",
          line.operation(),
          line.calls(),
          line.millis(),
          line.bytes() / 1e6);
    }
    new TreeMap<>(calls.snapshot()).forEach((name, count) -> err.printf("%8d x %s%n", count, name));
    err.flush();
  }
}
