package org.selfsup4j.core.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.random.RandomStream;

/** Copies of modules, and teachers that follow their students. */
class CopiesTest {

  private static final RandomStream RANDOM = RandomStream.of(3);

  record Network(
      List<Linear> layers, Optional<BatchNorm> norm, Linear tied, Buffer queue, String name)
      implements Module {}

  private static Network network() {
    Linear first = Linear.of(2, 3, RANDOM);
    Buffer queue = Buffer.of(ElementType.INT64, new double[] {4, 5}, 2);
    return new Network(
        List.of(first, Linear.of(3, 2, RANDOM)), Optional.of(BatchNorm.of(3)), first, queue, "n");
  }

  @Test
  void aCopyHasTheSameNumbersInMemoryOfItsOwn() {
    Network original = network();
    Network copy = Copies.copy(original);
    assertThat(copy.name()).isEqualTo("n");
    assertThat(copy.queue().variable().type()).isEqualTo(ElementType.INT64);
    Parts from = Parts.of(original);
    Parts to = Parts.of(copy);
    assertThat(to.states().keySet()).isEqualTo(from.states().keySet());
    from.states()
        .forEach(
            (name, state) -> {
              State other = to.states().get(name);
              assertThat(other).isNotSameAs(state);
              assertThat(other.shape()).isEqualTo(state.shape());
              assertThat(other.toDoubles()).as(name).isEqualTo(state.toDoubles());
            });
    double[] before = original.tied().weight().toDoubles();
    copy.tied().weight().set(new double[6]);
    assertThat(original.tied().weight().toDoubles()).isEqualTo(before);
  }

  @Test
  void whatWasSharedStaysShared() {
    Network copy = Copies.copy(network());
    assertThat(copy.tied()).isSameAs(copy.layers().get(0));
  }

  @Test
  void aTeacherFollowsInTheShareThatItIsGiven() {
    Kernels kernels = KernelSets.open("nd4j");
    Network student = network();
    Teacher<Network> teacher = Teacher.of(student);
    student.tied().weight().set(new double[] {1, 2, 3, 4, 5, 6});
    teacher.module().tied().weight().set(new double[] {0, 0, 0, 10, 10, 10});
    student.norm().orElseThrow().runningMean().set(new double[] {9, 9, 9});

    teacher.follow(student, 0.75, kernels);

    assertThat(teacher.module().tied().weight().toDoubles())
        .containsExactly(new double[] {0.25, 0.5, 0.75, 8.5, 8.75, 9}, within(1e-6));
    assertThat(teacher.module().norm().orElseThrow().runningMean().toDoubles())
        .containsExactly(0, 0, 0);
    teacher.follow(student, 0, kernels);
    assertThat(teacher.module().tied().weight().toDoubles()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThatThrownBy(() -> teacher.follow(student, 1.1, kernels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("momentum is 1.1");
  }

  @Test
  void aTeacherFollowsNoStranger() {
    Kernels kernels = KernelSets.open("nd4j");
    Teacher<Module> teacher = Teacher.of(Linear.of(2, 3, RANDOM));
    double[] before = ((Linear) teacher.module()).weight().toDoubles();
    assertThatThrownBy(() -> teacher.follow(Linear.of(3, 2, RANDOM), 0.5, kernels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("differs in 2 parameters, the first is bias: [3] here, [2] there");
    assertThatThrownBy(() -> teacher.follow(Linear.withoutBias(2, 3, RANDOM), 0.5, kernels))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(((Linear) teacher.module()).weight().toDoubles()).isEqualTo(before);
  }
}
