package org.selfsup4j.core.kernel.onednn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.selfsup4j.core.kernel.CallCounts;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Team;

/** The teams of a set by the number of threads, each made when it is first asked for. */
final class Teams {

  /** Each member has gradients of its own to add up, so there must not be too many of them. */
  static final int MOST = 8;

  private static final long IDLE_SECONDS = 60; // then a member's thread ends, until it is needed

  private final int most;
  private final Map<Integer, Optional<Team>> teams = new HashMap<>();

  /** Teams of at most {@code most} members. */
  Teams(int most) {
    this.most = most;
  }

  /** The team that shares {@code threads}. */
  Optional<Team> of(int threads, CallCounts counts) {
    return teams.computeIfAbsent(threads, number -> make(number, counts));
  }

  private Optional<Team> make(int threads, CallCounts counts) {
    int size = size(threads);
    if (size < 2) {
      return Optional.empty();
    }
    int own = threads / size;
    List<Team.Member> members = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Executor thread = i == 0 ? caller(own, threads) : thread(i, own);
      members.add(new Team.Member(new OneDnnKernels(KernelSets.open("nd4j"), counts, 1), thread));
    }
    return Optional.of(new Team(members));
  }

  /** The largest number of equal members. */
  private int size(int threads) {
    int size = Math.min(threads, most);
    while (threads % size != 0) {
      size--;
    }
    return size;
  }

  /**
   * The thread that asks, with fewer threads for the time of a task. Were it to wait instead, the
   * system would be free to give its core away, and two threads may then share one for a while.
   */
  private static Executor caller(int own, int all) {
    return task -> {
      OneDnnProvider.setOpenMpThreads(own);
      try {
        task.run();
      } finally {
        OneDnnProvider.setOpenMpThreads(all);
      }
    };
  }

  private static Executor thread(int member, int own) {
    ThreadFactory factory =
        task -> {
          Runnable begin =
              () -> {
                OneDnnProvider.setOpenMpThreads(own);
                task.run();
              };
          Thread thread = new Thread(begin, "selfsup-team-" + member);
          thread.setDaemon(true);
          return thread;
        };
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}
