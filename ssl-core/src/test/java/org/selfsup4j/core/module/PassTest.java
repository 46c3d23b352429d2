package org.selfsup4j.core.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/** What a pass lets the layers do. */
class PassTest {

  private static double[] through(Function<Pass, Pass> as, Function<Pass, Tensor> layers) {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
      return layers.apply(as.apply(new Pass(true, RandomStream.of(3), session))).toDoubles();
    }
  }

  private static Tensor noise(Pass pass, long... shape) {
    RandomStream random = RandomStream.of(5);
    double[] values = new double[96];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-1, 1);
    }
    return pass.session().tensor(ElementType.FLOAT, values, shape);
  }

  @Test
  void aPassWithoutDroppingSkipsNoBranch() {
    TransformerBlock plain = TransformerBlock.of(8, 2, 2, RandomStream.of(1));
    TransformerBlock block =
        new TransformerBlock(plain.norm1(), plain.attention(), plain.norm2(), plain.mlp(), 0.9);
    Function<Pass, Tensor> layers = pass -> block.apply(noise(pass, 4, 3, 8), pass);
    double[] evaluated = through(Pass::evaluating, layers);
    assertThat(through(Pass::withoutDropping, layers)).containsExactly(evaluated);
    assertThat(through(pass -> pass, layers)).isNotEqualTo(evaluated);
  }

  @Test
  void aPassWithoutDroppingStillMeasuresTheBatch() {
    BatchNorm norm = BatchNorm.of(8);
    Function<Pass, Tensor> layers = pass -> norm.apply(noise(pass, 12, 8), pass);
    assertThat(through(Pass::withoutDropping, layers))
        .containsExactly(through(pass -> pass, layers));
    assertThat(through(Pass::evaluating, layers))
        .isNotEqualTo(through(Pass::withoutDropping, layers));
  }
}
