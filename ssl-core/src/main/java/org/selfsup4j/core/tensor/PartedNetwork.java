package org.selfsup4j.core.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Team;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.Strides;

/**
 * A network run on parts of a batch at the same time, each part in a session, on a thread and in
 * memory of its own. To the tape it is one operation: backward, each part unwinds its own tape, and
 * the gradients of the variables are added up. Threads that compute whole parts wait for each other
 * at its ends; threads that share every call wait at the end of each.
 */
public final class PartedNetwork {

  /** Fewer rows for a member than these are not worth it. */
  static final int LEAST = 4;

  private final Session session;
  private final Team team;
  private final List<Tensor> inputs;
  private final long rows;
  private final Session[] sessions;
  private final Tensor[] results;
  private final List<List<Tensor>> given = new ArrayList<>();

  /** A network that treats each row by itself. */
  @FunctionalInterface
  public interface Part {

    /**
     * Computes some rows.
     *
     * @param session to compute in
     * @param inputs their rows of each input
     * @param rows which they are
     * @return [rows, ...]
     */
    Tensor apply(Session session, List<Tensor> inputs, Rows rows);
  }

  /**
   * Rows {@code [from, to)} of {@code all}.
   *
   * @param from the first
   * @param to the first behind them
   * @param all how many the batch has
   */
  public record Rows(long from, long to, long all) {}

  PartedNetwork(Session session, Team team, List<Tensor> inputs) {
    this.session = session;
    this.team = team;
    this.inputs = List.copyOf(inputs);
    this.rows = rows(inputs);
    this.sessions = new Session[team.size()];
    this.results = new Tensor[team.size()];
  }

  /** How many rows all inputs have. */
  static long rows(List<Tensor> inputs) {
    long rows = inputs.get(0).size(0);
    for (Tensor input : inputs) {
      if (input.size(0) != rows) {
        throw new ShapeException(
            "inParts: the inputs are "
                + inputs.stream().map(Tensor::shape).toList()
                + ": their first axes must be equal, since they are split there");
      }
    }
    return rows;
  }

  /** Refuses a result that is not a row for each that was given. */
  static void requireRows(Rows part, Shape result) {
    if (result.rank() == 0 || result.size(0) != part.to() - part.from()) {
      throw new ShapeException(
          "inParts: rows "
              + part.from()
              + " to "
              + part.to()
              + " gave "
              + result
              + ": the network must give as many rows as it is given");
    }
  }

  Tensor run(Part network) {
    for (int i = 0; i < team.size(); i++) {
      sessions[i] = session.part(i, team.members().get(i).kernels());
      given.add(given(sessions[i], rows(i)));
    }
    session.waitFor(
        () ->
            team.run(
                (i, kernels) -> results[i] = network.apply(sessions[i], given.get(i), rows(i))));
    List<Variable> variables = variables();
    List<Tensor> all = new ArrayList<>(inputs);
    variables.forEach(variable -> all.add(session.open(variable)));
    Operation op = Operation.of("inParts", all.toArray(Tensor[]::new));
    Tensor y = op.result(results[0].type(), shape());
    team.run((i, kernels) -> kernels.copy(results[i].block(), part(y.block(), rows(i))));
    if (!op.recording()) {
      close();
    }
    return op.record(y, g -> backward(g, variables));
  }

  private Rows rows(int part) {
    return new Rows(rows * part / team.size(), rows * (part + 1) / team.size(), rows);
  }

  private static Block part(Block block, Rows rows) {
    return block.slice(0, rows.from(), rows.to());
  }

  private List<Tensor> given(Session own, Rows rows) {
    List<Tensor> parts = new ArrayList<>();
    for (Tensor input : inputs) {
      Block block = part(input.block(), rows);
      boolean wanted = own.isRecording() && input.node() != null;
      parts.add(wanted ? own.leaf(block) : own.constant(block));
    }
    return parts;
  }

