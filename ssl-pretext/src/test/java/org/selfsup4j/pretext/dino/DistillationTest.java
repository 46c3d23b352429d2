package org.selfsup4j.pretext.dino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;
import org.selfsup4j.testkit.golden.Filled;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

/** The loss, the centre and the head against the reference values and against plain loops. */
@ReadsGolden("dino.json")
class DistillationTest {

  @ParameterizedTest
  @CsvSource({"nd4j, DOUBLE", "nd4j, FLOAT", "onednn, FLOAT"})
  void lossAndCentreMeetTheReferenceValues(String kernels, ElementType type, GoldenFile file) {
    Tolerance tolerance = tolerance(type);
    for (GoldenNode example : file.cases("cases")) {
      Filled outputs = example.filled("student");
      Filled teacher = example.filled("teacher");
      Variable student = Variable.of(type, outputs.values(), outputs.shape());
      Filled before = example.filled("center");
      Buffer centre = Buffer.of(type, before.values(), before.shape());
      try (Arena arena = new Arena();
          Session session = Session.training(KernelSets.open(kernels), arena, "test")) {
        Pass pass = new Pass(true, RandomStream.of(1), session);
        Tensor output = session.tensor(type, teacher.values(), teacher.shape());
        Tensor targets =
            Distillation.targets(
                output, centre.in(pass), example.at("teacher_temperature").number());
        example.at("teacher_probabilities").tensor().assertMatches(targets.toDoubles(), tolerance);
        Tensor loss =
            Distillation.loss(
                session.open(student), targets, example.at("student_temperature").number());
        example.at("loss").assertNumber(loss.item(), tolerance);
        session.backward(loss);
        double[] gradient = session.constant(student.gradient()).toDoubles();
        example.at("grad_student").tensor().assertMatches(gradient, tolerance);
        centre.blend(output.mean(0), 1 - example.at("center_momentum").number(), 1, pass);
        example.at("center_after").tensor().assertMatches(centre.toDoubles(), tolerance);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"nd4j, DOUBLE", "onednn, FLOAT"})
  void theHeadMeetsTheReferenceValues(String kernels, ElementType type, GoldenFile file) {
    Tolerance tolerance = tolerance(type);
    GoldenNode want = file.at("head");
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    for (String name : want.at("gradients").keys()) {
      Filled filled = want.filled(name);
      parameters.put(name, Parameter.of(filled.values(), filled.shape()));
    }
    DinoHead head =
        new DinoHead(
            linear(parameters, "mlp.0"),
            linear(parameters, "mlp.2"),
            linear(parameters, "mlp.4"),
            new Prototypes(
                parameters.get("last_layer.weight_v"),
                Optional.of(parameters.get("last_layer.weight_g"))));
    Parts.of(head).convertTo(type);
    // A fresh parameter holds floats: the values come again, now in the type.
    parameters.forEach((name, parameter) -> parameter.set(want.filled(name).values()));
    Variable x = Variable.of(type, want.filled("head.x").values(), want.filled("head.x").shape());
    Filled cotangent = want.filled("head.cotangent");
    try (Arena arena = new Arena();
        Session session = Session.training(KernelSets.open(kernels), arena, "test")) {
      Pass pass = new Pass(true, RandomStream.of(1), session);
      Tensor z = head.bottleneck(session.open(x), pass);
      want.at("bottleneck_normalised").tensor().assertMatches(z.toDoubles(), tolerance);
      Tensor output = head.prototypes().apply(z, pass);
      want.at("output").tensor().assertMatches(output.toDoubles(), tolerance);
      session.backward(
          output.times(session.tensor(type, cotangent.values(), cotangent.shape())).sum());
      double[] gradient = session.constant(x.gradient()).toDoubles();
      want.at("grad_x").tensor().assertMatches(gradient, tolerance);
      parameters.forEach(
          (name, parameter) ->
              want.at("gradients")
                  .at(name)
                  .tensor()
                  .assertMatches(
                      session.constant(parameter.variable().gradient()).toDoubles(), tolerance));
    }
  }

  private static Linear linear(Map<String, Parameter> parameters, String name) {
    return new Linear(
        parameters.get(name + ".weight"), Optional.of(parameters.get(name + ".bias")));
  }

  private static Tolerance tolerance(ElementType type) {
    return type == ElementType.DOUBLE ? Tolerance.DOUBLE : Tolerance.FLOAT;
  }

  @Test
  void equalsTheFormulaWrittenOut() {
    int n = 3;
    int k = 5;
    int crops = 4;
    double[] student = noise(1, crops * n * k);
    double[] teacher = noise(2, 2 * n * k);
    double[] centre = noise(3, k);
    double expected = 0;
    for (int i = 0; i < 2; i++) {
      for (int v = 0; v < crops; v++) {
        for (int row = 0; row < n && v != i; row++) {
          double[] q = softmax(teacher, (i * n + row) * k, centre, 0.04);
          double[] p = softmax(student, (v * n + row) * k, new double[k], 0.1);
          for (int j = 0; j < k; j++) {
            expected -= q[j] * Math.log(p[j]) / n / 6; // 6 pairs
          }
        }
      }
    }
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
      Tensor targets =
          Distillation.targets(
              session.tensor(ElementType.DOUBLE, teacher, 2L * n, k),
              session.tensor(ElementType.DOUBLE, centre, k),
              0.04);
      Tensor outputs = session.tensor(ElementType.DOUBLE, student, (long) crops * n, k);
      assertThat(Distillation.loss(outputs, targets, 0.1).item())
          .isCloseTo(expected, within(1e-12));
    }
  }

