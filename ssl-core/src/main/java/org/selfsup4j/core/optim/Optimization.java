package org.selfsup4j.core.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.module.Parameter;

/**
 * An optimizer at work on a set of parameters: it gathers them into runs of memory, remembers
 * moments and counts steps. Closing it gives the parameters memory of their own again.
 */
public final class Optimization implements AutoCloseable {

  private final Optimizer optimizer;
  private final Kernels kernels;
  private final ParameterRuns runs;
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
    this.optimizer = optimizer;
    this.kernels = kernels;
    this.runs = new ParameterRuns(parameters, groups, optimizer.moments());
  }

  /** The Euclidean norm of all gradients together. */
  public double gradientNorm() {
    return Math.sqrt(kernels.sumOfSquares(runs.allGradients()));
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
      kernels.unary(Unary.LINEAR, factor, 0, all, all);
    }
  }

  /** Changes all parameters by one step at {@code rate}. */
  public void step(double rate) {
    step++;
    for (ParameterRuns.Run run : runs.runs()) {
      if (optimizer.elementwise()) {
        update(run, run.offset(), run.count(), rate);
      } else {
        run.places().forEach(place -> update(run, place.offset(), place.count(), rate));
      }
    }
  }

  private void update(ParameterRuns.Run run, long offset, long count, double rate) {
    optimizer.update(
        new Update(
            runs.values(offset, count),
            runs.gradients(offset, count),
            runs.moments(offset, count),
            rate * run.group().rateFactor(),
            run.group().decays(),
            run.vectors(),
            step,
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

  /** What is remembered, each moment of each parameter by {@code parameter.moment}. */
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
    return named;
  }

  @Override
  public void close() {
    runs.close();
  }
}
