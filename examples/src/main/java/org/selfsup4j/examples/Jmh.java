package org.selfsup4j.examples;

import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.WarmupMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code selfsup jmh}: times single operations of the kernels. */
@Command(
    name = "jmh",
    description = "Times single operations of the kernels with JMH, each in a process of its own.",
    mixinStandardHelpOptions = true)
final class Jmh implements Callable<Integer> {

  private static final List<String> SETS = List.of("onednn", "nd4j");

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "PATTERN",
      defaultValue = ".*",
      description = "A regular expression for their names, such as Convolutions.forward.")
  private String pattern;

  @Option(
      names = "--kernels",
      defaultValue = "onednn",
      description = "onednn, nd4j or both (default: ${DEFAULT-VALUE}).")
  private String kernels;

  @Option(names = "--list", description = "Only print the names.")
  private boolean list;

  @Override
  public Integer call() {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(pattern)
            .param("set", sets())
            .warmupMode(WarmupMode.INDI)
            .shouldFailOnError(true);
    try {
      Runner runner = new Runner(options.build());
      if (list) {
        runner.list();
      } else {
        runner.run();
      }
      return 0;
    } catch (RunnerException e) {
      spec.commandLine().getErr().println("selfsup: " + e.getMessage());
      return 1;
    }
  }

  private String[] sets() {
    if (kernels.equals("both")) {
      return SETS.toArray(String[]::new);
    }
    if (!SETS.contains(kernels)) {
      throw new ParameterException(
          spec.commandLine(), "--kernels is '" + kernels + "': choose onednn, nd4j or both");
    }
    return new String[] {kernels};
  }
}
