package org.selfsup4j.pretext.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

class ViewPairTest {

  private static final Augmentation NOISE =
      (image, random) -> Image.ofFloats(1, 1, 1, new float[] {random.nextFloat()});

  @Test
  void eachViewHasDrawsOfItsOwnThatNoOtherViewMoves() {
    Image black = Image.ofFloats(1, 1, 1, new float[1]);
    RandomStream random = RandomStream.of(4).at("views");
    List<Image> views = ViewPair.of(black, NOISE, random).views();
    assertThat(views.get(0).value(0, 0, 0)).isEqualTo(random.at(0).nextFloat());
    assertThat(views.get(1).value(0, 0, 0)).isEqualTo(random.at(1).nextFloat());
    Augmentation none = (image, draws) -> image;
    List<Image> two = ViewPair.of(black, none, NOISE, random).views();
    assertThat(two.get(0)).isSameAs(black);
    assertThat(two.get(1).value(0, 0, 0)).isEqualTo(views.get(1).value(0, 0, 0));
    assertThatThrownBy(() -> new ViewPair(List.of(black))).hasMessage("a pair has 2 views, got 1");
  }

  @Test
  void aBatchHasAllFirstViewsBeforeAllSecondOnes() {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
      float[] numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
      Tensor channelsLast = session.tensor(numbers, 2, 3, 1, 1, 2).permute(0, 1, 4, 2, 3);
      ViewPairs batch = new ViewPairs(channelsLast); // [2, 3, 2, 1, 1]
      assertThat(batch.first().shape().toArray()).containsExactly(3, 2, 1, 1);
      assertThat(batch.first().toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(batch.second().toFloats()).containsExactly(6, 7, 8, 9, 10, 11);
      assertThat(batch.all().shape().toArray()).containsExactly(6, 2, 1, 1);
      assertThat(batch.all().toFloats()).containsExactly(numbers);
    }
  }
}
