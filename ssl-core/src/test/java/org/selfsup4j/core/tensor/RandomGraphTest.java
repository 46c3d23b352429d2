package org.selfsup4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.random.RandomStream;

/**
 * Graphs drawn at random of sums, products, reshapes, permutations, slices, joins, broadcasts and
 * reductions, whose nodes are used again and again: gradients that are shared without a copy must
 * never be added to in place. Held to reverse mode on plain arrays.
 */
class RandomGraphTest {

  private static final int NODES = 25;

  private final Kernels kernels = KernelSets.open("nd4j");

  RandomGraphTest() {
    kernels.setThreads(1);
  }

  /** A tensor, and the same node of a graph on plain arrays. */
  private static final class Node {
    final Tensor tensor;
    final double[] value;
    final double[] gradient;
    final Node[] sources;
    final int[][] terms; // value[t[0]] += sources[t[1]].value[t[2]]; null: the sources' product

    Node(Tensor tensor, double[] value) {
      this.tensor = tensor;
      this.value = value;
      this.gradient = new double[value.length];
      this.sources = new Node[0];
      this.terms = new int[0][];
    }

    Node(Tensor tensor, int[][] terms, Node... sources) {
      this.tensor = tensor;
      this.value = new double[(int) tensor.shape().count()];
      this.gradient = new double[value.length];
      this.sources = sources;
      this.terms = terms;
      for (int i = 0; terms == null && i < value.length; i++) {
        value[i] = sources[0].value[i] * sources[1].value[i];
      }
      for (int i = 0; terms != null && i < terms.length; i++) {
        value[terms[i][0]] += sources[terms[i][1]].value[terms[i][2]];
      }
    }

    void back() {
      for (int i = 0; terms == null && i < value.length; i++) {
        sources[0].gradient[i] += gradient[i] * sources[1].value[i];
        sources[1].gradient[i] += gradient[i] * sources[0].value[i];
      }
      for (int i = 0; terms != null && i < terms.length; i++) {
        sources[terms[i][1]].gradient[terms[i][2]] += gradient[terms[i][0]];
      }
    }
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void meetsReverseModeOnPlainArrays(@ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    try (Arena arena = poisoned();
        Session session = Session.training(kernels, arena, "step")) {
      List<Variable> variables = new ArrayList<>();
      List<Node> nodes = new ArrayList<>();
      for (long[] shape : new long[][] {{2, 3}, {3, 2}, {6}, {2, 1, 3}}) {
        double[] values = new double[6];
        Arrays.setAll(values, i -> random.uniform(-1, 1));
        Variable variable = Variable.of(ElementType.DOUBLE, values, shape);
        kernels.fill(variable.gradient(), Double.NaN);
        variables.add(variable);
        nodes.add(new Node(session.open(variable), values));
      }
      while (nodes.size() < NODES) {
        nodes.add(next(nodes, random));
      }
      for (Node node : nodes) {
        assertThat(node.tensor.toDoubles()).containsExactly(node.value, within(1e-9));
      }
      session.backward(loss(nodes, random));
      for (int i = NODES - 1; i >= 0; i--) {
        nodes.get(i).back();
      }
      for (int i = 0; i < variables.size(); i++) {
        double[] want = nodes.get(i).gradient;
        double scale = 1 + Arrays.stream(want).map(Math::abs).max().orElse(0);
        assertThat(HostArrays.doubles(variables.get(i).gradient()))
            .as("gradient of variable %d", i)
            .containsExactly(want, within(1e-10 * scale));
      }
      assertThat(arena.usedBytes()).as("left after the backward pass").isLessThanOrEqualTo(64);
    }
  }

  /** A weighted sum of some nodes, the last one among them. */
  private static Tensor loss(List<Node> nodes, RandomStream random) {
    Tensor loss = null;
    for (int i = 0; i < 6; i++) {
      int weight = i + 1;
      Node node = i == 0 ? nodes.get(NODES - 1) : nodes.get(random.nextInt(NODES));
      Tensor part = node.tensor.sum().times(weight);
      loss = loss == null ? part : loss.plus(part);
      Arrays.setAll(node.gradient, j -> node.gradient[j] + weight);
    }
    return loss;
  }

  private Arena poisoned() {
    Arena arena = new Arena(1 << 16);
    Arena.Piece piece = arena.allocate(ElementType.DOUBLE, 1 << 13);
    kernels.fill(Block.contiguous(piece.slab(), piece.offset(), 1 << 13), Double.NaN);
    arena.reset();
    return arena;
  }

  private static Node next(List<Node> nodes, RandomStream random) {
    Node x = nodes.get(random.nextInt(nodes.size()));
    return switch (random.nextInt(9)) {
      case 0, 1 -> times(x, likeOther(nodes, x, random));
      case 2, 3 -> plus(x, likeOther(nodes, x, random));
      case 4 -> reshaped(x, random);
      case 5 -> permuted(x, random);
      case 6 -> sliced(x, random);
      case 7 -> joined(x, likeOther(nodes, x, random), random);
      default -> random.chance(0.5) ? broadcast(x) : reduced(x, random);
    };
  }

