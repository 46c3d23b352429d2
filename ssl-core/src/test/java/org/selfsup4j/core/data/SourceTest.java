package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

class SourceTest {

  private static <T> List<T> all(Source<T> source) {
    return LongStream.range(0, source.size()).mapToObj(source::get).toList();
  }

  @Test
  void theEmbeddedPhotosAreAllThere() {
    EmbeddedDigits digits = EmbeddedDigits.load();
    assertThat(digits.size()).isEqualTo(2062);
    int[] perClass = new int[10];
    for (long i = 0; i < digits.size(); i++) {
      perClass[digits.label(i).getAsInt()]++;
    }
    assertThat(perClass).containsExactly(205, 206, 206, 206, 207, 207, 207, 206, 208, 204);
    Image photo = digits.get(2061);
    assertThat(digits.name(2061)).startsWith("9/");
    assertThat(photo.height()).isEqualTo(64);
    assertThat(photo.width()).isEqualTo(64);
    assertThat(photo.channels()).isEqualTo(3);
    assertThat(photo).isNotEqualTo(digits.get(2060));
  }

  @Test
  void oneItemHasOneOriginWhereverItIsSeen() {
    EmbeddedDigits digits = EmbeddedDigits.load();
    Source<Image> chosen = digits.subset(7, 5).subset(1);
    assertThat(chosen.isIndexed()).isTrue();

    assertThat(chosen.origin(0)).isEqualTo(digits.origin(5)).isNotEqualTo(digits.origin(7));
    assertThat(digits.cached().origin(5)).isEqualTo(EmbeddedDigits.load().origin(5));
    Source<Integer> one = ListSource.of("one", List.of(1, 2));
    Source<Integer> two = ListSource.of("one", List.of(1, 2));
    assertThat(one.origin(0)).isEqualTo(one.origin(0)).isNotEqualTo(two.origin(0));
  }

