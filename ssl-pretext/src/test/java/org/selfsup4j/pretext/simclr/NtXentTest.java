package org.selfsup4j.pretext.simclr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;
import org.selfsup4j.testkit.golden.Golden;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

@ReadsGolden("nt-xent.json")
class NtXentTest {

  @ParameterizedTest
  @CsvSource({"nd4j, DOUBLE", "nd4j, FLOAT", "onednn, FLOAT"})
  void meetsTheReferenceValues(
      String kernels, ElementType type, @Golden("nt-xent.json") GoldenFile file) {
    Tolerance tolerance = type == ElementType.DOUBLE ? Tolerance.DOUBLE : Tolerance.FLOAT;
    for (GoldenNode example : file.cases("cases")) {
      double[] first = example.at("tensors").at(0).filled().values();
      double[] second = example.at("tensors").at(1).filled().values(); // view 1 plus noise
      for (int i = 0; i < first.length; i++) {
        second[i] += first[i];
      }
      long[] shape = example.at("tensors").at(0).filled().shape();
      Variable z1 = Variable.of(type, first, shape);
      Variable z2 = Variable.of(type, second, shape);
      try (Arena arena = new Arena();
          Session session = Session.training(KernelSets.open(kernels), arena, "test")) {
        Tensor z = Joins.concatenate(0, session.open(z1), session.open(z2));
        NtXent result = NtXent.of(z, example.at("temperature").number());
        example.at("loss").assertNumber(result.loss().item(), tolerance);
        example.at("top1").assertNumber(result.accuracy(), tolerance);
        session.backward(result.loss());
      }
      example.at("grad_z1").tensor().assertMatches(gradient(z1), tolerance);
      example.at("grad_z2").tensor().assertMatches(gradient(z2), tolerance);
    }
  }

  @Test
  void equalsTheFormulaWrittenOut() {
    int n = 6;
    int d = 5;
    RandomStream random = RandomStream.of(3);
    double[] z = new double[n * d];
    for (int i = 0; i < z.length; i++) {
      z[i] = random.uniform(-1, 1);
    }
    double expected = 0;
    for (int i = 0; i < n; i++) {
      double others = 0;
      for (int j = 0; j < n; j++) {
        others += i == j ? 0 : Math.exp(cosine(z, d, i, j) / 0.2);
      }
      expected -= Math.log(Math.exp(cosine(z, d, i, (i + n / 2) % n) / 0.2) / others) / n;
    }
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
      Tensor embeddings = session.tensor(ElementType.DOUBLE, z, n, d);
      assertThat(NtXent.of(embeddings, 0.2).loss().item()).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void refusesWhatItCannotCompare() {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.choose(), arena, "test")) {
      Tensor odd = session.full(ElementType.FLOAT, 1, 3, 4);
      assertThatThrownBy(() -> NtXent.of(odd, 0.5))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("[2N, d]")
          .hasMessageContaining("[3, 4]");
      Tensor even = session.full(ElementType.FLOAT, 1, 4, 4);
      assertThatThrownBy(() -> NtXent.of(even, 0))
          .hasMessageContaining("temperature is 0.0: it must be above 0");
    }
  }

  private static double cosine(double[] z, int d, int i, int j) {
    double dot = 0;
    double a = 0;
    double b = 0;
    for (int k = 0; k < d; k++) {
      dot += z[i * d + k] * z[j * d + k];
      a += z[i * d + k] * z[i * d + k];
      b += z[j * d + k] * z[j * d + k];
    }
    return dot / Math.sqrt(a * b);
  }

  private static double[] gradient(Variable variable) {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "read")) {
      return session.constant(variable.gradient()).toDoubles();
    }
  }
}
