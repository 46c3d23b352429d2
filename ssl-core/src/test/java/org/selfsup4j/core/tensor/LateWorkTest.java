package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who does what was put off. */
@Timeout(60)
class LateWorkTest {

  private final LateWork late = new LateWork(2);
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService other = Executors.newSingleThreadExecutor();

  @BeforeEach
  void begin() {
    late.begin();
    late.begin();
  }

  @AfterEach
  void stop() {
    other.shutdownNow();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void add(int part, String name) {
    late.add(part, kernels -> done.add(name));
  }

  @Test
  void whoeverIsDoneFirstTakesTheLatestOfThePartThatIsStillAtWork() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    late.add(1, kernels -> done.add("oldest"));
    late.add(
        1,
        kernels -> {
          done.add(Thread.currentThread().getName().contains("pool") ? "by the first" : "by owner");
          taken.countDown();
        });
    Future<?> first = other.submit(() -> late.finish(0, null));
    await(taken); // part 1 has not ended yet
    late.finish(1, null);
    first.get();
    assertThat(done).containsExactlyInAnyOrder("oldest", "by the first");
    assertThat(done.get(0)).as("others begin with the latest").isEqualTo("by the first");
  }

  @Test
  void thoseWhoAreDoneWaitForWhatIsPutOffLater() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    Future<?> first = other.submit(() -> late.finish(0, null));
    late.add(1, kernels -> taken.countDown());
    await(taken);
    assertThat(first.isDone()).as("part 1 is still at work").isFalse();
    late.finish(1, null);
    first.get();
  }

  @Test
  void aPartDoesItsOwnFromTheOldestOn() {
    add(0, "a");
    add(0, "b");
    late.fail(); // nobody else
    late.settle(0, null);
    assertThat(done).containsExactly("a", "b");
  }

  @Test
  void settlingWaitsForWhatAnotherHasTaken() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    late.add(
        1,
        kernels -> {
          begun.countDown();
          await(go);
          done.add("taken");
        });
    Future<?> first = other.submit(() -> late.finish(0, null));
    await(begun);
    Thread release = new Thread(go::countDown);
    release.start();
    late.settle(1, null);
    assertThat(done).containsExactly("taken");
    late.finish(1, null);
    first.get();
    release.join();
  }

  @Test
  void nobodyWaitsForAPartThatFailed() throws Exception {
    Future<?> first = other.submit(() -> late.finish(0, null));
    late.fail();
    first.get();
    LateWork failing = new LateWork(2);
    failing.begin();
    failing.begin();
    failing.add(
        0,
        kernels -> {
          throw new IllegalStateException("out of memory");
        });
    Future<?> second = other.submit(() -> failing.finish(1, null));
    assertThatThrownBy(second::get).hasRootCauseMessage("out of memory");
    failing.finish(0, null);
  }

  @Test
  void nobodyWaitsForAPartWhoseThreadNeverStarted() {
    LateWork alone = new LateWork(2);
    alone.begin();
    alone.add(0, kernels -> done.add("own"));
    alone.finish(0, null);
    assertThat(done).containsExactly("own");
  }

  @Test
  void thePartWithMoreNodesBeforeItIsBehind() {
    assertThat(late.isBehind(0)).isFalse();
    late.leave(0, 10);
    assertThat(late.isBehind(0)).isFalse();
    assertThat(late.isBehind(1)).isTrue();
    late.leave(1, 9);
    assertThat(late.isBehind(0)).isTrue();
    assertThat(late.isBehind(1)).isFalse();
  }
}
