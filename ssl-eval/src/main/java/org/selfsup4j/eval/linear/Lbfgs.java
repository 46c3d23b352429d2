package org.selfsup4j.eval.linear;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.selfsup4j.eval.linear.WolfeSearch.Point;

/**
 * Minimises a smooth function with limited-memory BFGS (Nocedal and Wright, Numerical Optimization,
 * 2nd edition, algorithms 7.4 and 7.5) and a line search for the strong Wolfe conditions. It ends
 * where the gradient or the change is small: the limits of PyTorch's {@code LBFGS}.
 */
final class Lbfgs {

  private static final double SMALL_GRADIENT = 1e-7;
  private static final double SMALL_CHANGE = 1e-9;

  private final int iterations;
  private final int history;

  /**
   * A method that stops after {@code iterations} at the latest.
   *
   * @param history how many steps are remembered
   */
  Lbfgs(int iterations, int history) {
    this.iterations = iterations;
    this.history = history;
  }

  /** One remembered step and how the gradient changed along it. */
  private static final class Correction {
    final double[] step;
    final double[] change;
    final double inverse;

    Correction(double[] step, double[] change) {
      this.step = step;
      this.change = change;
      this.inverse = 1 / Vectors.dot(step, change);
    }
  }

  /** Where a minimisation ended. */
  static final class Result {
    final double[] x;
    final double value;
    final int iterations;
    final boolean converged;

    Result(double[] x, double value, int iterations, boolean converged) {
      this.x = x;
      this.value = value;
      this.iterations = iterations;
      this.converged = converged;
    }
  }

  /** Minimises {@code objective} from {@code start} on. */
  Result minimise(Objective objective, double[] start) {
    double[] x = start.clone();
    double[] gradient = new double[x.length];
    double value = objective.at(x, gradient);
    Deque<Correction> corrections = new ArrayDeque<>();
    for (int i = 0; i < iterations; i++) {
      if (Vectors.largest(gradient) <= SMALL_GRADIENT) {
        return new Result(x, value, i, true);
      }
      double[] direction = direction(gradient, corrections);
      Point from = new Point(x, value, gradient, direction);
      if (!(from.slope < 0)) {
        return new Result(x, value, i, false); // the function is not smooth to this precision
      }
      double first = corrections.isEmpty() ? firstStep(gradient) : 1;
      Point found = new WolfeSearch(objective, from, direction).find(first);
      double moved = found.step * Vectors.largest(direction);
      if (moved <= SMALL_CHANGE || value - found.value < SMALL_CHANGE) {
        return new Result(found.x, found.value, i + 1, true);
      }
      remember(corrections, from, found);
      x = found.x;
      value = found.value;
      gradient = found.gradient;
    }
    return new Result(x, value, iterations, false);
  }

  private static double firstStep(double[] gradient) {
    double sum = 0;
    for (double value : gradient) {
      sum += Math.abs(value);
    }
    return Math.min(1, 1 / sum);
  }

  private void remember(Deque<Correction> corrections, Point from, Point to) {
    double[] step = Vectors.difference(to.x, from.x);
    double[] change = Vectors.difference(to.gradient, from.gradient);
    if (Vectors.dot(step, change) > 1e-10) { // keeps the approximation positive definite
      if (corrections.size() == history) {
        corrections.removeFirst();
      }
      corrections.addLast(new Correction(step, change));
    }
  }

  /** Algorithm 7.4: minus the inverse Hessian's approximation times the gradient. */
  private static double[] direction(double[] gradient, Deque<Correction> corrections) {
    double[] direction = new double[gradient.length];
    Vectors.addScaled(-1, gradient, direction);
    if (corrections.isEmpty()) {
      return direction;
    }
    Deque<Double> factors = new ArrayDeque<>();
    for (Iterator<Correction> back = corrections.descendingIterator(); back.hasNext(); ) {
      Correction past = back.next();
      double factor = past.inverse * Vectors.dot(past.step, direction);
      Vectors.addScaled(-factor, past.change, direction);
      factors.push(factor);
    }
    Correction last = corrections.getLast();
    double scale = 1 / (last.inverse * Vectors.dot(last.change, last.change));
    for (int i = 0; i < direction.length; i++) {
      direction[i] *= scale;
    }
    for (Correction past : corrections) {
      double factor = factors.pop() - past.inverse * Vectors.dot(past.change, direction);
      Vectors.addScaled(factor, past.step, direction);
    }
    return direction;
  }
}
