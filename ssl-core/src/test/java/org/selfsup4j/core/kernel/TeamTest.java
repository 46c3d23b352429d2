package org.selfsup4j.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TeamTest {

  private final AtomicInteger done = new AtomicInteger();

  private static Team team(Executor... threads) {
    List<Team.Member> members = new ArrayList<>();
    for (Executor thread : threads) {
      members.add(new Team.Member(KernelSets.open("nd4j"), thread));
    }
    return new Team(members);
  }

  private static Executor thread() {
    return task -> new Thread(task).start();
  }

  @Test
  void waitsForAllWhereOneFailsAndKeepsWhatElseWentWrong() {
    CountDownLatch failed = new CountDownLatch(2);
    Team team = team(Runnable::run, thread(), thread());
    assertThatThrownBy(
            () ->
                team.run(
                    (i, kernels) -> {
                      if (i < 2) {
                        failed.countDown();
                        throw new IllegalStateException("member " + i);
                      }
                      await(failed);
                      done.incrementAndGet();
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("member 0")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .satisfies(other -> assertThat(other).hasMessage("member 1")));
    assertThat(done).hasValue(1);
  }

  @Test
  void waitsForThoseThatBeganWhereAThreadCannotBeMade() {
    CountDownLatch refused = new CountDownLatch(1);
    Executor none =
        task -> {
          refused.countDown();
          throw new OutOfMemoryError("unable to create native thread");
        };
    Team team = team(Runnable::run, none, thread());
    assertThatThrownBy(
            () ->
                team.run(
                    (i, kernels) -> {
                      await(refused);
                      done.incrementAndGet();
                    }))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageContaining("native thread");
    assertThat(done).as("the last member alone").hasValue(1);
  }

  @Test
  void anInterruptWaitsForTheEndAndIsKept() {
    Thread caller = Thread.currentThread();
    Team team = team(Runnable::run, thread());
    team.run(
        (i, kernels) -> {
          if (i == 1) {
            caller.interrupt();
          }
          done.incrementAndGet();
        });
    assertThat(done).hasValue(2);
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
