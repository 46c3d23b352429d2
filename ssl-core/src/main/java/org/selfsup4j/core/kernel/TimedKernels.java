package org.selfsup4j.core.kernel;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * Kernels that note how long each operation takes, how many bytes its blocks hold, and how many
 * operations a product or a convolution counts: a breakdown that can be switched on for any run.
 *
 * <p>Noting a call takes a tenth to a fifth of a microsecond; the cheapest native call takes one.
 * What asks the set without computing (its name, its threads, the size of a workspace) is not
 * noted. One thread at a time, as the kernels themselves. The members of a {@link Team} compute at
 * the same time: of what they took together, each call is given its share of the time that passed.
 */
public final class TimedKernels {

  private static final int FUNCTION = 0; // where Kernels has it, if an operation has several

  private final Kernels inner;
  private final Kernels kernels;
  private final Detail detail;
  private final Map<Key, Total> totals = new HashMap<>();
  private final List<TimedKernels> members = new ArrayList<>();
  private Team innerTeam; // whose members these are
  private Optional<Team> team = Optional.empty();
  private boolean recording = true;

  /** How finely calls are told apart. */
  public enum Detail {
    /** By operation, function and element type. */
    OPERATIONS,
    /** And by the shapes of all blocks. */
    SHAPES
  }

  /** Measures {@code inner}, which stays what computes. */
  public TimedKernels(Kernels inner, Detail detail) {
    this.inner = inner;
    this.detail = detail;
    this.kernels =
        (Kernels)
            Proxy.newProxyInstance(
                Kernels.class.getClassLoader(),
                new Class<?>[] {Kernels.class},
                (proxy, method, arguments) -> call(method, arguments));
  }

  /** The kernels to compute with. */
  public Kernels kernels() {
    return kernels;
  }

  /**
   * What the calls of one kind took.
   *
   * @param operation its name, with the function where there are several
   * @param type of the first block, or BFLOAT16 where the second is that
   * @param shapes of all blocks in the order of the arguments, such as {@code 64x192 192x768
   *     64x768}; empty where they are not told apart
   * @param calls how often
   * @param millis all calls together
   * @param bytes of all blocks of all calls; what is repeated by a stride of 0 counts once
   * @param gflop multiplications and additions of products and convolutions, in thousand millions;
   *     0 for other operations
   */
  public record Line(
      String operation,
      ElementType type,
      String shapes,
      long calls,
      double millis,
      long bytes,
      double gflop) {}

  /** All kinds of calls, the longest first. */
  public List<Line> breakdown() {
    Map<Key, Total> all = new HashMap<>();
    addTo(all, 1);
    members.forEach(member -> member.addTo(all, members.size()));
    return all.entrySet().stream()
        .map(entry -> entry.getValue().line(entry.getKey()))
        .sorted(
            Comparator.comparingDouble(Line::millis)
                .reversed()
                .thenComparing(Line::operation)
                .thenComparing(Line::shapes))
        .toList();
  }

  /** Whether calls are noted from now on; they are from the start. */
  public void setRecording(boolean on) {
    recording = on;
    members.forEach(member -> member.setRecording(on));
  }

  /** Forgets what was measured, for example after a warm-up. */
  public void reset() {
    totals.clear();
    members.forEach(TimedKernels::reset);
  }

  private void addTo(Map<Key, Total> all, int atATime) {
    totals.forEach(
        (key, own) -> {
          Total sum = all.computeIfAbsent(key, k -> new Total());
          sum.calls += own.calls;
          sum.nanos += own.nanos / atATime;
          sum.bytes += own.bytes;
          sum.flop += own.flop;
        });
  }

  /** The inner set's team, each member timed. */
  private Optional<Team> team() {
    Team now = inner.team().orElse(null);
    if (now != innerTeam) {
      innerTeam = now;
      members.clear();
      List<Team.Member> timed = new ArrayList<>();
      for (Team.Member member : now == null ? List.<Team.Member>of() : now.members()) {
        TimedKernels own = new TimedKernels(member.kernels(), detail);
        own.setRecording(recording);
        members.add(own);
        timed.add(new Team.Member(own.kernels(), member.thread()));
      }
      team = now == null ? Optional.empty() : Optional.of(new Team(timed));
    }
    return team;
  }

