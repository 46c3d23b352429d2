package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Shape;
import org.selfsup4j.core.tensor.Tensor;

class StackingTest {

  private final Arena arena = new Arena(1 << 16);
  private final Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test");

  @AfterEach
  void close() {
    session.close();
    arena.close();
  }

  record Everything(
      Image image,
      int whole,
      Long large,
      double real,
      boolean flag,
      OptionalInt label,
      float[] vector,
      int[] ids,
      boolean[] mask) {}

  record Stacked(
      Tensor mask,
      Tensor image,
      Tensor whole,
      Tensor large,
      Tensor real,
      Tensor flag,
      Tensor label,
      Tensor vector,
      Tensor ids) {}

  private <E, B> B stack(Stacking<E, B> stacking, int rows, List<E> examples) {
    Placement<E, B> placement = stacking.place(examples.get(0), rows);
    Slot slot = placement.allocate();
    for (int i = 0; i < examples.size(); i++) {
      placement.write(examples.get(i), slot, i);
    }
    return placement.open(slot, examples.size(), session);
  }

  private static Everything example(int i) {
    return new Everything(
        Pictures.noise8Bit(4, 5, 3, i),
        i + 10,
        (1L << 40) + i,
        i + 0.5,
        i % 2 == 0,
        i == 1 ? OptionalInt.empty() : OptionalInt.of(i),
        new float[] {i, -i},
        new int[] {i, 2 * i, 3 * i},
        new boolean[] {true, i == 2});
  }

