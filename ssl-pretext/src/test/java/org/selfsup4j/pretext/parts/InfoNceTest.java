package org.selfsup4j.pretext.parts;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
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
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;
import org.selfsup4j.testkit.golden.Filled;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

@ReadsGolden("moco.json")
class InfoNceTest {

  @ParameterizedTest
  @CsvSource({"nd4j, DOUBLE", "nd4j, FLOAT", "onednn, FLOAT"})
  void withAQueueItMeetsTheReferenceValues(String name, ElementType type, GoldenFile file) {
    Tolerance tolerance = tolerance(type);
    Kernels kernels = KernelSets.open(name);
    for (GoldenNode example : file.cases("queue_cases")) {
      Variable q = variable(example.filled("q"), type);
      Filled rows = example.filled("queue");
      GoldenNode enqueue = example.at("enqueue");
      Queue queue =
          new Queue(
              Buffer.of(type, rows.values(), rows.shape()),
              Buffer.of(ElementType.INT64, new double[] {enqueue.at("pointer_before").integer()}));
      try (Arena arena = new Arena();
          Session session = Session.training(kernels, arena, "test")) {
        Pass pass = new Pass(true, RandomStream.of(0), session);
        queue.rows().assign(Reductions.l2Normalize(queue.snapshot(pass)), pass);
        Filled k = example.filled("k");
        Tensor keys = Reductions.l2Normalize(session.tensor(type, k.values(), k.shape()));
        double temperature = example.at("temperature").number();
        InfoNce result =
            InfoNce.withQueue(session.open(q), keys, queue.snapshot(pass), temperature);
        queue.add(keys, pass); // before the backward pass, as the task does
        example.at("loss").assertNumber(result.loss().item(), tolerance);
        example.at("top1").assertNumber(result.accuracy(), tolerance);
        example.at("logits").tensor().assertMatches(result.logits().toDoubles(), tolerance);
        session.backward(result.loss());
      }
      example.at("grad_q").tensor().assertMatches(gradient(q, kernels), tolerance);
      enqueue.at("queue_after").tensor().assertMatches(queue.rows().toDoubles(), tolerance);
      enqueue.at("pointer_after").assertNumber(queue.oldest().toDoubles()[0], tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({"nd4j, DOUBLE", "nd4j, FLOAT", "onednn, FLOAT"})
  void withinABatchItMeetsTheReferenceValues(String name, ElementType type, GoldenFile file) {
    Tolerance tolerance = tolerance(type);
    Kernels kernels = KernelSets.open(name);
    for (GoldenNode example : file.cases("v3_cases")) {
      Variable q1 = variable(example.filled("q1"), type);
      Variable q2 = variable(example.filled("q2"), type);
      try (Arena arena = new Arena();
          Session session = Session.training(kernels, arena, "test")) {
        double temperature = example.at("temperature").number();
        Tensor k1 = unit(example.filled("k1"), type, session);
        Tensor k2 = unit(example.filled("k2"), type, session);
        Tensor loss =
            InfoNce.withinBatch(session.open(q1), k2, temperature)
                .loss()
                .plus(InfoNce.withinBatch(session.open(q2), k1, temperature).loss());
        example.at("loss").assertNumber(loss.item(), tolerance);
        session.backward(loss);
      }
      example.at("grad_q1").tensor().assertMatches(gradient(q1, kernels), tolerance);
      example.at("grad_q2").tensor().assertMatches(gradient(q2, kernels), tolerance);
    }
  }

  @Test
  void refusesWhatItCannotCompare() {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.choose(), arena, "test")) {
      Tensor four = session.full(ElementType.FLOAT, 1, 4, 8);
      Tensor three = session.full(ElementType.FLOAT, 1, 3, 8);
      Tensor narrow = session.full(ElementType.FLOAT, 1, 16, 7);
      assertThatThrownBy(() -> InfoNce.withinBatch(four, three, 0.2))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("[4, 8]")
          .hasMessageContaining("[3, 8]");
      assertThatThrownBy(() -> InfoNce.withQueue(four, four, narrow, 0.2))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("[16, 7]")
          .hasMessageContaining("[4, 8]");
      assertThatThrownBy(() -> InfoNce.withinBatch(four, four, 0))
          .hasMessageContaining("temperature is 0.0: it must be above 0");
    }
  }

  private static Tolerance tolerance(ElementType type) {
    return type == ElementType.DOUBLE ? Tolerance.DOUBLE : Tolerance.FLOAT;
  }

  private static Variable variable(Filled filled, ElementType type) {
    return Variable.of(type, filled.values(), filled.shape());
  }

  private static Tensor unit(Filled filled, ElementType type, Session session) {
    return Reductions.l2Normalize(session.tensor(type, filled.values(), filled.shape()));
  }

  private static double[] gradient(Variable variable, Kernels kernels) {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(kernels, arena, "read")) {
      return session.constant(variable.gradient()).toDoubles();
    }
  }
}
