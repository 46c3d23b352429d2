package org.selfsup4j.core.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.selfsup4j.core.data.LoaderOptions;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.State;
import org.selfsup4j.core.optim.Optimization;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Epoch;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.task.Turn;
import org.selfsup4j.core.tensor.Precision;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs training steps of a task: for each turn forward, loss, backward, clipping, update; then the
 * task's {@code afterStep}. It owns the memory of the steps and the optimizers' state; batches,
 * files and logs are the caller's.
 *
 * @param <B> the task's batch
 */
public final class StepRunner<B> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

  private final PretextTask<?, ?, B> task;
  private final TrainingPlan plan;
  private final Kernels kernels;
  private final long steps;
  private final Parts parts;
  private final Arena arena = new Arena();
  private final List<TurnState<B>> turns = new ArrayList<>();
  private final Precision precision;
  private double lastNorm = Double.NaN;

  private record TurnState<B>(
      Turn<B> turn,
      Set<Variable> trained,
      Map<Parameter, Long> frozen, // for so many epochs
      TurnOptimizer own,
      Optimization optimization) {

    /** What gets gradients in {@code epoch}. */
    Set<Variable> trainedIn(long epoch) {
      if (frozen.isEmpty()) {
        return trained;
      }
      Set<Variable> now = Collections.newSetFromMap(new IdentityHashMap<>());
      now.addAll(trained);
      frozen.forEach(
          (parameter, epochs) -> {
            if (epoch < epochs) {
              now.remove(parameter.variable());
            }
          });
      return now;
    }
  }

  /**
   * Gathers the task's parameters for training.
   *
   * @param steps of the whole run, for schedules
   */
  public StepRunner(PretextTask<?, ?, B> task, TrainingPlan plan, Kernels kernels, long steps) {
    this.task = task;
    this.plan = plan;
    this.kernels = kernels;
    this.steps = steps;
    this.precision = served(plan.precision(), kernels);
    this.parts = Parts.of(task);
    requireTurnsOfThePlan();
    IdentityHashMap<Variable, String> taken = new IdentityHashMap<>();
    for (Turn<B> turn : task.turns()) {
      Map<String, Parameter> parameters = parametersOf(turn);
      parameters.forEach(
          (name, parameter) -> {
            String other = taken.put(parameter.variable(), turn.name());
            if (other != null) {
              throw new IllegalArgumentException(
                  "parameter '"
                      + name
                      + "' is trained by the turns '"
                      + other
                      + "' and '"
                      + turn.name()
                      + "': each parameter belongs to one optimizer");
            }
          });
      Set<Variable> trained = Collections.newSetFromMap(new IdentityHashMap<>());
      parameters.values().forEach(parameter -> trained.add(parameter.variable()));
      Map<Parameter, Long> frozen = frozenOf(turn, trained);
      TurnOptimizer own = plan.of(turn.name());
      Optimization optimization =
          new Optimization(
              own.optimizer(),
              plan.groups(),
              parameters,
              kernels,
              parameter -> frozen.getOrDefault(parameter, 0L));
      turns.add(new TurnState<>(turn, trained, frozen, own, optimization));
    }
  }

  private void requireTurnsOfThePlan() {
    List<String> names = task.turns().stream().map(Turn::name).toList();
    for (TurnOptimizer own : plan.turnOptimizers()) {
      if (!names.contains(own.turn())) {
        throw new IllegalArgumentException(
            "the plan has an optimizer for the turn '"
                + own.turn()
                + "', but the task's turns are "
                + names
                + ": name one of these in withOptimizerOf, or leave it out");
      }
    }
  }

  private static Precision served(Precision wanted, Kernels kernels) {
    if (wanted.isServedBy(kernels)) {
      return wanted;
    }
    LOG.warn(
        "precision {} is computed as {}: {} on this machine",
        wanted,
        Precision.FLOAT32,
        kernels.name().equals("onednn")
            ? "the processor has no instructions for bfloat16"
            : "the kernels '" + kernels.name() + "' have no bfloat16");
    return Precision.FLOAT32;
  }

  private Map<String, Parameter> parametersOf(Turn<B> turn) {
    Set<Parameter> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Module module : turn.trained()) {
      wanted.addAll(Parts.of(module).parameters().values());
    }
    for (Parameter parameter : wanted) {
      if (parts.name(parameter) == null) {
        throw new IllegalArgumentException(
            "the turn '"
                + turn.name()
                + "' trains a "
                + parameter
                + " that is no part of the task, so it would be neither updated nor saved: make its"
                + " module a component of the task's record");
      }
    }
    Map<String, Parameter> named = new LinkedHashMap<>();
    parts
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (wanted.contains(parameter)) {
                named.put(name, parameter);
              }
            });
    return named;
  }

  private Map<Parameter, Long> frozenOf(Turn<B> turn, Set<Variable> trained) {
    Map<Parameter, Long> frozen = new HashMap<>();
    for (Turn.Frozen part : turn.frozen()) {
      for (Parameter parameter : Parts.of(part.module()).parameters().values()) {
        if (!trained.contains(parameter.variable())) {
          throw new IllegalArgumentException(
              "the turn '"
                  + turn.name()
                  + "' freezes the "
                  + parameter
                  + " called '"
                  + parts.name(parameter)
                  + "', which it does not train: freeze what is among its trained modules");
        }
        frozen.merge(parameter, part.epochs(), Math::max);
      }
    }
    return frozen;
  }

  /**
   * What the task is given before epoch {@code number}.
   *
   * @param source what the run reads
   * @param loading how it is read
   */
  public <T> Epoch<T> epoch(long number, Source<T> source, LoaderOptions loading) {
    return new Epoch<>(
        number,
        plan.epochs(),
        RandomStream.of(plan.seed()).at("epoch").at(number),
        source,
        loading.withShuffled(false).withDropLast(false),
        kernels,
        arena,
        this::restart);
  }

  /** The optimizers forget what they remember of the parameters of {@code module}. */
  private void restart(Module module) {
    Set<String> names = new HashSet<>();
    for (Parameter parameter : Parts.of(module).parameters().values()) {
      if (parts.name(parameter) == null) {
        throw new IllegalArgumentException(
            "the optimizer can't forget a "
                + parameter
                + " that is no part of the task: restart one of the task's own modules");
      }
      names.add(parts.name(parameter));
    }
    for (TurnState<B> turn : turns) {
      turn.optimization()
          .moments()
          .forEach(
              (moment, block) -> {
                if (names.contains(moment.substring(0, Math.max(0, moment.lastIndexOf('.'))))) {
                  kernels.fill(block, 0);
                }
              });
    }
  }

  /**
   * Runs step {@code number} of {@code epoch}.
   *
   * @param batch opens the batch as tensors of a session
   * @param watch whether embeddings that the task watches are read out
   * @throws DivergedException if the loss or the gradient is not finite; the parameters are then as
   *     they were before the turn
   */
  public StepResult run(long number, long epoch, Function<Session, B> batch, boolean watch) {
    double rate = Double.NaN;
    RandomStream random = RandomStream.of(plan.seed()).at("step").at(number);
    double loss = 0;
    Map<String, Double> measures = new LinkedHashMap<>();
    Map<String, StepResult.Watched> watched = new LinkedHashMap<>();
    for (TurnState<B> turn : turns) {
      rate = turn.own().rate().at(number, steps);
      try (Session session = Session.training(kernels, arena, "step " + number, precision)) {
        session.train(turn.trainedIn(epoch)::contains);
        Pass pass = new Pass(true, random.at(turn.turn().name()), session);
        Step step = new Step(number, steps, epoch, pass);
        Loss result = turn.turn().loss().compute(batch.apply(session), step);
        double value = result.value().detach().item();
        if (!Double.isFinite(value)) {
          throw new DivergedException(number, value, rate, lastNorm);
        }
        loss += value;
        measures.putAll(result.measures());
        if (watch) {
          result.watched().forEach((name, z) -> watched.put(name, read(name, z)));
        }
        clearUnopened(turn, session);
        session.backward(result.value());
      }
      update(turn, number, epoch, loss, rate);
    }
    try (Session session = Session.evaluation(kernels, arena, "after step " + number)) {
      Pass pass = new Pass(false, random.at("after"), session);
      task.afterStep(new Step(number, steps, epoch, pass));
    }
    return new StepResult(number, loss, rate, lastNorm, measures, watched);
  }

  /** What the loss did not open must not be moved by the gradient of an earlier step. */
  private void clearUnopened(TurnState<B> turn, Session session) {
    for (Variable variable : turn.trained()) {
      if (!session.isLeaf(variable)) {
        kernels.fill(variable.gradient(), 0);
      }
    }
  }

  private void update(TurnState<B> turn, long number, long epoch, double loss, double rate) {
    Optimization optimization = turn.optimization();
    double norm = optimization.gradientNorm();
    lastNorm = norm;
    if (!Double.isFinite(norm)) {
      throw new DivergedException(number, loss, rate, norm);
    }
    if (plan.clipNorm() < Double.POSITIVE_INFINITY) {
      optimization.clip(norm, plan.clipNorm());
    }
    optimization.step(rate, turn.own().optimizer().at(number, steps), epoch);
  }

  private static StepResult.Watched read(String name, Tensor z) {
    if (z.rank() != 2) {
      throw new IllegalArgumentException(
          "watched embeddings '" + name + "' must be [N, D], got " + z.shape());
    }
    return new StepResult.Watched((int) z.size(0), (int) z.size(1), z.toDoubles());
  }

  /** Everything a checkpoint must hold to go on with the same bits, by name. */
  public Map<String, Block> state() {
    Map<String, Block> state = new LinkedHashMap<>();
    for (Map.Entry<String, State> entry : parts.states().entrySet()) {
      state.put("task." + entry.getKey(), entry.getValue().variable().value());
    }
    for (TurnState<B> turn : turns) {
      turn.optimization()
          .moments()
          .forEach(
              (name, block) -> state.put("optimizer." + turn.turn().name() + "." + name, block));
    }
    return state;
  }

  /** Goes on as after {@code done} steps; {@link #state} was filled before. */
  public void resumeAfter(long done) {
    turns.forEach(turn -> turn.optimization().setSteps(done));
  }

  /** What the steps are computed in: the plan's precision, or FLOAT32 where it is not served. */
  public Precision precision() {
    return precision;
  }

  /** The task's parts. */
  public Parts parts() {
    return parts;
  }

  /** The memory of the steps. */
  public Arena arena() {
    return arena;
  }

  /** Gives all memory back; the parameters keep their values in memory of their own. */
  @Override
  public void close() {
    turns.forEach(turn -> turn.optimization().close());
    arena.close();
  }
}
