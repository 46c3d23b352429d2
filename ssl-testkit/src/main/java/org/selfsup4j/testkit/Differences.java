package org.selfsup4j.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Shape;

/**
 * Central differences of a function at given values: elements that share their memory move
 * together.
 */
final class Differences {

  private static final double STEP = 1e-5;

  /** Elements of inputs that move together, and what the result does then. */
  static final class Movement {
    private final int[] input;
    private final int[] element;
    private double[] slope;

    private Movement(int[] input, int[] element) {
      this.input = input;
      this.element = element;
    }

    /** One of the moved elements of {@code wanted}. */
    int element(int wanted) {
      for (int i = 0; i < input.length; i++) {
        if (input[i] == wanted) {
          return element[i];
        }
      }
      throw new IllegalArgumentException("input " + wanted + " is not moved");
    }

    /** The derivative of {@code sum(y * cotangent)} along the movement. */
    double gradient(double[] cotangent) {
      double sum = 0;
      for (int i = 0; i < cotangent.length; i++) {
        sum += slope[i] * cotangent[i];
      }
      return sum;
    }

    private boolean moves(int wanted) {
      return Arrays.stream(input).anyMatch(i -> i == wanted);
    }
  }

  private final List<CheckInput> inputs;
  private final List<double[]> values;
  private final Layout layout;
  private final List<Movement> movements;

  private Differences(
      List<CheckInput> inputs, List<double[]> values, Layout layout, List<Movement> movements) {
    this.inputs = inputs;
    this.values = values;
    this.layout = layout;
    this.movements = movements;
  }

  /** Each element by itself. */
  static Differences free(List<CheckInput> inputs, List<double[]> values, int samples, long seed) {
    List<Movement> movements = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      for (int element : sample(values.get(i).length, samples, seed)) {
        movements.add(new Movement(new int[] {i}, new int[] {element}));
      }
    }
    return new Differences(inputs, values, null, movements);
  }

  /** Elements that {@code layout} lays on one place together; their values are made equal. */
  static Differences repeated(
      List<CheckInput> inputs, List<double[]> values, Layout layout, int samples, long seed) {
    List<Movement> movements = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      long[] shape = inputs.get(i).shape().toArray();
      int[] places = (layout.fits(shape) ? layout : Layout.ROW_MAJOR).places(shape);
      Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
      for (int e = 0; e < places.length; e++) {
        groups.computeIfAbsent(places[e], place -> new ArrayList<>()).add(e);
      }
      List<List<Integer>> lists = List.copyOf(groups.values());
      for (List<Integer> group : lists) {
        for (int e : group) {
          values.get(i)[e] = values.get(i)[group.get(0)];
        }
      }
      for (int g : sample(lists.size(), samples, seed)) {
        int[] elements = lists.get(g).stream().mapToInt(Integer::intValue).toArray();
        int[] input = new int[elements.length];
        Arrays.fill(input, i);
        movements.add(new Movement(input, elements));
      }
    }
    return new Differences(inputs, values, layout, movements);
  }

  /** Whether two inputs are of one shape. */
  static boolean canShare(List<CheckInput> inputs) {
    return inputs.stream().map(CheckInput::shape).distinct().count() < inputs.size();
  }

  /** Inputs of one shape move together; their values are the first one's. */
  static Differences shared(
      List<CheckInput> inputs, List<double[]> values, int samples, long seed) {
    Map<Shape, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      groups.computeIfAbsent(inputs.get(i).shape(), shape -> new ArrayList<>()).add(i);
    }
    List<Movement> movements = new ArrayList<>();
    for (List<Integer> group : groups.values()) {
      int[] input = group.stream().mapToInt(Integer::intValue).toArray();
      for (int i : input) {
        values.set(i, values.get(input[0]));
      }
      for (int e : sample(values.get(input[0]).length, samples, seed)) {
        int[] element = new int[input.length];
        Arrays.fill(element, e);
        movements.add(new Movement(input, element));
      }
    }
    return new Differences(inputs, values, null, movements);
  }

  private static int[] sample(int count, int samples, long seed) {
    int[] order = RandomStream.of(seed).at("sample").permutation(count);
    return Arrays.stream(order).limit(samples).sorted().toArray();
  }

  /** The layout that ties elements together; null where none does. */
  Layout layout() {
    return layout;
  }

  /** The values of all inputs, ties made equal. */
  List<double[]> values() {
    return values;
  }

  /** The movements that touch {@code input}. */
  List<Movement> movements(int input) {
    return movements.stream().filter(movement -> movement.moves(input)).toList();
  }

  /** Takes the differences, and returns the value in the middle. */
  Trial.Output measure(Kernels kernels, Trial.Function f) {
    try (Arena arena = Trial.poisoned(kernels, ElementType.DOUBLE)) {
      Trial.Output middle = Trial.value(kernels, arena, f, inputs, values);
      for (Movement movement : movements) {
        double[] up = Trial.value(kernels, arena, f, inputs, moved(movement, STEP)).numbers();
        double[] down = Trial.value(kernels, arena, f, inputs, moved(movement, -STEP)).numbers();
        movement.slope = new double[up.length];
        for (int i = 0; i < up.length; i++) {
          movement.slope[i] = (up[i] - down[i]) / (2 * STEP);
        }
      }
      return middle;
    }
  }

  private List<double[]> moved(Movement movement, double step) {
    List<double[]> moved = new ArrayList<>();
    values.forEach(numbers -> moved.add(numbers.clone()));
    for (int i = 0; i < movement.input.length; i++) {
      moved.get(movement.input[i])[movement.element[i]] += step;
    }
    return moved;
  }

  /** The coordinates of a flat index, for messages. */
  static String coordinates(int index, Shape shape) {
    long[] at = new long[shape.rank()];
    long rest = index;
    for (int axis = at.length - 1; axis >= 0; axis--) {
      at[axis] = rest % shape.size(axis);
      rest /= shape.size(axis);
    }
    return index + " " + Arrays.toString(at);
  }
}