  private static double[] noise(int seed, int count) {
    RandomStream random = RandomStream.of(seed);
    double[] values = new double[count];
    Arrays.setAll(values, i -> random.uniform(-0.3, 0.3));
    return values;
  }

  private static double[] softmax(double[] x, int from, double[] centre, double temperature) {
    double[] p = new double[centre.length];
    Arrays.setAll(p, j -> Math.exp((x[from + j] - centre[j]) / temperature));
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(value -> value / sum).toArray();
  }

  @Test
  void entropyIsOneWhereAllIsEqualAndZeroWhereOneWins() {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.choose(), arena, "test")) {
      Tensor even = session.full(ElementType.FLOAT, 0.25, 3, 4);
      assertThat(Distillation.relativeEntropy(even)).isCloseTo(1, within(1e-6));
      Tensor one = session.tensor(new float[] {0, 1, 0, 0, 0, 0, 0, 1}, 2, 4);
      assertThat(Distillation.relativeEntropy(one)).isCloseTo(0, within(1e-6));
      Tensor two = session.tensor(new float[] {0.5f, 0.5f, 0, 0}, 1, 4);
      assertThat(Distillation.relativeEntropy(two)).isCloseTo(0.5, within(1e-6));
    }
  }

  @Test
  void refusesRowsThatAreNoCropsOfTheSameImages() {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.choose(), arena, "test")) {
      Tensor five = session.full(ElementType.FLOAT, 1, 5, 4);
      Tensor four = session.full(ElementType.FLOAT, 1, 4, 4);
      assertThatThrownBy(() -> Distillation.loss(five, four, 0.1))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("[5, 4]")
          .hasMessageContaining("[4, 4]");
    }
  }

  @Test
  void theTeachersTemperatureWarmsUpByEpochs() {
    Warmup warmup = new Warmup(0.04, 0.07, 30);
    assertThat(warmup.at(0)).isEqualTo(0.04);
    assertThat(warmup.at(29)).isCloseTo(0.07, within(1e-12));
    assertThat(warmup.at(14)).isCloseTo(0.04 + 0.03 * 14 / 29, within(1e-12));
    assertThat(warmup.at(30)).isEqualTo(0.07);
    assertThat(warmup.at(99)).isEqualTo(0.07);
    assertThat(Warmup.none(0.05).at(0)).isEqualTo(0.05);
    assertThat(new Warmup(0.04, 0.07, 1).at(0)).isEqualTo(0.04);
    assertThatThrownBy(() -> new Warmup(0, 0.07, 30))
        .hasMessageContaining("temperature at the start is 0.0");
  }
}
