package org.selfsup4j.core.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/**
 * Several sets of kernels that compute at the same time, each on a thread and some cores of its
 * own: for work that falls into parts which need not wait for each other after every call.
 */
public final class Team {

  private final List<Member> members;

  /**
   * One of a team.
   *
   * @param kernels to be called by tasks of {@code thread} only
   * @param thread runs one task at a time; the first member's is the caller's own
   */
  public record Member(Kernels kernels, Executor thread) {}

  /** What one member does. */
  @FunctionalInterface
  public interface Work {

    /**
     * Runs on the member's thread.
     *
     * @param member its number, from 0
     * @param kernels the member's own
     */
    void run(int member, Kernels kernels);
  }

  /** A team of at least two. */
  public Team(List<Member> members) {
    if (members.size() < 2) {
      throw new IllegalArgumentException("a team has at least two members, not " + members.size());
    }
    this.members = List.copyOf(members);
  }

  /** The members, in their order. */
  public List<Member> members() {
    return members;
  }

  /** How many members it has. */
  public int size() {
    return members.size();
  }

  /**
   * Lets every member work, and returns when all have ended, also where one failed: nobody computes
   * on memory that the caller takes back.
   *
   * @throws RuntimeException the failure of the first member that failed, the others' suppressed
   */
  public void run(Work work) {
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      int number = i;
      Kernels kernels = members.get(i).kernels();
      tasks.add(new FutureTask<>(() -> work.run(number, kernels), null));
    }
    Throwable failure = start(tasks);
    for (FutureTask<Void> task : tasks) {
      Throwable own = failure(task);
      if (failure == null) {
        failure = own;
      } else if (own != null && own != failure) {
        failure.addSuppressed(own);
      }
    }
    rethrow(failure);
  }

  /** Gives each member its task; if that fails, those that are left do nothing. */
  private Throwable start(List<FutureTask<Void>> tasks) {
    for (int i = members.size() - 1; i >= 0; i--) { // the caller's own comes last
      try {
        members.get(i).thread().execute(tasks.get(i));
      } catch (RuntimeException | Error e) { // no thread, for want of memory
        tasks.subList(0, i + 1).forEach(task -> task.cancel(false));
        return e;
      }
    }
    return null;
  }

  /** Waits for the end, even if interrupted; the failure, or null. */
  private static Throwable failure(FutureTask<Void> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          task.get();
          return null;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (CancellationException e) {
          return null; // another one's failure tells why
        } catch (ExecutionException e) {
          return e.getCause();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void rethrow(Throwable failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure != null) { // work throws no others
      throw new IllegalStateException(failure);
    }
  }
}
