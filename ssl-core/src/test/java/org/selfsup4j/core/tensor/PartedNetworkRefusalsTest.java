package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;

/** What {@code inParts} refuses. */
class PartedNetworkRefusalsTest extends OnTwoThreads {

  private final Variable x = variable(1, ROWS, 6);
  private final Variable weight = variable(1, 8, 6);

  @Test
  void inputsOfDifferentRowsAndResultsThatAreNoRowsAreRefused() {
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(kernels, arena, "step 1")) {
      assertThatThrownBy(
              () ->
                  session.inParts(
                      List.of(session.open(x), session.open(weight)),
                      (own, part, r) -> part.get(0)))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("[11, 6], [8, 6]");
      assertThatThrownBy(
              () ->
                  session.inParts(
                      List.of(session.open(x)), (own, part, rows) -> part.get(0).sum(1).mean()))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("[]");
      assertThatThrownBy(() -> session.inParts(List.of(), (own, part, rows) -> null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least one input");
    }
  }

  @Test
  void oneThreadRefusesTheSame() {
    kernels.setThreads(1);
    inputsOfDifferentRowsAndResultsThatAreNoRowsAreRefused();
  }

  /** On one thread a part's session is the whole batch's, so this can't be told there. */
  @Test
  void theSessionOfTheWholeIsRefusedWithinAPart() {
    List<Consumer<Session>> uses =
        List.of(
            s -> s.open(weight),
            s -> s.full(ElementType.FLOAT, 0, 3),
            s -> s.withoutGradient(() -> 1));
    for (Consumer<Session> use : uses) {
      try (Arena arena = new Arena(1 << 16);
          Session session = Session.training(kernels, arena, "step 1")) {
        assertThatThrownBy(
                () ->
                    session.inParts(
                        List.of(session.open(x)),
                        (own, part, rows) -> {
                          use.accept(session);
                          return part.get(0);
                        }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("step 1 is computed in parts")
            .hasMessageContaining("that the part was given");
        assertThat(session.open(weight)).as("free again").isNotNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatConcernsTheWholeBatchIsRefusedWithinAPart(int threads) {
    kernels.setThreads(threads);
    BatchNorm norm = BatchNorm.of(6);
    Buffer buffer = Buffer.of(new double[6], 6);
    BiFunction<Tensor, Pass, Tensor> assigning =
        (rows, own) -> {
          buffer.assign(rows.slice(0, 0, 1).reshape(6), own);
          return rows;
        };
    for (BiFunction<Tensor, Pass, Tensor> network : List.of(norm::apply, assigning)) {
      try (Arena arena = new Arena(1 << 16);
          Session session = Session.training(kernels, arena, "step 1")) {
        Pass pass = new Pass(true, RandomStream.of(1), session);
        List<Tensor> inputs = List.of(session.open(x));
        assertThatThrownBy(
                () -> pass.inParts(inputs, (part, own) -> network.apply(part.get(0), own)))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("within inParts");
        assertThat(session.isInParts()).isFalse();
        norm.apply(session.open(x), pass);
      }
    }
  }
}
