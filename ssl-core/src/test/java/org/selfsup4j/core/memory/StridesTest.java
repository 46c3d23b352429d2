package org.selfsup4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

/** Views held to index arithmetic, one address at a time. */
class StridesTest {

  private static final long[] SIZES = {1, 1, 2, 2, 3, 4, 6};

  /** A view as views come about: row-major memory, permuted, sliced, stepped, repeated. */
  private static final class View {
    long[] shape;
    long[] strides;

    View(RandomStream random) {
      int rank = random.nextInt(5);
      shape = new long[rank];
      Arrays.setAll(shape, i -> SIZES[random.nextInt(SIZES.length)]);
      long[] memory = shape.clone();
      for (int i = 0; i < rank; i++) {
        memory[i] += random.chance(0.2) ? random.nextInt(3) : 0; // a slice of a longer axis
      }
      long[] steps = Strides.rowMajor(memory);
      int[] order = random.chance(0.5) ? identity(rank) : random.permutation(rank);
      long[] permuted = new long[rank];
      strides = new long[rank];
      for (int i = 0; i < rank; i++) {
        permuted[i] = shape[order[i]];
        strides[i] = steps[order[i]];
        if (random.chance(0.15)) {
          strides[i] = 0;
        }
      }
      shape = permuted;
    }

    long[] addresses() {
      return StridesTest.addresses(shape, strides);
    }

    @Override
    public String toString() {
      return Arrays.toString(shape) + " strides " + Arrays.toString(strides);
    }
  }

  private static int[] identity(int rank) {
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i);
    return order;
  }

  /** The address of every element, in row-major order of the logical axes. */
  private static long[] addresses(long[] shape, long[] strides) {
    int count = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
    long[] addresses = new long[count];
    for (int i = 0; i < count; i++) {
      long rest = i;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        addresses[i] += rest % shape[axis] * strides[axis];
        rest /= shape[axis];
      }
    }
    return addresses;
  }

  /** Sizes of as many elements, drawn from the ways to factor their number. */
  private static long[] target(long count, RandomStream random) {
    List<Long> sizes = new ArrayList<>();
    while (count > 1) {
      long size = 2L + random.nextInt((int) count - 1);
      if (count % size == 0) {
        sizes.add(size);
        count /= size;
      }
      if (random.chance(0.1)) {
        sizes.add(1L);
      }
    }
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  @Property(tries = 3000)
  void reshapingAgreesWithIndexArithmeticAndCopiesOnlyWhereItMust(@ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    View view = new View(random);
    long[] addresses = view.addresses();
    long[] target = target(addresses.length, random);

    long[] strides = Strides.reshaped(view.shape, view.strides, target);

    long[] steps = new long[target.length]; // the only strides that can be right
    long[] ends = Strides.rowMajor(target);
    for (int i = 0; i < target.length; i++) {
      steps[i] = target[i] == 1 ? 0 : addresses[(int) ends[i]] - addresses[0];
    }
    boolean possible = Arrays.equals(addresses(target, steps), addresses);
    assertThat(strides != null).as("%s to %s", view, Arrays.toString(target)).isEqualTo(possible);
    if (possible) {
      assertThat(addresses(target, strides)).isEqualTo(addresses);
    }
  }

  @Property(tries = 2000)
  void aDenseViewFillsOneRunOfMemory(@ForAll long seed) {
    View view = new View(RandomStream.of(seed));
    long[] sorted = view.addresses();
    boolean rowMajor = true;
    for (int i = 0; i < sorted.length; i++) {
      rowMajor &= sorted[i] == i;
    }
    Arrays.sort(sorted);
    boolean dense = true;
    for (int i = 0; i < sorted.length; i++) {
      dense &= sorted[i] == i;
    }
    assertThat(Strides.isDense(view.shape, view.strides)).as("%s", view).isEqualTo(dense);
    assertThat(Strides.isRowMajor(view.shape, view.strides)).as("%s", view).isEqualTo(rowMajor);
  }

  @Property(tries = 2000)
  void aResultLiesLikeItsOperandWithoutGaps(@ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    View view = new View(random);
    long[] shape = view.shape.clone();
    if (shape.length > 0 && random.chance(0.5)) {
      shape[random.nextInt(shape.length)] = 1L + random.nextInt(5);
    }
    long[] strides = Strides.like(shape, view.strides);
    assertThat(Strides.isDense(shape, strides)).isTrue();
    for (int i = 0; i < shape.length; i++) {
      for (int j = 0; j < shape.length; j++) {
        if (view.strides[i] > view.strides[j] && view.strides[j] > 0) {
          assertThat(strides[i]).as("%s", view).isGreaterThanOrEqualTo(strides[j]);
        }
      }
    }
    if (Strides.isDense(view.shape, view.strides) && Arrays.equals(shape, view.shape)) {
      assertThat(addresses(shape, strides)).isEqualTo(view.addresses());
    }
  }

  @Test
  void channelsLastIsTheOrderOfImagesInMemory() {
    assertThat(Strides.channelsLast(2, 3, 4, 5)).containsExactly(60, 1, 15, 3);
    assertThat(Strides.channelsLast(2, 3, 4)).containsExactly(12, 1, 3);
    assertThat(Strides.channelsLast(2, 3)).containsExactly(3, 1);
  }

  @Test
  void anotherNumberOfElementsIsNoReshape() {
    assertThatThrownBy(() -> Strides.reshaped(new long[] {6}, new long[] {1}, new long[] {3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("[6] has not as many elements as [3]");
    assertThat(Strides.reshaped(new long[] {0, 3}, new long[] {3, 1}, new long[] {3, 0}))
        .containsExactly(1, 1);
  }
}
