package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

@Timeout(60)
class LoaderTest {

  private final Kernels kernels = KernelSets.open("nd4j");
  private final Arena arena = new Arena(1 << 16);

  @AfterEach
  void close() {
    arena.close();
  }

  record Example(Image view, long index, float drawn) {}

  record Batch(Tensor view, Tensor index, Tensor drawn) {}

  /** What a batch held, bit for bit. */
  record Seen(List<Float> pixels, List<Long> indices, List<Float> draws) {}

  private static final Stacking<Example, Batch> STACKING = Stacking.of(Example.class, Batch.class);

  private static Example view(Sample<Image> sample, RandomStream random) {
    Image view =
        RandomResizedCrop.of(4)
            .then(new RandomHorizontalFlip(0.5))
            .then(ColorJitter.of(0.4, 0.4, 0.4, 0.1))
            .apply(sample.value(), random);
    return new Example(view, sample.index(), random.nextFloat());
  }

  private static ListSource<Image> photos(int count) {
    return ListSource.of(
        "noise", IntStream.range(0, count).mapToObj(i -> Pictures.noise8Bit(6, 9, 3, i)).toList());
  }

  private List<Seen> read(Batches<Batch> batches) {
    List<Seen> all = new ArrayList<>();
    while (batches.hasNext()) {
      try (LoadedBatch<Batch> loaded = batches.next();
          Session session = Session.evaluation(kernels, arena, "test")) {
        Batch batch = loaded.open(session);
        assertThat(batch.index().size(0)).isEqualTo(loaded.size());
        List<Float> pixels = new ArrayList<>();
        for (float value : batch.view().toFloats()) {
          pixels.add(value);
        }
        List<Float> draws = new ArrayList<>();
        for (float value : batch.drawn().toFloats()) {
          draws.add(value);
        }
        all.add(new Seen(pixels, Arrays.stream(batch.index().toLongs()).boxed().toList(), draws));
      }
    }
    return all;
  }

  private List<Seen> read(Source<Image> source, LoaderOptions options, long epoch, long first) {
    try (var loader = new Loader<>(source, LoaderTest::view, STACKING, options);
        var batches = loader.epoch(epoch, first)) {
      return read(batches);
    }
  }

  private static List<Long> indices(List<Seen> batches) {
    return batches.stream().flatMap(batch -> batch.indices().stream()).toList();
  }

  private static List<Long> upTo(long count) {
    return LongStream.range(0, count).boxed().toList();
  }

  /** Items come in a seeded scrambled order: each waits for one drawn to come before it. */
  private static final class Scrambled implements Source<Image> {
    private final Source<Image> source;
    private final int bad;
    private final int threads;
    private final Set<Long> asked = ConcurrentHashMap.newKeySet();
    private final CountDownLatch[] done;
    final List<Long> finished = Collections.synchronizedList(new ArrayList<>());

    Scrambled(Source<Image> source, int bad, int threads) {
      this.source = source;
      this.bad = bad;
      this.threads = threads;
      this.done = new CountDownLatch[(int) source.size()];
      for (int i = 0; i < done.length; i++) {
        done[i] = new CountDownLatch(1);
      }
    }

    @Override
    public long size() {
      return source.size();
    }