  /** Another node of {@code x}'s shape: perhaps x itself. */
  private static Node likeOther(List<Node> nodes, Node x, RandomStream random) {
    List<Node> like =
        nodes.stream().filter(n -> n.tensor.shape().equals(x.tensor.shape())).toList();
    return like.get(random.nextInt(like.size()));
  }

  private static Node times(Node x, Node y) {
    return new Node(x.tensor.times(y.tensor), null, x, y);
  }

  private static Node plus(Node x, Node y) {
    int n = x.value.length;
    int[][] terms = new int[2 * n][];
    Arrays.setAll(terms, i -> new int[] {i % n, i / n, i % n});
    return new Node(x.tensor.plus(y.tensor), terms, x, y);
  }

  private static Node reshaped(Node x, RandomStream random) {
    int n = x.value.length;
    Tensor y =
        switch (random.nextInt(3)) {
          case 0 -> x.tensor.reshape(-1);
          case 1 -> x.tensor.reshape(n % 2 == 0 ? new long[] {2, n / 2} : new long[] {n, 1});
          default -> x.tensor.reshape(n % 3 == 0 ? new long[] {n / 3, 1, 3} : new long[] {1, n});
        };
    int[][] terms = new int[n][];
    Arrays.setAll(terms, i -> new int[] {i, 0, i});
    return new Node(y, terms, x);
  }

  private static Node permuted(Node x, RandomStream random) {
    int[] axes = random.permutation(x.tensor.rank());
    Tensor y = x.tensor.permute(axes);
    return new Node(
        y,
        terms(
            y.shape(),
            at -> {
              long[] from = new long[axes.length];
              for (int i = 0; i < axes.length; i++) {
                from[axes[i]] = at[i];
              }
              return new int[] {0, flat(x.tensor.shape(), from)};
            }),
        x);
  }

  private static Node sliced(Node x, RandomStream random) {
    int axis = random.nextInt(x.tensor.rank());
    int size = (int) x.tensor.size(axis);
    int from = random.nextInt(size);
    int to = from + 1 + random.nextInt(size - from);
    Tensor y = x.tensor.slice(axis, from, to);
    return new Node(
        y,
        terms(
            y.shape(),
            at -> {
              at[axis] += from;
              return new int[] {0, flat(x.tensor.shape(), at)};
            }),
        x);
  }

  private static Node joined(Node x, Node y, RandomStream random) {
    int axis = random.nextInt(x.tensor.rank());
    long size = x.tensor.size(axis);
    if (x.value.length > 24) {
      return plus(x, y);
    }
    Tensor joined = Joins.concatenate(axis, x.tensor, y.tensor);
    return new Node(
        joined,
        terms(
            joined.shape(),
            at -> {
              int part = (int) (at[axis] / size);
              at[axis] %= size;
              return new int[] {part, flat(x.tensor.shape(), at)};
            }),
        x,
        y);
  }

  private static Node broadcast(Node x) {
    int n = x.value.length;
    if (n > 12) {
      return plus(x, x);
    }
    long[] shape = new long[x.tensor.rank() + 1];
    System.arraycopy(x.tensor.shape().toArray(), 0, shape, 1, shape.length - 1);
    shape[0] = 2;
    int[][] terms = new int[2 * n][];
    Arrays.setAll(terms, i -> new int[] {i, 0, i % n});
    return new Node(x.tensor.broadcast(shape), terms, x);
  }

  private static Node reduced(Node x, RandomStream random) {
    int axis = random.nextInt(x.tensor.rank());
    Tensor y = Reductions.sumKeeping(x.tensor, axis);
    int[][] terms = terms(x.tensor.shape(), at -> new int[] {0, flat(x.tensor.shape(), at)});
    int[][] wide =
        terms(
            x.tensor.shape(),
            at -> {
              at[axis] = 0;
              return new int[] {0, flat(y.shape(), at)};
            });
    for (int i = 0; i < terms.length; i++) {
      terms[i][0] = wide[i][2];
    }
    return new Node(y, terms, x);
  }

  private interface Source {
    /** Source and element that the result's element at these coordinates is. */
    int[] of(long[] at);
  }

  private static int[][] terms(Shape shape, Source source) {
    int[][] terms = new int[(int) shape.count()][];
    for (int i = 0; i < terms.length; i++) {
      long[] at = new long[shape.rank()];
      long rest = i;
      for (int axis = at.length - 1; axis >= 0; axis--) {
        at[axis] = rest % shape.size(axis);
        rest /= shape.size(axis);
      }
      int[] from = source.of(at);
      terms[i] = new int[] {i, from[0], from[1]};
    }
    return terms;
  }

  private static int flat(Shape shape, long[] at) {
    long index = 0;
    for (int axis = 0; axis < at.length; axis++) {
      index = index * shape.size(axis) + at[axis];
    }
    return (int) index;
  }
}