  @Test
  void stacksEveryKindOfValue() {
    List<Everything> examples = List.of(example(0), example(1), example(2));
    Stacked batch = stack(Stacking.of(Everything.class, Stacked.class), 3, examples);
    assertThat(batch.image().shape()).isEqualTo(Shape.of(3, 3, 4, 5));
    assertThat(batch.image().block().strides()).containsExactly(60, 1, 15, 3); // channels last
    double[] values = batch.image().toDoubles();
    for (int n = 0, i = 0; n < 3; n++) {
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < 4; y++) {
          for (int x = 0; x < 5; x++) {
            assertThat(values[i++]).isEqualTo(examples.get(n).image().value(y, x, c));
          }
        }
      }
    }
    assertThat(batch.whole().toLongs()).containsExactly(10, 11, 12);
    assertThat(batch.whole().shape()).isEqualTo(Shape.of(3));
    assertThat(batch.large().toLongs()[2]).isEqualTo((1L << 40) + 2);
    assertThat(batch.real().toFloats()).containsExactly(0.5f, 1.5f, 2.5f);
    assertThat(batch.flag().type()).isEqualTo(ElementType.BOOL);
    assertThat(batch.flag().toDoubles()).containsExactly(1, 0, 1);
    assertThat(batch.label().toLongs()).containsExactly(0, -1, 2);
    assertThat(batch.vector().shape()).isEqualTo(Shape.of(3, 2));
    assertThat(batch.vector().toFloats()).containsExactly(0, 0, 1, -1, 2, -2);
    assertThat(batch.ids().toLongs()).containsExactly(0, 0, 0, 1, 2, 3, 2, 4, 6);
    assertThat(batch.mask().toDoubles()).containsExactly(1, 0, 1, 0, 1, 1);
  }

  record Views(List<Image> views, List<Integer> turns) {}

  record Joined(Tensor views, Tensor turns) {}

  record Listed(List<Tensor> views, List<Tensor> turns) {}

  @Test
  void stacksListsInOneTensorOrInMany() {
    List<Views> examples =
        List.of(
            new Views(List.of(Pictures.numbered(1), Pictures.numbered(2)), List.of(3, 4)),
            new Views(List.of(Pictures.numbered(5), Pictures.numbered(6)), List.of(7, 8)));
    // room for 3 rows, 2 of them filled, as in an epoch's last batch
    Joined joined = stack(Stacking.of(Views.class, Joined.class), 3, examples);
    assertThat(joined.views().shape()).isEqualTo(Shape.of(2, 2, 3, 1, 1)); // [K, N, C, H, W]
    float one = 1 / 255f;
    assertThat(joined.views().slice(0, 0, 1).slice(2, 0, 1).toDoubles())
        .containsExactly(one, 5 / 255f);
    assertThat(joined.views().slice(0, 1, 2).slice(2, 0, 1).toDoubles())
        .containsExactly(2 / 255f, 6 / 255f);
    assertThat(joined.turns().toDoubles()).containsExactly(3, 7, 4, 8);
    Listed listed = stack(Stacking.of(Views.class, Listed.class), 3, examples);
    assertThat(listed.views()).hasSize(2);
    assertThat(listed.views().get(1).shape()).isEqualTo(Shape.of(2, 3, 1, 1));
    assertThat(listed.turns().get(1).toLongs()).containsExactly(4, 8);
  }

  @Test
  void aListOfTensorsMayHoldViewsOfManySizes() {
    Views crops =
        new Views(List.of(Pictures.noise(8, 8, 3, 1), Pictures.noise(4, 4, 3, 2)), List.of(1));
    Listed listed = stack(Stacking.of(Views.class, Listed.class), 2, List.of(crops, crops));
    assertThat(listed.views().get(0).shape()).isEqualTo(Shape.of(2, 3, 8, 8));
    assertThat(listed.views().get(1).shape()).isEqualTo(Shape.of(2, 3, 4, 4));
    assertThatThrownBy(() -> stack(Stacking.of(Views.class, Joined.class), 2, List.of(crops)))
        .hasMessageContaining("component 'views[1]' of the example has the sizes [3, 4, 4]");
  }

  record Pair<A>(A left, int right) {}

  record PairBatch(Joined left, Tensor right) {}

  interface Task<T, E, B> {}

  interface ImageTask<E, B> extends Task<Image, E, B> {}

  abstract static class Base<X> implements ImageTask<Pair<X>, PairBatch> {}

  static final class Concrete extends Base<Views> {}

  @Test
  void readsTheTypesOffTheTask() {
    Stacking<Pair<Views>, PairBatch> stacking = Stacking.of(new Concrete(), Task.class);
    Pair<Views> example = new Pair<>(new Views(List.of(Pictures.numbered(1)), List.of(3)), 9);
    PairBatch batch = stack(stacking, 1, List.of(example));
    assertThat(batch.left().turns().toLongs()).containsExactly(3);
    assertThat(batch.right().toLongs()).containsExactly(9);
    Stacking<Views, Listed> anonymous = Stacking.of(new ImageTask<Views, Listed>() {}, Task.class);
    assertThat(anonymous.toString()).endsWith("Views -> " + Listed.class.getName());
  }

  @Test
  void saysWhenTheTaskDoesNotTell() {
    class Generic<E, B> implements Task<Image, E, B> {}

    assertThatThrownBy(() -> Stacking.of(new Generic<Views, Listed>(), Task.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not say what its examples and batches are (E, B)")
        .hasMessageContaining("Stacking.of(Example.class, Batch.class)");
    assertThatThrownBy(() -> Stacking.of("text", Task.class))
        .hasMessageContaining("java.lang.String does not implement");
  }

  @Test
  void anImageAloneIsATensorAlone() {
    Tensor batch =
        stack(Stacking.of(Image.class, Tensor.class), 1, List.of(Pictures.noise(2, 3, 4, 5)));
    assertThat(batch.shape()).isEqualTo(Shape.of(1, 4, 2, 3));
  }

  record One(Image image) {}

  record Other(Tensor picture) {}

  record Wrong(long image) {}

  record Unknown(String image) {}

  record Raw(List<String> image) {}

  record Right(Tensor image) {}

  @Test
  void namesTheComponentThatDoesNotFit() {
    assertThatThrownBy(() -> Stacking.of(One.class, Other.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("One has the components [image] but ")
        .hasMessageContaining("Other has [picture]");
    assertThatThrownBy(() -> Stacking.of(One.class, Wrong.class))
        .hasMessage(
            "component 'image' is org.selfsup4j.core.data.Image in the example and long in the"
                + " batch: there it must be Tensor");
    assertThatThrownBy(() -> Stacking.of(Unknown.class, Right.class))
        .hasMessageContaining("component 'image' is java.lang.String, which cannot be stacked");
    assertThatThrownBy(() -> Stacking.of(Raw.class, Right.class))
        .hasMessageContaining("component 'image' is java.util.List<java.lang.String>");
    Stacking<One, Right> stacking = Stacking.of(One.class, Right.class);
    One small = new One(Pictures.noise(2, 2, 3, 1));
    assertThatThrownBy(
            () -> stack(stacking, 2, List.of(small, new One(Pictures.noise(2, 3, 3, 1)))))
        .hasMessage(
            "component 'image' of the example has the sizes [3, 2, 3], the first example's had"
                + " [3, 2, 2]: all examples of a batch need equal sizes; resize or crop in"
                + " example()");
    assertThatThrownBy(() -> stack(stacking, 2, List.of(small, new One(null))))
        .hasMessage("component 'image' of the example is null: it must hold a value");
  }
}
