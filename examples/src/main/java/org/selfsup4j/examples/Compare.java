package org.selfsup4j.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.train.DivergedException;
import org.selfsup4j.eval.compare.Row;
import org.selfsup4j.eval.compare.Rows;
import org.selfsup4j.eval.compare.Setting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code selfsup compare}: trains methods one after the other, each for the same time on the same
 * images, and says what their features are worth.
 */
@Command(
    name = "compare",
    description = {
      "Trains methods for the same time each, and compares what their features are worth.",
      "Each finished method is a row of the file --json; run again, it goes on where it stopped."
    },
    mixinStandardHelpOptions = true)
final class Compare implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "TASK",
      description = "Names of 'pretrain', separated by commas (if not given, all of them).")
  private List<String> tasks;

  @Option(
      names = "--minutes",
      required = true,
      description = "Training time of each method; planned from the time of its first steps.")
  private double minutes;

  @Option(
      names = "--data",
      defaultValue = "embedded",
      paramLabel = "DIR|embedded",
      description = "As in 'pretrain', with labels (default: ${DEFAULT-VALUE}).")
  private String data;

  @Option(
      names = "--json",
      required = true,
      paramLabel = "FILE",
      description = "File of the finished rows; the runs are in the folder FILE.runs beside it.")
  private Path json;

  @Option(
      names = "--train-images",
      paramLabel = "N",
      description = "Train, and let protocols learn, on this many images, drawn by the seed.")
  private Integer trainImages;

  @Option(
      names = "--batch",
      defaultValue = "64",
      description = "Images of a step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute (if not given, as many as suit the machine).")
  private Integer threads;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Of every random draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--fresh", description = "Delete the rows and runs that are there, and begin.")
  private boolean fresh;

  @Override
  public Integer call() {
    return UserMistakes.explained(spec, this::compare);
  }

  private void compare() {
    Map<String, PretrainMethod> chosen = chosen(Pretrain.methods());
    Kernels kernels = KernelSets.choose();
    if (threads != null) {
      requirePositive("--threads", threads);
      kernels.setThreads(threads);
    }
    DataChoice choice = choice();
    Setting setting =
        new Setting(
            choice.train().description(),
            choice.test().description(),
            minutes,
            batch,
            kernels.threads(),
            seed);
    ComparedRuns runs = new ComparedRuns(choice, setting, kernels, folder());
    chosen.forEach(runs::check);
    try (RunsFolder folder = RunsFolder.open(folder())) {
      if (fresh) {
        folder.delete(json);
      }
      Rows rows = Rows.open(json, setting);
      folder.require(setting);
      compare(rows, chosen, runs);
    }
  }

  private void compare(Rows before, Map<String, PretrainMethod> chosen, ComparedRuns runs) {
    PrintWriter print = spec.commandLine().getOut();
    Rows rows = before;
    List<String> failed = new ArrayList<>();
    for (Map.Entry<String, PretrainMethod> each : chosen.entrySet()) {
      if (rows.row(each.getKey()).isPresent()) {
        continue;
      }
      Row row;
      try {
        row = runs.row(each.getKey(), each.getValue(), command(), rawKnn(rows));
      } catch (DivergedException | IllegalArgumentException e) { // the others can still be trained
        failed.add(each.getKey() + ": " + e.getMessage());
        continue;
      }
      rows = rows.with(row);
      print.printf(
          Locale.ROOT,
          "%s: knn %.3f, linear %.3f after %.0f s%n",
          row.task(),
          row.knn(),
          row.linear(),
          row.seconds());
      print.flush();
    }
    print.println(rows);
    print.flush();
    if (!failed.isEmpty()) {
      throw new IllegalStateException(
          failed.size() + " of " + chosen.size() + " have no row. " + String.join("; ", failed));
    }
  }

  /** The methods in the order that was asked for. */
  private Map<String, PretrainMethod> chosen(Map<String, PretrainMethod> methods) {
    List<String> names = tasks == null ? new ArrayList<>(methods.keySet()) : tasks;
    Map<String, PretrainMethod> chosen = new LinkedHashMap<>();
    for (String each : names) {
      String name = Pretrain.named(each);
      PretrainMethod method = methods.get(name);
      if (method == null) {
        throw new IllegalArgumentException(
            "there is no task '" + name + "' to compare: choose among " + methods.keySet());
      }
      if (chosen.put(name, method) != null) {
        throw new IllegalArgumentException("the task " + name + " is there twice: name it once");
      }
    }
    return chosen;
  }

  private DataChoice choice() {
    DataChoice all = DataChoice.of(data);
    if (!all.isLabelled()) {
      throw new IllegalArgumentException(
          "the data of --data " + data + " has no labels, so no features can be scored on it");
    }
    return trainImages == null ? all : all.withTrainImages(trainImages, seed);
  }

  /** The pixels' score is the same for every method: it is taken from a finished row. */
  private static OptionalDouble rawKnn(Rows rows) {
    return rows.rows().stream().mapToDouble(Row::rawKnn).findFirst();
  }

  private Path folder() {
    return json.resolveSibling(json.getFileName() + ".runs");
  }

  private String command() {
    return "selfsup " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 1");
    }
  }
}