  private Object call(Method method, Object... arguments) throws Throwable {
    if (method.getName().equals("team")) {
      return team();
    }
    boolean noted = recording && arguments != null && method.getReturnType() != long.class;
    long start = System.nanoTime();
    try {
      return method.invoke(inner, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      if (noted) {
        note(method.getName(), System.nanoTime() - start, arguments);
      }
    }
  }

  private void note(String method, long nanos, Object... arguments) {
    Block[] blocks = new Block[arguments.length];
    int count = 0;
    long bytes = 0;
    for (Object argument : arguments) {
      if (argument instanceof Block block) {
        blocks[count++] = block;
        bytes += bytes(block);
      } else if (argument instanceof Epilogue epilogue) {
        bytes += bytes(epilogue.bias()) + bytes(epilogue.residual());
      }
    }
    if (count == 0) {
      return;
    }
    Object function = arguments[FUNCTION] instanceof Enum<?> several ? several : "";
    long[] sizes = detail == Detail.SHAPES ? sizes(blocks, count) : new long[0];
    Key key = new Key(method, function, computedIn(blocks, count), sizes);
    Total total = totals.computeIfAbsent(key, k -> new Total());
    total.calls++;
    total.nanos += nanos;
    total.bytes += bytes;
    total.flop += operations(method, blocks, count);
  }

  /**
   * Operations of a product: two for each element of the result and of the axis that is summed. Of
   * a convolution: two for each element of its larger side [N, O, H', W'] and of one filter.
   */
  private static double operations(String method, Block[] blocks, int count) {
    if (count < 3) {
      return 0;
    }
    return switch (method) {
      case "matmul" -> 2.0 * blocks[2].count() * blocks[0].size(-1);
      case "linearWeights" -> 2.0 * blocks[2].count() * blocks[0].size(0);
      case "convolution" -> 2.0 * blocks[2].count() * filter(blocks[1]);
      case "convolutionInput" -> 2.0 * blocks[1].count() * filter(blocks[0]);
      case "convolutionWeights" -> 2.0 * blocks[1].count() * filter(blocks[2]);
      default -> 0;
    };
  }

  private static long filter(Block weights) {
    return weights.count() / weights.size(0);
  }

  private static long bytes(Block block) {
    if (block == null) {
      return 0;
    }
    long count = 1;
    for (int axis = 0; axis < block.rank(); axis++) {
      count *= block.stride(axis) == 0 ? 1 : block.size(axis);
    }
    return count * block.type().bytes();
  }

  /** The shapes one after the other, each behind its rank. */
  private static long[] sizes(Block[] blocks, int count) {
    int length = 0;
    for (int i = 0; i < count; i++) {
      length += 1 + blocks[i].rank();
    }
    long[] sizes = new long[length];
    int at = 0;
    for (int i = 0; i < count; i++) {
      int rank = blocks[i].rank();
      sizes[at] = rank;
      System.arraycopy(blocks[i].shape(), 0, sizes, at + 1, rank);
      at += 1 + rank;
    }
    return sizes;
  }

  /** A float weight beside a BFLOAT16 operand is multiplied in BFLOAT16. */
  private static ElementType computedIn(Block[] blocks, int count) {
    boolean narrow = count > 1 && blocks[1].type() == ElementType.BFLOAT16;
    return narrow ? ElementType.BFLOAT16 : blocks[0].type();
  }

  /** What is counted together. */
  private static final class Key {
    private final String method;
    private final Object function;
    private final ElementType type;
    private final long[] sizes;
    private final int hash;

    Key(String method, Object function, ElementType type, long... sizes) {
      this.method = method;
      this.function = function;
      this.type = type;
      this.sizes = sizes;
      this.hash =
          method.hashCode()
              + 31 * (function.hashCode() + 31 * (type.hashCode() + Arrays.hashCode(sizes)));
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && hash == key.hash
          && method.equals(key.method)
          && function.equals(key.function)
          && type == key.type
          && Arrays.equals(sizes, key.sizes);
    }

    String operation() {
      String name = function.toString().toLowerCase(Locale.ROOT);
      return name.isEmpty() ? method : method + " " + name;
    }

    String shapes() {
      StringJoiner all = new StringJoiner(" ");
      int at = 0;
      while (at < sizes.length) {
        int rank = (int) sizes[at];
        StringJoiner shape = new StringJoiner("x").setEmptyValue("1");
        for (int axis = 1; axis <= rank; axis++) {
          shape.add(Long.toString(sizes[at + axis]));
        }
        all.add(shape.toString());
        at += 1 + rank;
      }
      return all.toString();
    }
  }

  private static final class Total {
    private long calls;
    private long nanos;
    private long bytes;
    private double flop;

    Line line(Key key) {
      return new Line(
          key.operation(), key.type, key.shapes(), calls, nanos / 1e6, bytes, flop / 1e9);
    }
  }
}
