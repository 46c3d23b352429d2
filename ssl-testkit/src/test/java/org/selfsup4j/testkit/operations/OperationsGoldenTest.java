package org.selfsup4j.testkit.operations;

import static org.junit.jupiter.api.Assertions.assertAll;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Initial;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Resampling;
import org.selfsup4j.core.tensor.Resampling.Interpolation;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;
import org.selfsup4j.testkit.golden.Filled;
import org.selfsup4j.testkit.golden.Golden;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

/** Operations have PyTorch's values and gradients, on every set of kernels. */
@ReadsGolden({"ops.json", "resize.json"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationsGoldenTest {

  private KernelsUnderTest kernels;

  @BeforeAll
  void openKernels() {
    kernels = KernelsUnderTest.open();
  }

  /** What a value is computed with, and how near it must come. */
  private record Machine(Kernels kernels, ElementType type, Tolerance tolerance) {}

  private Stream<Machine> machines() {
    Machine exact = new Machine(kernels.portable(), ElementType.DOUBLE, Tolerance.DOUBLE);
    return Stream.concat(
        Stream.of(exact),
        kernels.all().stream().map(set -> new Machine(set, ElementType.FLOAT, Tolerance.FLOAT)));
  }

  private void onEach(List<GoldenNode> cases, BiFunction<GoldenNode, Machine, Executable> check) {
    assertAll(
        machines()
            .flatMap(machine -> cases.stream().map(example -> check.apply(example, machine))));
  }

  @Test
  void operationsHavePyTorchsValuesAndGradients(@Golden("ops.json") GoldenFile file) {
    onEach(file.cases("cases"), (example, machine) -> () -> operation(example, machine));
  }

  private void operation(GoldenNode example, Machine machine) {
    Map<String, Filled> filled = new LinkedHashMap<>();
    for (GoldenNode tensor : example.at("tensors").items()) {
      Filled values = tensor.filled();
      filled.put(values.name().substring(values.name().lastIndexOf('.') + 1), values);
    }
    Filled cotangent = filled.remove("cotangent");
    Map<String, Variable> variables = new LinkedHashMap<>();
    filled.forEach((name, f) -> variables.put(name, variable(f, machine)));
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(machine.kernels, arena, example.toString())) {
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      variables.forEach((name, variable) -> inputs.put(name, session.open(variable)));
      Tensor y = new GoldenOperations(example, example.at("attributes"), inputs, session).apply();
      long[] shape = y.shape().toArray();
      example.at("y").tensor().assertMatches(shape, y.toDoubles(), machine.tolerance);
      Tensor loss =
          cotangent == null
              ? y
              : y.times(session.tensor(machine.type, cotangent.values(), shape)).sum();
      session.backward(loss);
    }
    for (String name : example.at("grads").keys()) {
      assertGradient(example.at("grads").at(name), variables.get(name), machine);
    }
  }

  @Test
  void runningStatisticsFollowAsPyTorchs(@Golden("ops.json") GoldenFile file) {
    List<GoldenNode> cases =
        file.cases("cases").stream().filter(example -> example.has("running_update")).toList();
    onEach(cases, (example, machine) -> () -> runningStatistics(example, machine));
  }

  private void runningStatistics(GoldenNode example, Machine machine) {
    GoldenNode update = example.at("running_update");
    double[] mean = update.at("running_mean_before").numbers();
    double[] variance = update.at("running_var_before").numbers();
    int channels = mean.length;
    BatchNorm norm =
        new BatchNorm(
            Initial.constant(1, channels),
            Initial.constant(0, channels),
            Buffer.of(machine.type, mean, channels),
            Buffer.of(machine.type, variance, channels),
            example.at("attributes").at("eps").number(),
            update.at("momentum").number());
    norm.weight().variable().moveOut(machine.type);
    norm.bias().variable().moveOut(machine.type);
    Filled x = example.at("tensors").at(0).filled();
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(machine.kernels, arena, example.toString())) {
      Pass pass = new Pass(true, RandomStream.of(0), session);
      norm.apply(session.tensor(machine.type, x.values(), x.shape()), pass);
    }
    update
        .at("running_mean_after")
        .tensor()
        .assertMatches(norm.runningMean().toDoubles(), machine.tolerance);
    update
        .at("running_var_after")
        .tensor()
        .assertMatches(norm.runningVariance().toDoubles(), machine.tolerance);
  }

  @Test
  void resizingHasPyTorchsValuesAndGradients(@Golden("resize.json") GoldenFile file) {
    onEach(file.cases("cases"), (example, machine) -> () -> resize(example, machine));
  }

  private void resize(GoldenNode example, Machine machine) {
    Variable x = variable(example.at("tensors").at(0).filled(), machine);
    int[] out = {example.at("out").at(0).integer(), example.at("out").at(1).integer()};
    boolean bicubic = example.at("mode").text().equals("bicubic");
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(machine.kernels, arena, example.toString())) {
      Tensor y =
          Resampling.resize(
              session.open(x),
              out[0],
              out[1],
              bicubic ? Interpolation.BICUBIC : Interpolation.BILINEAR,
              example.at("antialias").flag());
      long[] shape = y.shape().toArray();
      example.at("y").tensor().assertMatches(shape, y.toDoubles(), machine.tolerance);
      if (!example.has("grad_x")) {
        return;
      }
      double[] cotangent = example.at("tensors").at(1).filled().values();
      session.backward(y.times(session.tensor(machine.type, cotangent, shape)).sum());
    }
    assertGradient(example.at("grad_x"), x, machine);
  }

  private static Variable variable(Filled filled, Machine machine) {
    return Variable.of(machine.type, filled.values(), filled.shape());
  }

  private static void assertGradient(GoldenNode want, Variable variable, Machine machine) {
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.evaluation(machine.kernels, arena, "reading")) {
      double[] gradient = session.constant(variable.gradient()).toDoubles();
      want.tensor().assertMatches(variable.shape().toArray(), gradient, machine.tolerance);
    }
  }
}
