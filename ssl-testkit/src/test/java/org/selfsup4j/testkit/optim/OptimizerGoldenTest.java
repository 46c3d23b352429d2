package org.selfsup4j.testkit.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Teacher;
import org.selfsup4j.core.optim.Adam;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.DinoSchedule;
import org.selfsup4j.core.optim.Lars;
import org.selfsup4j.core.optim.Optimization;
import org.selfsup4j.core.optim.Optimizer;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.Sgd;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

/** Eight steps of each optimizer, and the schedules, against what PyTorch's take. */
@ReadsGolden("optimizers.json")
class OptimizerGoldenTest {

  /** The two tensors that every trajectory starts from. */
  private record Weights(Parameter w, Parameter b) implements Module {
    static Weights of(GoldenFile file, ElementType type) {
      Weights weights =
          new Weights(parameter(file, "start.w", 3, 4), parameter(file, "start.b", 4));
      Parts.of(weights).convertTo(type);
      weights.w.set(file.root().filled("start.w").values()); // the conversion has rounded them
      weights.b.set(file.root().filled("start.b").values());
      return weights;
    }

    private static Parameter parameter(GoldenFile file, String name, long... shape) {
      return Parameter.of(file.root().filled(name).values(), shape);
    }

    void setGradients(GoldenFile file, int step, Kernels kernels) {
      for (Map.Entry<String, Parameter> entry : Map.of("w", w, "b", b).entrySet()) {
        double[] values = file.root().filled("grad." + entry.getKey() + "." + step).values();
        Parameter numbers = Parameter.of(values, entry.getValue().shape().toArray());
        numbers.variable().moveOut(w.variable().type());
        numbers.set(values);
        kernels.copy(numbers.variable().value(), entry.getValue().variable().gradient());
      }
    }

    void assertAre(GoldenNode trajectory, int step, Tolerance tolerance) {
      trajectory.at("w").at(step).tensor().assertMatches(w.variable().toDoubles(), tolerance);
      trajectory.at("b").at(step).tensor().assertMatches(b.variable().toDoubles(), tolerance);
    }
  }

  static Stream<Arguments> setsAndTypes() {
    Tolerance single = new Tolerance(1e-6, 0);
    Tolerance twice = new Tolerance(1e-7, 0);
    return Stream.of(
        Arguments.of("nd4j", ElementType.DOUBLE, twice),
        Arguments.of("nd4j", ElementType.FLOAT, single),
        Arguments.of("onednn", ElementType.FLOAT, single));
  }

  private static Optimizer optimizer(GoldenNode run) {
    String name = run.at("name").text();
    double decay = run.has("weight_decay") ? run.at("weight_decay").number() : 0;
    double momentum = run.has("momentum") ? run.at("momentum").number() : 0;
    if (name.startsWith("sgd")) {
      return new Sgd(momentum, decay, name.contains("nesterov"));
    }
    if (name.startsWith("lars")) {
      return new Lars(momentum, decay, run.at("trust_coefficient").number());
    }
    double[] betas = run.at("betas").numbers();
    double epsilon = run.at("eps").number();
    return name.startsWith("adamw")
        ? new AdamW(betas[0], betas[1], epsilon, decay)
        : new Adam(betas[0], betas[1], epsilon, decay);
  }

  private static Optimization optimization(Optimizer optimizer, Weights weights, Kernels kernels) {
    return new Optimization(
        optimizer,
        List.of(ParameterGroup.everything()),
        new TreeMap<>(Parts.of(weights).parameters()),
        kernels);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTypes")
  void stepsAreThoseOfPyTorch(String set, ElementType type, Tolerance tolerance, GoldenFile file) {
    Kernels kernels = KernelSets.open(set);
    for (GoldenNode run : file.cases("runs")) {
      Weights weights = Weights.of(file, type);
      try (Optimization optimization = optimization(optimizer(run), weights, kernels)) {
        for (int step = 0; step < 8; step++) {
          weights.setGradients(file, step, kernels);
          if (run.has("max_norm")) {
            double norm = optimization.gradientNorm();
            double want = run.at("norms_before_clipping").at(step).number();
            assertThat(norm).isCloseTo(want, within(want * tolerance.relative()));
            optimization.clip(norm, run.at("max_norm").number());
          }
          optimization.step(
              run.has("lr") ? run.at("lr").number() : run.at("lr_per_step").at(step).number());
          weights.assertAre(run.at("after_step"), step, tolerance);
        }
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("setsAndTypes")
  void aTeacherFollowsWithACosineMomentum(
      String set, ElementType type, Tolerance tolerance, GoldenFile file) {
    Kernels kernels = KernelSets.open(set);
    GoldenNode want = file.at("parameter_ema");
    double[] momenta = want.at("momentum_per_step").numbers();
    Schedule momentum = Schedule.cosine(0.9, 1);
    Weights student = Weights.of(file, type);
    Teacher<Weights> teacher = Teacher.of(student);
    try (Optimization optimization = optimization(new Sgd(0.9, 0, false), student, kernels)) {
      for (int step = 0; step < 8; step++) {
        student.setGradients(file, step, kernels);
        optimization.step(0.1);
        assertThat(momentum.at(step, 8)).isCloseTo(momenta[step], within(1e-9));
        teacher.follow(student, momentum.at(step, 8), kernels);
        teacher.module().assertAre(want.at("after_step"), step, tolerance);
      }
    }
  }

  @Test
  void schedulesAreThoseOfTheMethods(GoldenFile file) {
    for (GoldenNode want : file.cases("schedules")) {
      int values = want.at("values").items().size();
      int steps = want.has("steps") ? want.at("steps").integer() : values;
      Schedule schedule = schedule(want, steps);
      double[] got = LongStream.range(0, values).mapToDouble(k -> schedule.at(k, steps)).toArray();
      want.at("values").tensor().assertMatches(got, new Tolerance(1e-8, 1e-15));
    }
  }

  private static Schedule schedule(GoldenNode want, int steps) {
    return switch (want.at("name").text()) {
      case "warmup_cosine" ->
          new WarmupCosine(
              want.at("base").number(),
              want.at("low").number(),
              want.at("start").number(),
              want.at("warmup").number() / steps);
      case "warmup_cosine_dino" ->
          new DinoSchedule(
              want.at("base").number(),
              want.at("low").number(),
              want.at("start").number(),
              want.at("warmup").integer());
      case "cosine_ema_momentum", "cosine_weight_decay" ->
          Schedule.cosine(want.at("start").number(), want.at("end").number());
      case "warmup_linear_scaling" ->
          Schedule.constant(Schedule.scaled(want.at("base").number(), want.at("batch").integer()));
      default -> throw new AssertionError(want + " is a schedule without a test");
    };
  }
}
