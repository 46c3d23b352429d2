package org.selfsup4j.pretext.instance;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;
import org.selfsup4j.pretext.parts.InfoNce;
import org.selfsup4j.pretext.parts.MemoryBank;
import org.selfsup4j.testkit.golden.Filled;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

/** Both losses, their gradients, Z and the bank at the reference values. */
@ReadsGolden("memory-bank.json")
class InstanceGoldenTest {

  private interface LossOf {
    Tensor compute(Tensor v, MemoryBank bank, Tensor index, Pass pass);
  }

  @ParameterizedTest
  @CsvSource({"nd4j, DOUBLE", "nd4j, FLOAT", "onednn, FLOAT"})
  void theFullSoftmaxMeetsTheReferenceValues(String name, ElementType type, GoldenFile file) {
    for (GoldenNode example : file.cases("cases")) {
      double temperature = example.at("temperature").number();
      check(
          example,
          "softmax",
          KernelSets.open(name),
          type,
          (v, bank, index, pass) ->
              InfoNce.withBank(v, bank.snapshot(pass), index, temperature).loss());
    }
  }

  @ParameterizedTest
  @CsvSource({"nd4j, DOUBLE", "nd4j, FLOAT", "onednn, FLOAT"})
  void noiseContrastMeetsTheReferenceValues(String name, ElementType type, GoldenFile file) {
    for (GoldenNode example : file.cases("cases")) {
      NoiseContrast noise = NoiseContrast.unestimated();
      double temperature = example.at("temperature").number();
      long[] drawn = example.at("negatives").integers();
      check(
          example,
          "nce",
          KernelSets.open(name),
          type,
          (v, bank, index, pass) -> {
            long n = index.size(0);
            Tensor negatives = pass.session().ids(drawn, n, drawn.length / n);
            return noise.apply(v, bank, index, negatives, temperature, pass).loss();
          });
      example.at("Z").assertNumber(Math.exp(noise.logNormalizer().toDoubles()[0]), tolerance(type));
    }
  }

  /** Loss, update of the bank as in a step, then the gradient, which the update must not change. */
  private static void check(
      GoldenNode example, String what, Kernels kernels, ElementType type, LossOf lossOf) {
    Tolerance tolerance = tolerance(type);
    Filled filled = example.filled("v");
    Variable v = Variable.of(type, filled.values(), filled.shape());
    MemoryBank bank = bank(example, type);
    try (Arena arena = new Arena();
        Session session = Session.training(kernels, arena, "test")) {
      Pass pass = new Pass(true, RandomStream.of(0), session);
      bank.rows().assign(Reductions.l2Normalize(bank.snapshot(pass)), pass);
      long[] images = example.at("index").integers();
      Tensor index = session.ids(images, images.length);
      Tensor opened = session.open(v);
      Tensor loss = lossOf.compute(opened, bank, index, pass);
      bank.update(index, opened, example.at("bank_momentum").number(), pass);
      example.at(what + "_loss").assertNumber(loss.item(), tolerance);
      session.backward(loss);
    }
    example.at("grad_v_" + what).tensor().assertMatches(gradient(v, kernels), tolerance);
    example.at("bank_after").tensor().assertMatches(bank.rows().toDoubles(), tolerance);
  }

  private static MemoryBank bank(GoldenNode example, ElementType type) {
    Filled rows = example.filled("bank");
    return new MemoryBank(Buffer.of(type, rows.values(), rows.shape()));
  }

  private static Tolerance tolerance(ElementType type) {
    return type == ElementType.DOUBLE ? Tolerance.DOUBLE : Tolerance.FLOAT;
  }

  private static double[] gradient(Variable variable, Kernels kernels) {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(kernels, arena, "read")) {
      return session.constant(variable.gradient()).toDoubles();
    }
  }
}