  private Shape shape() {
    long[] whole = results[0].shape().toArray();
    for (int i = 0; i < results.length; i++) {
      requireRows(rows(i), results[i].shape());
      long[] own = results[i].shape().toArray();
      own[0] = rows;
      whole[0] = rows;
      if (!Arrays.equals(own, whole)) {
        throw new ShapeException(
            "inParts: the parts gave "
                + Arrays.stream(results).map(Tensor::shape).toList()
                + ": all but the first axis must be equal");
      }
    }
    return Shape.of(whole);
  }

  /** What any part opened, in the order of the first that did. */
  private List<Variable> variables() {
    Map<Variable, Boolean> opened = new LinkedHashMap<>();
    for (Session own : sessions) {
      own.leaves().keySet().forEach(variable -> opened.put(variable, true));
    }
    return List.copyOf(opened.keySet());
  }

  private void close() {
    session.close(List.of(sessions));
  }

  private void backward(Gradients g, List<Variable> variables) {
    Block[] targets = new Block[inputs.size() + variables.size()];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = g.target(i);
    }
    Block upstream = g.upstream();
    team.run((i, kernels) -> unwind(i, kernels, upstream, targets, variables));
    List<List<Integer>> shares = shares(targets);
    team.run(
        (i, kernels) -> {
          for (int variable : shares.get(i)) {
            addUp(variables.get(variable), targets[inputs.size() + variable], kernels);
          }
        });
    close();
  }

  /** One part's backward pass. The first writes to the targets, the others to memory of theirs. */
  private void unwind(
      int part, Kernels kernels, Block upstream, Block[] targets, List<Variable> variables) {
    Session own = sessions[part];
    for (int i = 0; i < inputs.size(); i++) {
      if (targets[i] != null) {
        Block home = part(targets[i], rows(part));
        given.get(part).get(i).node().home = () -> home;
      }
    }
    for (int i = 0; i < variables.size(); i++) {
      Tensor leaf = own.leaves().get(variables.get(i));
      Block first = targets[inputs.size() + i];
      if (leaf != null) {
        leaf.node().home = part == 0 ? () -> first : () -> room(own, first);
      }
    }
    if (results[part].node() != null) {
      own.backward(results[part], part(upstream, rows(part)));
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (targets[i] != null && given.get(part).get(i).node().gradient == null) {
        kernels.fill(part(targets[i], rows(part)), 0);
      }
    }
  }

  private void addUp(Variable variable, Block target, Kernels kernels) {
    for (int part = 0; part < sessions.length; part++) {
      Tensor leaf = sessions[part].leaves().get(variable);
      Block gradient = leaf == null ? null : leaf.node().gradient; // null where none arrived
      if (part == 0 && gradient == null) {
        kernels.fill(target, 0);
      } else if (part > 0 && gradient != null) {
        kernels.addScaled(1, gradient, 1, target);
      }
    }
  }

  private static Block room(Session own, Block like) {
    long[] shape = like.shape();
    return own.allocate(
        "gradient of inParts",
        like.type(),
        shape,
        Strides.like(shape, like.strides()),
        new Storage[1]);
  }

  /** Which variables each member adds up: the largest first, each to who has least so far. */
  private List<List<Integer>> shares(Block... targets) {
    List<List<Integer>> shares = new ArrayList<>();
    long[] loads = new long[team.size()];
    for (int i = 0; i < team.size(); i++) {
      shares.add(new ArrayList<>());
    }
    int first = inputs.size();
    IntStream.range(0, targets.length - first)
        .boxed()
        .sorted(Comparator.comparingLong(i -> -targets[first + i].count()))
        .forEach(
            i -> {
              int least = 0;
              for (int member = 1; member < loads.length; member++) {
                least = loads[member] < loads[least] ? member : least;
              }
              loads[least] += targets[first + i].count();
              shares.get(least).add(i);
            });
    return shares;
  }
}
