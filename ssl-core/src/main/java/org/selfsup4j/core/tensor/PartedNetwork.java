package org.selfsup4j.core.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private PartedNetwork(Session session, Team team, List<Tensor> inputs) {
    this.session = session;
    this.team = team;
    this.inputs = List.copyOf(inputs);
    this.rows = rows(inputs);
    this.sessions = new Session[team.size()];
    this.results = new Tensor[team.size()];
  }

  /** Empty where the kernels have no team, or too few rows for one: to be run as a whole. */
  static Optional<PartedNetwork> of(Session session, List<Tensor> inputs) {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("inParts needs at least one input, whose rows are split");
    }
    long rows = rows(inputs);
    return session
        .kernels()
        .team()
        .filter(team -> rows >= LEAST * (long) team.size())
        .map(team -> new PartedNetwork(session, team, inputs));
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
    open();
    session.waitFor(
        () ->
            team.run(
                (i, kernels) -> results[i] = network.apply(sessions[i], given.get(i), rows(i))));
    List<Variable> variables = variables();
    Operation op = operation("inParts", variables);
    Tensor y = op.result(results[0].type(), shape());
    team.run((i, kernels) -> kernels.copy(results[i].block(), part(y.block(), rows(i))));
    if (!op.recording()) {
      close();
    }
    return op.record(y, g -> backward(g, variables));
  }

  /** The mean of results [n]; each part goes back as soon as it is through. */
  Tensor mean(Part network) {
    open();
    LateWork late = new LateWork(team.size());
    session.waitFor(() -> team.run((i, kernels) -> there(i, kernels, network, late)));
    List<Variable> variables = variables();
    Operation op = operation("meanInParts", variables);
    Tensor all = session.empty("meanInParts", results[0].type(), Shape.of(rows));
    for (int i = 0; i < results.length; i++) {
      session.kernels().copy(results[i].block(), part(all.block(), rows(i)));
    }
    Tensor mean = all.mean();
    if (!op.recording()) {
      close();
    }
    return op.record(mean, g -> gather(g, variables));
  }

  /** One part's way there and, where a tape runs, back with the gradient of a mean of all rows. */
  private void there(int part, Kernels kernels, Part network, LateWork late) {
    Session own = sessions[part];
    unwinding(
        part,
        kernels,
        late,
        () -> {
          Tensor result = network.apply(own, given.get(part), rows(part));
          results[part] = result.detach();
          if (result.node() != null) {
            Block upstream = room(own, result.block());
            kernels.fill(upstream, 1.0 / rows);
            given.get(part).forEach(tensor -> atHome(own, tensor, null));
            own.leaves().values().forEach(leaf -> atHome(own, leaf, null));
            own.backward(result, upstream, late, part);
          }
        });
  }

  /** A network that is refused if it does not give one number for each row. */
  static Part ofNumbers(Part network) {
    return (own, inputs, rows) -> {
      Tensor y = network.apply(own, inputs, rows);
      if (y.rank() != 1 || y.size(0) != rows.to() - rows.from()) {
        throw new ShapeException(
            "meanInParts: rows "
                + rows.from()
                + " to "
                + rows.to()
                + " gave "
                + y.shape()
                + ": the network must give one number for each row");
      }
      return y;
    };
  }

  private void gather(Gradients g, List<Variable> variables) {
    double scale = HostArrays.doubles(g.upstream())[0];
    Block[] targets = targets(g, variables);
    List<List<Integer>> shares = GradientSums.shares(team.size(), targets, inputs.size());
    team.run(
        (i, kernels) -> {
          for (int input = 0; input < inputs.size(); input++) {
            if (targets[input] != null) {
              Block gradient = given.get(i).get(input).node().gradient;
              GradientSums.addUp(
                  gradients(gradient), scale, part(targets[input], rows(i)), kernels);
            }
          }
          for (int variable : shares.get(i)) {
            Block target = targets[inputs.size() + variable];
            GradientSums.addUp(gradients(variables.get(variable)), scale, target, kernels);
          }
        });
    close();
  }

  private void open() {
    for (int i = 0; i < team.size(); i++) {
      sessions[i] = session.part(i, team.members().get(i).kernels());
      given.add(given(sessions[i], rows(i)));
    }
  }

  /** On the inputs and what any part opened. */
  private Operation operation(String name, List<Variable> variables) {
    List<Tensor> all = new ArrayList<>(inputs);
    variables.forEach(variable -> all.add(session.open(variable)));
    return Operation.of(name, all.toArray(Tensor[]::new));
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
    Block[] targets = targets(g, variables);
    Block upstream = g.upstream();
    LateWork late = new LateWork(team.size());
    team.run(
        (i, kernels) ->
            unwinding(
                i, kernels, late, () -> unwind(i, kernels, upstream, targets, variables, late)));
    List<List<Integer>> shares = GradientSums.shares(team.size(), targets, inputs.size());
    team.run(
        (i, kernels) -> {
          for (int variable : shares.get(i)) {
            // the first part's gradient is there already
            GradientSums.addUp(
                gradients(variables.get(variable)), 1, targets[inputs.size() + variable], kernels);
          }
        });
    close();
  }

  private Block[] targets(Gradients g, List<Variable> variables) {
    Block[] targets = new Block[inputs.size() + variables.size()];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = g.target(i);
    }
    return targets;
  }

  /** Runs a part's backward pass and then what it or others have put off. */
  private static void unwinding(int part, Kernels kernels, LateWork late, Runnable pass) {
    boolean done = false;
    late.begin();
    try {
      pass.run();
      done = true;
    } finally {
      if (!done) {
        late.fail();
      }
    }
    late.finish(part, kernels);
  }

  /** One part's backward pass. The first writes to the targets, the others to memory of theirs. */
  private void unwind(
      int part,
      Kernels kernels,
      Block upstream,
      Block[] targets,
      List<Variable> variables,
      LateWork late) {
    Session own = sessions[part];
    for (int i = 0; i < inputs.size(); i++) {
      if (targets[i] != null) {
        atHome(own, given.get(part).get(i), part(targets[i], rows(part)));
      }
    }
    for (int i = 0; i < variables.size(); i++) {
      Tensor leaf = own.leaves().get(variables.get(i));
      if (leaf != null) {
        atHome(own, leaf, part == 0 ? targets[inputs.size() + i] : null);
      }
    }
    if (results[part].node() != null) {
      own.backward(results[part], part(upstream, rows(part)), late, part);
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (targets[i] != null && given.get(part).get(i).node().gradient == null) {
        kernels.fill(part(targets[i], rows(part)), 0);
      }
    }
  }

  /** Where a leaf's gradient is to lie: in {@code home}, or in memory of its session's own. */
  private static void atHome(Session own, Tensor leaf, Block home) {
    if (leaf.node() != null) {
      Block like = leaf.node().variable == null ? leaf.block() : leaf.node().variable.gradient();
      leaf.node().home = () -> home == null ? room(own, like) : home;
    }
  }

  /** What reached a variable in each part; no entry where nothing did. */
  private List<Block> gradients(Variable variable) {
    List<Block> gradients = new ArrayList<>();
    for (Session own : sessions) {
      Tensor leaf = own.leaves().get(variable);
      if (leaf != null && leaf.node().gradient != null) {
        gradients.add(leaf.node().gradient);
      }
    }
    return gradients;
  }

  private static List<Block> gradients(Block gradient) {
    return gradient == null ? List.of() : List.of(gradient);
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
}
