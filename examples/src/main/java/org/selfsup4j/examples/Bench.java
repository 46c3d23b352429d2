package org.selfsup4j.examples;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.selfsup4j.benchmarks.EpochTiming;
import org.selfsup4j.benchmarks.LoadedWorkload;
import org.selfsup4j.benchmarks.LongRun;
import org.selfsup4j.benchmarks.StepTiming;
import org.selfsup4j.benchmarks.TurnTiming;
import org.selfsup4j.benchmarks.Workload;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.TimedKernels;
import org.selfsup4j.core.tensor.Precision;
import org.selfsup4j.core.train.StepClock;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code selfsup bench}: times the training step of a workload, one JSON line each. */
@Command(
    name = "bench",
    description = {
      "Times the training step of workloads and prints one JSON line each.",
      "docs/performance.md says how to read it."
    },
    mixinStandardHelpOptions = true)
final class Bench implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description =
          "One of ${COMPLETION-CANDIDATES}. If none is named: all of them, each in a process of its"
              + " own; with --growth a ViT and a ResNet.")
  private String workload;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Source images of a step; if not given, the workload's own number.")
  private Integer batch;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "Timed steps after two of warm-up (default: ${DEFAULT-VALUE}); with --batches and --growth"
              + " of the largest batch, and as many images of the others.")
  private int steps;

  @Option(
      names = "--kernels",
      description = "onednn or nd4j; if not given, the fastest that loads.")
  private String kernels;

  @Mixin private PrecisionOption computed;

  @ArgGroup private Instead instead = new Instead();

  /** What may be measured or printed instead of a plain line; one of them. */
  static final class Instead {
    @Option(
        names = "--breakdown",
        arity = "0..1",
        fallbackValue = "operations",
        paramLabel = "operations|shapes",
        description =
            "Also print where the time of a step goes to standard error: by operation, or by"
                + " operation and shapes.")
    private TimedKernels.Detail breakdown;

    @Option(
        names = "--epochs",
        paramLabel = "N",
        description = "Time N whole epochs with the loader in the loop.")
    private Integer epochs;

    @Option(
        names = "--long",
        paramLabel = "N",
        description = "Run N steps and print memory and speed early and late.")
    private Integer longSteps;

    @Option(
        names = "--batches",
        split = ",",
        paramLabel = "N",
        description = "Time batches of so many source images, in turn in one process.")
    private List<Integer> batches;

    @Option(
        names = "--growth",
        description =
            "Print a Markdown table of speed and memory at growing batches, over epochs and over"
                + " many steps (some minutes).")
    private boolean growth;

    @Option(
        names = "--loaders",
        arity = "0..1",
        fallbackValue = "embedded",
        paramLabel = "DIR|embedded",
        description =
            "Time the step alone and with the loading of its images (default: the embedded photos),"
                + " for the workloads that have a loader.")
    private String loaders;
  }

  /** The names of the workloads, for the help. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Workload.names().iterator();
    }
  }

  @Override
  public Integer call() {
    if (instead.batches != null && batch != null) {
      throw usage("--batches names all batches " + instead.batches + ": leave --batch away");
    }
    try {
      if (instead.growth) {
        growth();
      } else if (instead.loaders != null) {
        timeWithLoaders();
      } else if (workload == null) {
        Workload.names().forEach(name -> print(BenchProcess.run(again(name))));
      } else {
        print(instead.batches == null ? measure(workload()) : timeInTurn());
      }
      return 0;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    } catch (IllegalStateException e) {
      spec.commandLine().getErr().println("selfsup: " + e.getMessage());
      return 1;
    }
  }

  private void timeWithLoaders() {
    if (batch != null || computed.precision() != Precision.FLOAT32) {
      throw usage("--loaders has its own batches, in float32: leave --batch and --precision away");
    }
    DataChoice images = DataChoice.of(instead.loaders);
    for (String name : workload == null ? LoadedWorkload.names() : List.of(workload)) {
      print(LoadedWorkload.of(name).measure(images.train(), kernels(), steps).toJson());
    }
  }

  private Workload<?> workload() {
    return batch == null ? Workload.of(workload).in(computed.precision()) : workload(batch);
  }

  private Workload<?> workload(int images) {
    return Workload.of(workload, images).in(computed.precision());
  }

  private String timeInTurn() {
    List<Workload<?>> workloads = new ArrayList<>();
    instead.batches.forEach(images -> workloads.add(workload(images)));
    return TurnTiming.measure(workloads, kernels(), steps).toJson();
  }

  private String measure(Workload<?> chosen) {
    if (instead.epochs != null) {
      return EpochTiming.measure(chosen, kernels(), instead.epochs).toJson();
    }
    if (instead.longSteps != null) {
      return LongRun.measure(chosen, kernels(), instead.longSteps).toJson();
    }
    if (instead.breakdown == null) {
      return StepTiming.measure(chosen, kernels(), steps).toJson();
    }
    StepClock clock = new StepClock(kernels(), instead.breakdown);
    String line = StepTiming.measure(chosen, clock, steps).toJson();
    clock.breakdown().ifPresent(each -> spec.commandLine().getErr().print(each.toText()));
    spec.commandLine().getErr().flush();
    return line;
  }

  private Kernels kernels() {
    return kernels == null ? KernelSets.choose() : KernelSets.open(kernels);
  }

  private void growth() {
    if (batch != null) {
      throw usage("--growth chooses its own batches " + Growth.BATCHES + ": leave --batch away");
    }
    for (String name : workload == null ? Growth.USUAL : List.of(workload)) {
      Workload.requireKnown(name);
      print(new Growth(BenchProcess::run).measure(name, steps, setOptions()).toMarkdown());
    }
  }

  /** The arguments that ask another process for the same of workload {@code name}. */
  private List<String> again(String name) {
    List<String> arguments = new ArrayList<>(List.of("--workload", name));
    arguments.addAll(List.of("--steps", Integer.toString(steps)));
    add(arguments, "--batch", batch);
    add(arguments, "--batches", instead.batches == null ? null : Growth.commas(instead.batches));
    add(arguments, "--breakdown", instead.breakdown);
    add(arguments, "--epochs", instead.epochs);
    add(arguments, "--long", instead.longSteps);
    arguments.addAll(setOptions());
    return arguments;
  }

  private List<String> setOptions() {
    List<String> options = new ArrayList<>(List.of("--precision", computed.precision().toString()));
    add(options, "--kernels", kernels);
    return options;
  }

  private static void add(List<String> arguments, String name, Object value) {
    if (value != null) {
      arguments.addAll(List.of(name, value.toString()));
    }
  }

  private void print(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
