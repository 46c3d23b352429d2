package org.selfsup4j.core.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.tensor.Variable;

/**
 * An optimizer at work on a set of parameters: it gathers them into runs of memory, remembers
 * moments and counts steps. Closing it gives the parameters memory of their own again.
 */
public final class Optimization implements AutoCloseable {

  private final Optimizer optimizer;
  private final Kernels kernels;
  private final ParameterRuns runs;
  private final Variable rested; // [runs] INT64: steps that each run did not take; null if all do
  private long step;

  /**
   * Gathers {@code parameters}; each goes to the first group that holds it.
   *
   * @throws IllegalArgumentException if a parameter belongs to no group
   */
  public Optimization(
      Optimizer optimizer,
      List<ParameterGroup> groups,
      Map<String, Parameter> parameters,
      Kernels kernels) {
    this(optimizer, groups, parameters, kernels, parameter -> 0);
  }

  /**
   * The same with parameters that rest at first.
   *
   * @param frozenEpochs for how many epochs a parameter and what is remembered of it stay untouched
   */
  public Optimization(
      Optimizer optimizer,
      List<ParameterGroup> groups,
      Map<String, Parameter> parameters,
      Kernels kernels,
      ToLongFunction<Parameter> frozenEpochs) {
    this.optimizer = optimizer;
    this.kernels = kernels;
    this.runs = new ParameterRuns(parameters, groups, optimizer.moments(), frozenEpochs);
    int count = runs.runs().size();
    boolean resting = runs.runs().stream().anyMatch(run -> run.frozenEpochs() > 0);
    this.rested = resting ? Variable.of(ElementType.INT64, new double[count], count) : null;
  }

  /** The Euclidean norm of all gradients together. */
  public double gradientNorm() {
    return Math.sqrt(kernels.squaredNorm(runs.allGradients()));
  }

  /**
   * Scales all gradients by {@code min(1, limit / (norm + 1e-6))}, as PyTorch's clip_grad_norm_.
   *
   * @param norm of {@link #gradientNorm}
   */
  public void clip(double norm, double limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("the clipping limit is " + limit + ": it must be above 0");
    }
    double factor = limit / (norm + 1e-6);
    if (factor < 1) {
      Block all = runs.allGradients();
      kernels.addScaled(factor, all, 0, all); // its factor may change from step to step
    }
  }

  /** Changes all parameters by one step at {@code rate}. */
  public void step(double rate) {
    step(rate, optimizer, Long.MAX_VALUE);
  }

  /**
   * Changes the parameters that do not rest in {@code epoch} by one step at {@code rate}.
   *
   * @param rule the optimizer as it is now, see {@link Optimizer#at}
   */
  public void step(double rate, Optimizer rule, long epoch) {
    step++;
    double[] missed = rested == null ? new double[runs.runs().size()] : rested.toDoubles();
    for (int i = 0; i < missed.length; i++) {
      ParameterRuns.Run run = runs.runs().get(i);
      if (epoch < run.frozenEpochs()) {
        missed[i]++;
        continue;
      }
      long own = step - (long) missed[i]; // as if its first step were the run's
      if (rule.elementwise()) {
        update(rule, run, run.offset(), run.count(), rate, own);
      } else {
        run.places().forEach(p -> update(rule, run, p.offset(), p.count(), rate, own));
      }
    }
    if (rested != null) {
      rested.set(missed);
    }
  }

  private void update(
      Optimizer rule, ParameterRuns.Run run, long offset, long count, double rate, long number) {
    rule.update(
        new Update(
            runs.values(offset, count),
            runs.gradients(offset, count),
            runs.moments(offset, count),
            rate * run.group().rateFactor(),
            run.group().decays(),
            run.vectors(),
            number,
            kernels));
  }

  /** Steps done so far. */
  public long steps() {
    return step;
  }

  /** Goes on counting from {@code steps}, as a checkpoint says. */
  public void setSteps(long steps) {
    this.step = steps;
  }

  /**
   * What is remembered: each moment of each parameter by {@code parameter.moment}, and where
   * parameters rest at first the steps that they did not take by {@code rested}.
   */
  public Map<String, Block> moments() {
    Map<String, Block> named = new LinkedHashMap<>();
    String[] names = optimizer.momentNames();
    for (ParameterRuns.Run run : runs.runs()) {
      for (ParameterRuns.Place place : run.places()) {
        List<Block> blocks = runs.moments(place.offset(), place.count());
        for (int i = 0; i < names.length; i++) {
          named.put(place.name() + "." + names[i], blocks.get(i));
        }
      }
    }
    if (rested != null) {
      named.put("rested", rested.value());
    }
    return named;
  }

  @Override
  public void close() {
    runs.close();
  }
}
