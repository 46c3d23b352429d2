package org.selfsup4j.core.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.Optimizer;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.WarmupCosine;
import org.selfsup4j.core.tensor.Precision;

/**
 * How long and by which rule a task is trained. Everything in it decides the resulting weights,
 * except where said.
 *
 * @param epochs passes over the data
 * @param batchSize samples of a step
 * @param seed of every random draw
 * @param optimizer turns gradients into steps
 * @param rate learning rate over the run
 * @param groups which parameters are treated how; the first that holds a parameter takes it
 * @param clipNorm limit of the gradients' norm; infinite for none
 * @param checkpointEvery steps between checkpoints; one is written at the end of the run anyway
 * @param keepCheckpoints how many of the newest are kept
 * @param logEvery steps between lines of {@code metrics.jsonl}
 * @param turnOptimizers the turns of the task that have an optimizer and a rate of their own
 * @param precision what products are computed in; FLOAT32 is taken where the machine lacks the
 *     other, and the log says so
 * @param steps after which the run ends, in the middle of an epoch if need be; empty: with the last
 *     epoch
 */
public record TrainingPlan(
    int epochs,
    int batchSize,
    long seed,
    Optimizer optimizer,
    Schedule rate,
    List<ParameterGroup> groups,
    double clipNorm,
    int checkpointEvery,
    int keepCheckpoints,
    int logEvery,
    List<TurnOptimizer> turnOptimizers,
    Precision precision,
    Optional<Long> steps) {

  /** Checks the ranges; the lists are copied. */
  public TrainingPlan {
    requirePositive("epochs", epochs);
    requirePositive("batchSize", batchSize);
    requirePositive("checkpointEvery", checkpointEvery);
    requirePositive("keepCheckpoints", keepCheckpoints);
    requirePositive("logEvery", logEvery);
    if (!(clipNorm > 0)) {
      throw new IllegalArgumentException(
          "clipNorm is " + clipNorm + ": it must be above 0; infinite for no clipping");
    }
    if (steps.isPresent() && steps.get() < 1) {
      throw new IllegalArgumentException("steps is " + steps.get() + ": it must be at least 1");
    }
    groups = List.copyOf(groups);
    turnOptimizers = List.copyOf(turnOptimizers);
  }

  /**
   * AdamW at 1e-3 with a tenth of warm-up and a cosine, decay .05 but none on biases and norms, no
   * clipping, a checkpoint every 500 steps of which two are kept, a log line every 10 steps, seed
   * 0.
   */
  public static TrainingPlan of(int epochs, int batchSize) {
    return new TrainingPlan(
        epochs,
        batchSize,
        0,
        AdamW.withDecay(0.05),
        WarmupCosine.of(1e-3),
        List.of(ParameterGroup.biasesAndNorms(), ParameterGroup.everything()),
        Double.POSITIVE_INFINITY,
        500,
        2,
        10,
        List.of(),
        Precision.FLOAT32,
        Optional.empty());
  }

  /** The same with another seed. */
  public TrainingPlan withSeed(long newSeed) {
    return with(copy -> copy.seed = newSeed);
  }

  /** The same with another optimizer and learning rate. */
  public TrainingPlan withOptimizer(Optimizer newOptimizer, Schedule newRate) {
    return with(
        copy -> {
          copy.optimizer = newOptimizer;
          copy.rate = newRate;
        });
  }

  /**
   * The same where the task's turn called {@code turn} has an optimizer and a rate of its own; all
   * other turns keep those of the plan. An adversarial pair:
   *
   * <pre>{@code
   * plan.withOptimizer(adam, Schedule.constant(2e-3))
   *     .withOptimizerOf("discriminator", adam, Schedule.constant(2e-4))
   * }</pre>
   */
  public TrainingPlan withOptimizerOf(String turn, Optimizer newOptimizer, Schedule newRate) {
    List<TurnOptimizer> all = new ArrayList<>(turnOptimizers);
    all.removeIf(own -> own.turn().equals(turn));
    all.add(new TurnOptimizer(turn, newOptimizer, newRate));
    return with(copy -> copy.turnOptimizers = all);
  }

  /** The optimizer and the rate of the task's turn called {@code turn}. */
  TurnOptimizer of(String turn) {
    return turnOptimizers.stream()
        .filter(own -> own.turn().equals(turn))
        .findFirst()
        .orElse(new TurnOptimizer(turn, optimizer, rate));
  }

  /** The same with other parameter groups. */
  public TrainingPlan withGroups(ParameterGroup... newGroups) {
    return with(copy -> copy.groups = List.of(newGroups));
  }

  /** The same with gradients clipped at {@code norm}. */
  public TrainingPlan withClipNorm(double norm) {
    return with(copy -> copy.clipNorm = norm);
  }

  /** The same with checkpoints every {@code every} steps, the newest {@code keep} kept. */
  public TrainingPlan withCheckpoints(int every, int keep) {
    return with(
        copy -> {
          copy.checkpointEvery = every;
          copy.keepCheckpoints = keep;
        });
  }

  /** The same computed in {@code newPrecision}. */
  public TrainingPlan withPrecision(Precision newPrecision) {
    return with(copy -> copy.precision = newPrecision);
  }

  /** The same with a log line every {@code every} steps. */
  public TrainingPlan withLogEvery(int every) {
    return with(copy -> copy.logEvery = every);
  }

  /**
   * The same that ends after {@code number} steps; schedules span these.
   *
   * @param number at most the steps of all epochs, which a run checks when it knows its data
   */
  public TrainingPlan withSteps(long number) {
    return with(copy -> copy.steps = Optional.of(number));
  }

  /** The steps of a whole run whose epochs have {@code perEpoch} steps. */
  long stepsOf(long perEpoch) {
    long all = perEpoch * epochs;
    if (steps.isPresent() && steps.get() > all) {
      throw new IllegalArgumentException(
          "steps is "
              + steps.get()
              + ", but "
              + epochs
              + " epochs of "
              + perEpoch
              + " steps are only "
              + all
              + ": choose more epochs, or fewer steps");
    }
    return steps.orElse(all);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ": it must be at least 1");
    }
  }

  /** The same but for what {@code change} sets. */
  private TrainingPlan with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.plan();
  }

  /** The components, each of which may be set once more. */
  private static final class Copy {
    private int epochs;
    private int batchSize;
    private long seed;
    private Optimizer optimizer;
    private Schedule rate;
    private List<ParameterGroup> groups;
    private double clipNorm;
    private int checkpointEvery;
    private int keepCheckpoints;
    private int logEvery;
    private List<TurnOptimizer> turnOptimizers;
    private Precision precision;
    private Optional<Long> steps;

    Copy(TrainingPlan plan) {
      epochs = plan.epochs;
      batchSize = plan.batchSize;
      seed = plan.seed;
      optimizer = plan.optimizer;
      rate = plan.rate;
      groups = plan.groups;
      clipNorm = plan.clipNorm;
      checkpointEvery = plan.checkpointEvery;
      keepCheckpoints = plan.keepCheckpoints;
      logEvery = plan.logEvery;
      turnOptimizers = plan.turnOptimizers;
      precision = plan.precision;
      steps = plan.steps;
    }

    TrainingPlan plan() {
      return new TrainingPlan(
          epochs,
          batchSize,
          seed,
          optimizer,
          rate,
          groups,
          clipNorm,
          checkpointEvery,
          keepCheckpoints,
          logEvery,
          turnOptimizers,
          precision,
          steps);
    }
  }
}