  @Test
  void everyFifthImageOfAClassIsTest() {
    Split<Image> split = Split.everyNth(EmbeddedDigits.load(), 5);
    assertThat(split.test().size()).isEqualTo(409);
    assertThat(split.train().size()).isEqualTo(1653);
    // Images 0 to 12, class 0 at even places: its fifth is image 8; class 1's is 9.
    Source<Integer> numbers =
        ListSource.of(
            "numbers",
            IntStream.range(0, 13).boxed().toList(),
            IntStream.range(0, 13).map(i -> i % 2).boxed().toList());
    Split<Integer> small = Split.everyNth(numbers, 5);
    assertThat(all(small.test())).containsExactly(8, 9);
    assertThat(all(small.train())).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12);
    assertThat(small.test().label(1)).isEqualTo(OptionalInt.of(1));
    assertThat(small.test().classes()).containsExactly("0", "1");
    assertThat(small.test().description())
        .isEqualTo("each 5th item of a class of numbers (13 items in 2 classes)");
    assertThatThrownBy(() -> Split.everyNth(numbers, 50)).hasMessageContaining("empty");
    assertThatThrownBy(() -> Split.everyNth(numbers, 1)).hasMessageContaining("n is 1");
  }

  @Test
  void aSubsetKeepsItsOrder() {
    Source<String> letters = ListSource.of("letters", List.of("a", "b", "c"));
    Source<String> some = letters.subset(2, 0, 2);
    assertThat(all(some)).containsExactly("c", "a", "c");
    assertThat(some.name(0)).isEqualTo("item 2");
    assertThatThrownBy(() -> letters.subset(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(letters::subset).hasMessageContaining("the selection is empty");
  }

  @Test
  void listsCheckTheirLabels() {
    assertThatThrownBy(() -> ListSource.of("x", List.of(1, 2), List.of(0)))
        .hasMessage("x: 2 items but 1 labels");
    assertThatThrownBy(() -> ListSource.of("x", List.of(1, 2), List.of(0, -1)))
        .hasMessageContaining("label -1 is negative");
    assertThatThrownBy(() -> ListSource.of("x", List.of())).hasMessageContaining("is empty");
  }

  @Test
  void anotherSampleIsAnyOtherOneEquallyOften() {
    Source<Integer> numbers = ListSource.of("numbers", List.of(0, 1, 2, 3, 4));
    Sample<Integer> sample = Sample.read(numbers, 2);
    int[] counts = new int[5];
    for (int i = 0; i < 8000; i++) {
      counts[sample.other(RandomStream.of(i)).value()]++;
    }
    assertThat(counts[2]).isZero();
    for (int i : new int[] {0, 1, 3, 4}) {
      assertThat(counts[i]).isBetween(1884, 2116); // three standard deviations of 39
    }
    Sample<Integer> alone = Sample.read(numbers.subset(3), 0);
    assertThatThrownBy(() -> alone.other(RandomStream.of(0)))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("no item other than item 3 can be read");
  }

  /** Numbers below {@code size}; asking for a bad one fails, but goes on. */
  private static Iterator<Integer> numbers(int size, List<Integer> bad) {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < size;
      }

      @Override
      public Integer next() {
        int number = next++;
        if (bad.contains(number)) {
          throw new UnreadableException("number " + number, "it is bad");
        }
        return number;
      }
    };
  }

  private static List<Integer> read(StreamSource<Integer> stream, RandomStream shuffle) {
    List<Integer> values = new ArrayList<>();
    stream.samples(shuffle, e -> {}).forEachRemaining(sample -> values.add(sample.value()));
    return values;
  }

  @Test
  void aStreamIsShuffledWithinItsBuffer() {
    StreamSource<Integer> stream =
        StreamSource.of("numbers", 100, 10, () -> numbers(120, List.of()));
    List<Integer> inOrder = IntStream.range(0, 100).boxed().toList();
    assertThat(read(stream, null)).isEqualTo(inOrder);
    List<Integer> shuffled = read(stream, RandomStream.of(1));
    assertThat(shuffled).isNotEqualTo(inOrder).containsExactlyInAnyOrderElementsOf(inOrder);
    for (int i = 0; i < 100; i++) {
      assertThat(shuffled.get(i)).isLessThan(i + 10);
    }
    assertThat(read(stream, RandomStream.of(1))).isEqualTo(shuffled);
    assertThat(read(stream, RandomStream.of(2))).isNotEqualTo(shuffled);
  }

  @Test
  void whatAStreamCannotReadIsReplacedByTheNext() {
    StreamSource<Integer> stream =
        StreamSource.of("numbers", 8, 1, () -> numbers(8, List.of(0, 3, 4, 7)));
    assertThat(read(stream, null)).containsExactly(1, 1, 2, 5, 5, 5, 6, 6);
    StreamSource<Integer> none = StreamSource.of("numbers", 2, 1, () -> numbers(2, List.of(0, 1)));
    assertThatThrownBy(() -> read(none, null)).hasMessageContaining("none of its items");
  }

  @Test
  void aStreamSaysWhatItCannotDo() {
    StreamSource<Integer> tooShort = StreamSource.of("numbers", 10, 4, () -> numbers(7, List.of()));
    assertThatThrownBy(() -> read(tooShort, RandomStream.of(1)))
        .hasMessage(
            "numbers (stream of 10 items, buffer 4) ended after 7 items: give a size that it really"
                + " has");
    assertThatThrownBy(() -> tooShort.get(3))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("needs an indexed source");
    assertThat(tooShort.isIndexed()).isFalse();
    assertThat(tooShort.subset(1, 2).isIndexed()).isFalse();
    Sample<Integer> first = tooShort.samples(null, e -> {}).next();
    assertThatThrownBy(() -> first.other(RandomStream.of(0)))
        .hasMessageContaining("needs an indexed source");
  }
}