    @Override
    public Image get(long index) {
      asked.add(index);
      try {
        // With several threads, wait (for a while) for an item that another thread is reading.
        long other = RandomStream.of(99).at(index).nextInt((int) size());
        if (threads > 1 && asked.contains(other) && other > index) {
          done[(int) other].await(20, TimeUnit.MILLISECONDS);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      done[(int) index].countDown();
      finished.add(index);
      if (index == bad) {
        throw new UnreadableException(name(index), "it is bad");
      }
      return source.get(index);
    }

    @Override
    public String name(long index) {
      return "photo " + index;
    }

    @Override
    public String description() {
      return "scrambled " + source.description();
    }
  }

  @Test
  void oneAndFourThreadsGiveTheSameBits() {
    List<Seen> expected = null;
    for (int prefetch : new int[] {0, 1, 3}) {
      for (int threads : new int[] {1, 4}) {
        Scrambled source = new Scrambled(photos(50), 17, threads);
        LoaderOptions options =
            LoaderOptions.training(8, 3).withThreads(threads).withPrefetch(prefetch);
        try (var loader = new Loader<>(source, LoaderTest::view, STACKING, options)) {
          List<Seen> seen = new ArrayList<>();
          for (int epoch = 0; epoch < 3; epoch++) {
            try (var batches = loader.epoch(epoch)) {
              seen.addAll(read(batches));
            }
          }
          assertThat(loader.unreadable()).containsExactly("photo 17");
          assertThat(seen).hasSize(18); // 6 of 8 in each epoch, the last 2 dropped
          if (expected == null) {
            expected = seen;
          }
          assertThat(seen).as("%d threads, prefetch %d", threads, prefetch).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void whatCannotBeReadKeepsItsPlace() {
    Scrambled source = new Scrambled(photos(10), 9, 1);
    LoaderOptions options = LoaderOptions.evaluation(4).withThreads(3);
    List<Seen> seen = read(source, options, 0, 0);
    assertThat(indices(seen)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 0L);
    List<Seen> healthy = read(photos(10), options, 0, 0);
    assertThat(seen.subList(0, 2)).isEqualTo(healthy.subList(0, 2));
    // Item 0 stands in at place 9, seen through the draws of place 9.
    assertThat(seen.get(2).draws().get(1)).isEqualTo(healthy.get(2).draws().get(1));
    assertThat(seen.get(2).draws().get(1)).isNotEqualTo(seen.get(0).draws().get(0));
  }

  @Test
  void everyEpochHasAnOrderOfItsOwn() {
    LoaderOptions options = LoaderOptions.training(5, 7);
    List<Long> first = indices(read(photos(20), options, 0, 0));
    List<Long> second = indices(read(photos(20), options, 1, 0));
    assertThat(first).containsExactlyInAnyOrderElementsOf(upTo(20)).isNotEqualTo(upTo(20));
    assertThat(second).containsExactlyInAnyOrderElementsOf(upTo(20)).isNotEqualTo(first);
    assertThat(indices(read(photos(20), options.withSeed(8), 0, 0))).isNotEqualTo(first);
    assertThat(indices(read(photos(20), options.withShuffled(false), 0, 0))).isEqualTo(upTo(20));
  }

  @Test
  void anOrderOfTheTasksOwnIsKeptAndNoTwoVisitsOfAnItemAreAlike() {
    int[] order = {3, 3, 0, 3, 1, 1};
    List<Seen> all = inOrder(order, LoaderOptions.training(2, 1), 0);
    assertThat(indices(all)).containsExactly(3L, 3L, 0L, 3L, 1L, 1L);
    List<Float> draws = all.stream().flatMap(batch -> batch.draws().stream()).toList();
    assertThat(new HashSet<>(draws)).hasSize(6);
    assertThat(inOrder(order, LoaderOptions.training(2, 1).withThreads(4), 1))
        .isEqualTo(all.subList(1, 3));
    List<Seen> plain = read(photos(6), LoaderOptions.training(2, 1), 0, 0);
    int at = indices(plain).indexOf(0L); // a first visit has the draws of any order
    assertThat(plain.get(at / 2).draws().get(at % 2)).isEqualTo(draws.get(2));
    List<Seen> unshuffled = inOrder(order, LoaderOptions.training(2, 1).withShuffled(false), 0);
    assertThat(indices(unshuffled)).isEqualTo(upTo(6));
  }

  private List<Seen> inOrder(int[] order, LoaderOptions options, long first) {
    OrderOf own = (items, random) -> Optional.of(order);
    try (var loader = new Loader<>(photos(6), LoaderTest::view, STACKING, options, own);
        var batches = loader.epoch(0, first)) {
      return read(batches);
    }
  }

  @Test
  void anOrderThatIsNotOneOfTheSourceIsRefused() {
    LoaderOptions options = LoaderOptions.training(2, 1);
    assertThatThrownBy(() -> inOrder(new int[] {0, 1}, options, 0))
        .hasMessageContaining("has 2 places")
        .hasMessageContaining("has 6 items");
    assertThatThrownBy(() -> inOrder(new int[] {0, 1, 2, 3, 4, 6}, options, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    StreamSource<Image> stream =
        StreamSource.of(
            "a stream", 6, 1, () -> IntStream.range(0, 6).mapToObj(photos(6)::get).iterator());
    OrderOf own = (items, random) -> Optional.of(new int[6]);
    try (var loader = new Loader<>(stream, LoaderTest::view, STACKING, options, own)) {
      assertThatThrownBy(() -> loader.epoch(0))
          .hasMessageContaining("the task orders the items itself")
          .hasMessageContaining("read as a stream");
    }
  }

  @Test
  void theLastBatchIsDroppedInTrainingAndKeptInEvaluation() {
    assertThat(read(photos(11), LoaderOptions.training(4, 1), 0, 0)).hasSize(2);
    List<Seen> evaluated = read(photos(11), LoaderOptions.evaluation(4), 0, 0);
    assertThat(evaluated).extracting(batch -> batch.indices().size()).containsExactly(4, 4, 3);
    assertThat(read(photos(8), LoaderOptions.evaluation(4), 0, 0)).hasSize(2);
    assertThatThrownBy(() -> read(photos(3), LoaderOptions.training(4, 1), 0, 0))
        .hasMessage(
            "batchSize is 4 but noise (3 items) has only 3 items: choose a batch of at most that");
  }

  @Test
  void goesOnWithinAnEpochWithoutMakingWhatWasDone() {
    Scrambled source = new Scrambled(photos(40), -1, 1);
    LoaderOptions options = LoaderOptions.training(8, 5);
    List<Seen> whole = read(photos(40), options, 2, 0);
    assertThat(read(source, options, 2, 3)).isEqualTo(whole.subList(3, 5));
    assertThat(source.finished).hasSize(16);
    assertThat(read(source, options, 2, 5)).isEmpty();
    assertThatThrownBy(() -> read(source, options, 2, 6)).hasMessageContaining("in [0, 5]");
  }

  @Test
  void aStreamIsReadInOrderByAnyNumberOfThreads() {
    ListSource<Image> photos = photos(30);
    StreamSource<Image> stream =
        StreamSource.of(
            "photos", 30, 7, () -> IntStream.range(0, 30).mapToObj(photos::get).iterator());
    LoaderOptions options = LoaderOptions.training(4, 5);
    List<Seen> one = read(stream, options, 1, 0);
    assertThat(new HashSet<>(indices(one))).hasSize(28);
    assertThat(read(stream, options.withThreads(4), 1, 0)).isEqualTo(one);
    assertThat(read(stream, options.withThreads(4), 1, 3)).isEqualTo(one.subList(3, 7));
    assertThat(indices(read(stream, options, 2, 0))).isNotEqualTo(indices(one));
  }

  @Test
  void whatATaskThrowsComesUpOnTheTrainingThread() {
    ExampleOf<Image, Example> failing =
        (sample, random) -> {
          if (sample.index() == 5 || sample.index() == 6) {
            throw new IllegalArgumentException("no tiles in " + sample.index());
          }
          return view(sample, random);
        };
    LoaderOptions options = LoaderOptions.evaluation(4).withThreads(4);
    try (var loader = new Loader<>(photos(12), failing, STACKING, options);
        var batches = loader.epoch(0)) {
      batches.next().close();
      assertThatThrownBy(batches::next)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "the example of 'item 5' (index 5, epoch 0, batch 1, row 1) failed: no tiles in 5")
          .hasRootCauseInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void anErrorOfALoaderThreadComesUpToo() {
    ExampleOf<Image, Example> failing =
        (sample, random) -> {
          throw new StackOverflowError("too deep");
        };
    try (var loader = new Loader<>(photos(4), failing, STACKING, LoaderOptions.training(4, 0));
        var batches = loader.epoch(0)) {
      assertThatThrownBy(batches::next)
          .hasMessageContaining("too deep")
          .hasRootCauseInstanceOf(StackOverflowError.class);
    }
  }

  @Test
  void aSourceOfNoneSaysSo() {
    Source<Image> none = new Scrambled(photos(1), 0, 1);
    try (var loader = new Loader<>(none, LoaderTest::view, STACKING, LoaderOptions.evaluation(1));
        var batches = loader.epoch(0)) {
      assertThatThrownBy(batches::next)
          .hasMessageContaining("none of its 1 items can be read")
          .hasRootCauseInstanceOf(UnreadableException.class);
    }
  }

  @Test
  void withoutPrefetchNothingIsMadeWhileAStepRuns() {
    Scrambled source = new Scrambled(photos(12), -1, 1);
    LoaderOptions options = LoaderOptions.training(4, 1).withThreads(2).withPrefetch(0);
    try (var loader = new Loader<>(source, LoaderTest::view, STACKING, options);
        var batches = loader.epoch(0)) {
      for (int step = 0; step < 3; step++) {
        try (LoadedBatch<Batch> loaded = batches.next()) {
          assertThat(loaded.size()).isEqualTo(4);
          assertThat(source.finished).hasSize(4 * step + 4);
        }
      }
      assertThat(batches.hasNext()).isFalse();
      assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void memoryThatWasGivenBackIsNotOpened() {
    LoadedBatch<Batch> kept;
    try (var loader =
            new Loader<>(photos(8), LoaderTest::view, STACKING, LoaderOptions.training(4, 1));
        var batches = loader.epoch(0)) {
      kept = batches.next();
      assertThatThrownBy(batches::next).hasMessageContaining("the batch before is still open");
      assertThatThrownBy(() -> loader.epoch(1)).hasMessageContaining("still open");
      kept.close();
      try (Session session = Session.evaluation(kernels, arena, "test")) {
        assertThatThrownBy(() -> kept.open(session)).hasMessageContaining("the batch is closed");
      }
      batches.next().close();
    }
  }

  @Test
  void tellsWhatItCost() {
    try (var loader =
            new Loader<>(photos(64), LoaderTest::view, STACKING, LoaderOptions.training(64, 1));
        var batches = loader.epoch(0);
        var loaded = batches.next()) {
      assertThat(loaded.busyNanos()).isPositive();
      assertThat(loaded.waitedNanos()).isPositive();
    }
  }

  @Test
  void closingEndsItsThreads() {
    Loader<Image, Example, Batch> loader =
        new Loader<>(
            photos(40), LoaderTest::view, STACKING, LoaderOptions.training(4, 1).withThreads(3));
    Batches<Batch> batches = loader.epoch(0);
    batches.next().close();
    loader.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("selfsup4j-loader"));
    assertThat(batches.hasNext()).isFalse();
    assertThatThrownBy(() -> loader.epoch(1)).hasMessageContaining("the loader is closed");
  }

  @Test
  void showsTheExampleOfAPlace() {
    LoaderOptions options = LoaderOptions.training(4, 9).withShuffled(false);
    try (var loader = new Loader<>(photos(8), LoaderTest::view, STACKING, options)) {
      float drawn = loader.example(3, 6).drawn();
      try (var batches = loader.epoch(3, 1)) {
        assertThat(read(batches).get(0).draws().get(2)).isEqualTo(drawn);
      }
    }
  }
}
