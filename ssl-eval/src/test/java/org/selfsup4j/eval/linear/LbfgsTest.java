package org.selfsup4j.eval.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.eval.linear.WolfeSearch.Point;

class LbfgsTest {

  private static double rosenbrock(double[] x, double[] gradient) {
    double a = 1 - x[0];
    double b = x[1] - x[0] * x[0];
    gradient[0] = -2 * a - 400 * x[0] * b;
    gradient[1] = 200 * b;
    return a * a + 100 * b * b;
  }

  @Test
  void findsTheEndOfTheCurvedValley() {
    Lbfgs.Result found = new Lbfgs(100, 10).minimise(LbfgsTest::rosenbrock, new double[] {-1.2, 1});

    assertThat(found.converged).isTrue();
    assertThat(found.iterations).isLessThan(60);
    assertThat(found.x).containsExactly(new double[] {1, 1}, within(1e-4));
    assertThat(found.value).isLessThan(1e-8);
  }

  @Test
  void saysWhenItStoppedEarly() {
    Lbfgs.Result found = new Lbfgs(3, 10).minimise(LbfgsTest::rosenbrock, new double[] {-1.2, 1});

    assertThat(found.converged).isFalse();
    assertThat(found.iterations).isEqualTo(3);
    assertThat(found.value).isLessThan(24.2); // the start's
  }

  @Test
  void startsAtTheMinimumWithoutMoving() {
    Lbfgs.Result found = new Lbfgs(100, 10).minimise(LbfgsTest::rosenbrock, new double[] {1, 1});

    assertThat(found.converged).isTrue();
    assertThat(found.iterations).isZero();
    assertThat(found.x).containsExactly(1, 1);
  }

  @Test
  void comesBackFromWhereTheFunctionIsNotANumber() {
    Objective log =
        (x, gradient) -> { // x - ln x, not a number below 0
          gradient[0] = 1 - 1 / x[0];
          return x[0] - Math.log(x[0]);
        };

    Lbfgs.Result found = new Lbfgs(50, 5).minimise(log, new double[] {30});

    assertThat(found.x[0]).isCloseTo(1, within(1e-4));
  }

  /** A convex quadratic function has its minimum where its matrix times x is the vector. */
  @Property(tries = 100)
  void solvesWhatAMatrixSays(@ForAll @IntRange(min = 1, max = 12) int size, @ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    double[][] root = new double[size][size];
    double[] want = new double[size];
    for (int i = 0; i < size; i++) {
      want[i] = random.uniform(-2, 2);
      for (int j = 0; j < size; j++) {
        // Far from singular, where a small gradient would say little about the value.
        root[i][j] = 0.3 * random.nextGaussian() / size + (i == j ? 1.5 : 0);
      }
    }
    Objective quadratic =
        (x, gradient) -> { // |R (x - want)|^2
          Arrays.fill(gradient, 0);
          double sum = 0;
          for (int i = 0; i < size; i++) {
            double residual = 0;
            for (int j = 0; j < size; j++) {
              residual += root[i][j] * (x[j] - want[j]);
            }
            sum += residual * residual;
            for (int j = 0; j < size; j++) {
              gradient[j] += 2 * residual * root[i][j];
            }
          }
          return sum;
        };

    Lbfgs.Result found = new Lbfgs(500, 20).minimise(quadratic, new double[size]);

    assertThat(found.value).isLessThan(1e-8);
    double[] gradient = new double[size];
    quadratic.at(found.x, gradient);
    assertThat(Vectors.largest(gradient)).isLessThan(1e-3);
  }

  /** Both conditions, as Nocedal and Wright write them (3.7), on a bumpy line. */
  @Property(tries = 300)
  void aStepFulfilsTheStrongWolfeConditions(@ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    double curvature = random.uniform(0.1, 3);
    double bump = random.uniform(0, 1);
    double period = random.uniform(1, 4);
    double first = Math.exp(random.uniform(-4, 4));
    Objective bumpy =
        (x, gradient) -> {
          gradient[0] = curvature * (x[0] - 3) + bump * period * Math.cos(period * x[0]);
          return curvature * (x[0] - 3) * (x[0] - 3) / 2 + bump * Math.sin(period * x[0]);
        };
    double[] gradient = new double[1];
    double value = bumpy.at(new double[] {0}, gradient);
    if (Math.abs(gradient[0]) < 0.1) {
      return; // at a stationary point there is nothing to do
    }
    double[] direction = {-gradient[0]};
    Point start = new Point(new double[] {0}, value, gradient, direction);

    Point found = new WolfeSearch(bumpy, start, direction).find(first);

    assertThat(found.value).isLessThanOrEqualTo(value + 1e-4 * found.step * start.slope);
    assertThat(Math.abs(found.slope)).isLessThanOrEqualTo(0.9 * Math.abs(start.slope));
  }
}
