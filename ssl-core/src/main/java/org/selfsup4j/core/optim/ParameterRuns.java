package org.selfsup4j.core.optim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;
import org.selfsup4j.core.module.Parameter;

/**
 * Parameters gathered in one slab, their gradients in another and each moment in one more, at equal
 * offsets, so that a group is one run of memory. Gaps between parameters hold zeros.
 */
final class ParameterRuns implements AutoCloseable {

  /** One parameter's place. */
  record Place(String name, Parameter parameter, long offset, long count) {}

  /**
   * Neighbouring places that are treated alike.
   *
   * @param frozenEpochs epochs for which they are left alone at first
   */
  record Run(
      ParameterGroup group,
      boolean vectors,
      long frozenEpochs,
      long offset,
      long count,
      List<Place> places) {}

  /** What decides in which run a parameter is. */
  private record Kind(int group, boolean vectors, long frozenEpochs) {
    static final Comparator<Kind> ORDER =
        Comparator.comparingInt(Kind::group)
            .thenComparing(Kind::vectors)
            .thenComparingLong(Kind::frozenEpochs);
  }

  private final ElementType type;
  private final Slab values;
  private final Slab gradients;
  private final List<Slab> moments = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();

  ParameterRuns(
      Map<String, Parameter> parameters,
      List<ParameterGroup> groups,
      int momentCount,
      ToLongFunction<Parameter> frozenEpochs) {
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException("there is no parameter to train");
    }
    type = parameters.values().iterator().next().variable().type();
    long total = layOut(parameters, groups, frozenEpochs);
    values = zeros(total);
    gradients = zeros(total);
    for (int i = 0; i < momentCount; i++) {
      moments.add(zeros(total));
    }
    for (Run run : runs) {
      for (Place place : run.places) {
        place.parameter.variable().moveTo(values, gradients, place.offset);
      }
    }
  }

  private long layOut(
      Map<String, Parameter> parameters,
      List<ParameterGroup> groups,
      ToLongFunction<Parameter> frozenEpochs) {
    Map<Kind, List<String>> members = new TreeMap<>(Kind.ORDER);
    parameters.forEach(
        (name, parameter) -> {
          if (parameter.variable().type() != type) {
            throw new IllegalArgumentException(
                "parameters are of two types: '" + name + "' is " + parameter.variable().type());
          }
          Kind kind =
              new Kind(
                  groupOf(name, parameter, groups),
                  parameter.shape().rank() <= 1,
                  frozenEpochs.applyAsLong(parameter));
          members.computeIfAbsent(kind, k -> new ArrayList<>()).add(name);
        });
    long unit = Slab.ALIGNMENT / type.bytes();
    long offset = 0;
    for (Map.Entry<Kind, List<String>> entry : members.entrySet()) {
      Kind kind = entry.getKey();
      List<Place> places = new ArrayList<>();
      long start = offset;
      for (String name : entry.getValue()) {
        Parameter parameter = parameters.get(name);
        long count = parameter.shape().count();
        places.add(new Place(name, parameter, offset, count));
        offset += (count + unit - 1) / unit * unit;
      }
      ParameterGroup group = groups.get(kind.group);
      runs.add(new Run(group, kind.vectors, kind.frozenEpochs, start, offset - start, places));
    }
    return offset;
  }

  private static int groupOf(String name, Parameter parameter, List<ParameterGroup> groups) {
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).holds().test(name, parameter.shape())) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "parameter '"
            + name
            + "' belongs to no group: let the last group be ParameterGroup.everything()");
  }

  private Slab zeros(long count) {
    Slab slab = Slab.allocate(type, count);
    slab.clear();
    return slab;
  }

  List<Run> runs() {
    return runs;
  }

  Block values(long offset, long count) {
    return Block.contiguous(values, offset, count);
  }

  Block gradients(long offset, long count) {
    return Block.contiguous(gradients, offset, count);
  }

  /** All gradients as one run. */
  Block allGradients() {
    return Block.contiguous(gradients, 0, gradients.elements());
  }

  List<Block> moments(long offset, long count) {
    List<Block> blocks = new ArrayList<>();
    for (Slab slab : moments) {
      blocks.add(Block.contiguous(slab, offset, count));
    }
    return blocks;
  }

  /** Gives the memory back; the parameters get memory of their own again. */
  @Override
  public void close() {
    for (Run run : runs) {
      run.places.forEach(place -> place.parameter.variable().moveOut(type));
    }
    values.close();
    gradients.close();
    moments.forEach(Slab::close);
  }
}
