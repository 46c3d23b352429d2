package org.selfsup4j.eval.linear;

/**
 * A line search for the strong Wolfe conditions: along a direction it finds a step that lowers the
 * function enough and leaves little slope (Nocedal and Wright, Numerical Optimization, 2nd edition,
 * algorithms 3.5 and 3.6, with cubic interpolation).
 */
final class WolfeSearch {

  private static final double ENOUGH_DECREASE = 1e-4; // c1 and c2 of section 3.1
  private static final double LITTLE_SLOPE = 0.9;
  private static final int MOST_EVALUATIONS = 25;

  /** A place on the line. */
  static final class Point {
    final double step;
    final double[] x;
    final double[] gradient;
    final double value;
    final double slope;

    Point(Objective objective, double[] from, double[] direction, double step) {
      this.step = step;
      x = from.clone();
      Vectors.addScaled(step, direction, x);
      gradient = new double[x.length];
      value = objective.at(x, gradient);
      slope = Vectors.dot(gradient, direction);
    }

    /** The start of the line, where everything is known. */
    Point(double[] x, double value, double[] gradient, double[] direction) {
      this.step = 0;
      this.x = x;
      this.gradient = gradient;
      this.value = value;
      this.slope = Vectors.dot(gradient, direction);
    }
  }

  private final Objective objective;
  private final Point start;
  private final double[] direction;
  private int evaluations;

  WolfeSearch(Objective objective, Point start, double[] direction) {
    this.objective = objective;
    this.start = start;
    this.direction = direction;
  }

  /** How often the function was computed. */
  int evaluations() {
    return evaluations;
  }

  /**
   * The place found, whose value is at most the start's; the start itself where none was lower.
   *
   * @param first the step that is tried first
   */
  Point find(double first) {
    Point before = start;
    double step = first;
    while (evaluations < MOST_EVALUATIONS) {
      Point point = at(step);
      if (isTooHigh(point) || (before != start && point.value >= before.value)) {
        return narrow(before, point);
      }
      if (isFlat(point)) {
        return point;
      }
      if (point.slope >= 0) {
        return narrow(point, before);
      }
      step = within(cubicMinimum(before, point), 1.1 * step, 10 * step);
      before = point;
    }
    return before;
  }

  /** Narrows a bracket; {@code low} is the lower end and fulfils the first condition. */
  private Point narrow(Point lowEnd, Point highEnd) {
    Point low = lowEnd;
    Point high = highEnd;
    double reach = Vectors.largest(direction);
    while (evaluations < MOST_EVALUATIONS && Math.abs(high.step - low.step) * reach > 1e-9) {
      double margin = 0.1 * Math.abs(high.step - low.step);
      double least = Math.min(low.step, high.step) + margin;
      double most = Math.max(low.step, high.step) - margin;
      Point point = at(within(cubicMinimum(low, high), least, most));
      if (isTooHigh(point) || point.value >= low.value) {
        high = point;
      } else {
        if (isFlat(point)) {
          return point;
        }
        if (point.slope * (high.step - low.step) >= 0) {
          high = low;
        }
        low = point;
      }
    }
    return low;
  }

  private Point at(double step) {
    evaluations++;
    return new Point(objective, start.x, direction, step);
  }

  /** Also for values that are not numbers. */
  private boolean isTooHigh(Point point) {
    return !(point.value <= start.value + ENOUGH_DECREASE * point.step * start.slope);
  }

  private boolean isFlat(Point point) {
    return Math.abs(point.slope) <= -LITTLE_SLOPE * start.slope;
  }

  /** Where the cubic through both values and slopes is lowest: equation 3.59. */
  private static double cubicMinimum(Point a, Point b) {
    double width = b.step - a.step;
    double d1 = a.slope + b.slope - 3 * (b.value - a.value) / width;
    double square = d1 * d1 - a.slope * b.slope;
    double d2 = Math.signum(width) * Math.sqrt(square);
    return b.step - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  }

  /** The step, moved into the range; the middle of the range where it is not a number. */
  private static double within(double step, double least, double most) {
    return Double.isFinite(step) ? Math.min(most, Math.max(least, step)) : (least + most) / 2;
  }
}
