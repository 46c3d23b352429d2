package org.selfsup4j.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Checks the gradients of a function of tensors, the library's or a user's own, by central
 * differences in double on the portable kernels.
 *
 * <p>The result, of any shape, is reduced by a fixed random cotangent c to {@code sum(y c)}. Each
 * element of each input (of large inputs a seeded sample) is moved by 1e-5 to both sides. A
 * gradient may differ from the difference by {@code 1e-6 max(|difference|, rms) + 1e-9}, with rms
 * the root mean square of the differences of its input. The same is then asked with inputs that lie
 * otherwise in memory ({@link Layout}), with upstream gradients that lie otherwise, with the same
 * tensor in several places, with the function applied twice, with one input trained at a time, and
 * in single precision on any {@linkplain #andOn kernels} (1e-4 and 3e-5 in the rule above).
 *
 * <pre>{@code
 * GradientCheck.of("softsign", x -> new Softsign().apply(x.get(0)))
 *     .input(CheckInput.of("x", 3, 4).awayFrom(0))
 *     .run();
 * }</pre>
 */
public final class GradientCheck {

  /** How many elements of an input are moved at most. */
  public static final int SAMPLES = 64;

  private final String operation;
  private final Trial.Function function;
  private final List<CheckInput> inputs;
  private final Set<Layout> layouts;
  private final boolean sharing;
  private final List<Kernels> others;
  private final long seed;

  private GradientCheck(
      String operation,
      Trial.Function function,
      List<CheckInput> inputs,
      Set<Layout> layouts,
      boolean sharing,
      List<Kernels> others,
      long seed) {
    this.operation = operation;
    this.function = function;
    this.inputs = inputs;
    this.layouts = layouts;
    this.sharing = sharing;
    this.others = others;
    this.seed = seed;
  }

  /** A check of {@code function}; {@code operation} is what messages call it. */
  public static GradientCheck of(String operation, Function<List<Tensor>, Tensor> function) {
    return of(operation, (inputs, session) -> function.apply(inputs));
  }

  /** A check of a function that needs its session, for ids, masks and constants. */
  public static GradientCheck of(
      String operation, BiFunction<List<Tensor>, Session, Tensor> function) {
    return new GradientCheck(
        operation,
        function::apply,
        List.of(),
        EnumSet.allOf(Layout.class),
        true,
        List.of(),
        RandomStream.of(1).at(operation).nextLong() >>> 40);
  }

  /** One more input. */
  public GradientCheck input(CheckInput input) {
    List<CheckInput> more = new ArrayList<>(inputs);
    more.add(input);
    return new GradientCheck(operation, function, more, layouts, sharing, others, seed);
  }

  /** One more input of this shape with values in [-1, 1). */
  public GradientCheck input(long... shape) {
    return input(CheckInput.of("input " + inputs.size(), shape));
  }

  /** The same check without layouts for which the function is not smooth. */
  public GradientCheck without(Layout... unfit) {
    Set<Layout> rest = EnumSet.copyOf(layouts);
    Arrays.asList(unfit).forEach(rest::remove);
    return new GradientCheck(operation, function, inputs, rest, sharing, others, seed);
  }

  /** The same check without one tensor in the place of several inputs of one shape. */
  public GradientCheck withoutSharing() {
    return new GradientCheck(operation, function, inputs, layouts, false, others, seed);
  }

  /** The same check, followed by one in single precision on these kernels. */
  public GradientCheck andOn(List<Kernels> kernels) {
    return new GradientCheck(operation, function, inputs, layouts, sharing, kernels, seed);
  }

  /** The same check with other values; without it they follow from the operation's name. */
  public GradientCheck seed(long newSeed) {
    return new GradientCheck(operation, function, inputs, layouts, sharing, others, newSeed);
  }

  /** What messages call the function. */
  public String operation() {
    return operation;
  }

  /** Runs the check on the portable kernels. */
  public void run() {
    run(KernelSets.open("nd4j"));
  }

  /**
   * Runs the check on {@code kernels}, in double.
   *
   * @throws AssertionError naming operation, input, element, gradient, difference, circumstances
   *     and seed
   */
  public void run(Kernels kernels) {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException(operation + ": a check needs an input: use input(...)");
    }
    check(kernels, Differences.free(inputs, values(), SAMPLES, seed), false);
    for (Layout layout : layouts) {
      if (layout.repeats() && inputs.stream().anyMatch(i -> layout.fits(i.shape().toArray()))) {
        check(kernels, Differences.repeated(inputs, values(), layout, SAMPLES, seed), false);
      }
    }
    if (sharing && Differences.canShare(inputs)) {
      check(kernels, Differences.shared(inputs, values(), SAMPLES, seed), true);
    }
  }

  private List<double[]> values() {
    List<double[]> values = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      values.add(inputs.get(i).values(RandomStream.of(seed).at("input").at(i)));
    }
    return values;
  }

  private void check(Kernels kernels, Differences differences, boolean shared) {
    Trial.Output want = differences.measure(kernels, function);
    double[] cotangent = new double[want.numbers().length];
    RandomStream random = RandomStream.of(seed).at("cotangent");
    for (int i = 0; i < cotangent.length; i++) {
      cotangent[i] = (float) random.uniform(-1, 1);
    }
    for (Trial trial : trials(kernels, differences.layout(), shared)) {
      double[] c = cotangent.clone();
      if (trial.upstream() == Upstream.REPEATED) {
        Arrays.fill(c, 1);
      }
      Trial.Outcome got;
      try {
        got = trial.run(function, inputs, differences.values(), c);
      } catch (RuntimeException e) {
        throw new AssertionError(where(trial) + ": " + e, e);
      }
      compareOutput(trial, want, got.output());
      compareGradients(trial, differences, c, got);
    }
  }

  private List<Trial> trials(Kernels kernels, Layout repeating, boolean shared) {
    List<Trial> trials = new ArrayList<>();
    Set<Layout> used = EnumSet.copyOf(layouts);
    used.removeIf(layout -> layout.repeats() || inputs.stream().noneMatch(i -> fits(layout, i)));
    List<Layout> all = repeating == null ? List.copyOf(used) : List.of(repeating);
    ElementType exact = ElementType.DOUBLE;
    for (Layout layout : all) {
      for (Upstream upstream : Upstream.values()) {
        trials.add(new Trial(kernels, exact, layout, upstream, false, shared, Trial.ALL));
        for (Kernels other : others) {
          ElementType single = ElementType.FLOAT;
          trials.add(new Trial(other, single, layout, upstream, false, shared, Trial.ALL));
        }
      }
      trials.add(new Trial(kernels, exact, layout, Upstream.SLICED, true, shared, Trial.ALL));
    }
    for (int i = 0; !shared && inputs.size() > 1 && i < inputs.size(); i++) {
      trials.add(new Trial(kernels, exact, all.get(0), Upstream.DENSE, false, false, i));
    }
    return trials;
  }

  private static boolean fits(Layout layout, CheckInput input) {
    return layout.fits(input.shape().toArray());
  }

  private void compareOutput(Trial trial, Trial.Output want, Trial.Output got) {
    if (!want.shape().equals(got.shape())) {
      throw new AssertionError(
          where(trial) + ": the result is " + got.shape() + ", without a tape " + want.shape());
    }
    double rms = rms(want.numbers());
    double relative = trial.type() == ElementType.DOUBLE ? 1e-10 : 1e-4;
    for (int i = 0; i < want.numbers().length; i++) {
      double difference = Math.abs(got.numbers()[i] - want.numbers()[i]);
      if (!(difference <= relative * Math.max(Math.abs(want.numbers()[i]), rms) + relative / 10)) {
        throw new AssertionError(
            String.format(
                Locale.ROOT,
                "%s: element %s of the result is %.12g, on row-major constants without a tape"
                    + " %.12g",
                where(trial),
                Differences.coordinates(i, want.shape()),
                got.numbers()[i],
                want.numbers()[i]));
      }
    }
  }

  private void compareGradients(
      Trial trial, Differences differences, double[] cotangent, Trial.Outcome got) {
    double factor = trial.twice() ? 2 : 1;
    for (int i = 0; i < inputs.size(); i++) {
      if (got.gradients().get(i) == null) {
        continue;
      }
      long[] shape = inputs.get(i).shape().toArray();
      int[] places = trial.layoutOf(shape).places(shape);
      List<Differences.Movement> movements = differences.movements(i);
      double[] want = new double[movements.size()];
      for (int m = 0; m < want.length; m++) {
        want[m] = factor * movements.get(m).gradient(cotangent);
      }
      double rms = rms(want);
      boolean exact = trial.type() == ElementType.DOUBLE;
      for (int m = 0; m < want.length; m++) {
        int element = movements.get(m).element(i);
        double analytic = got.gradients().get(i)[places[element]];
        double allowed =
            (exact ? 1e-6 : 1e-4) * Math.max(Math.abs(want[m]), rms) + (exact ? 1e-9 : 3e-5);
        if (!(Math.abs(analytic - want[m]) <= allowed)) {
          throw new AssertionError(
              String.format(
                  Locale.ROOT,
                  "%s: input %d %s, element %s: gradient %.12g, difference %.12g, allowed %.3g",
                  where(trial),
                  i,
                  inputs.get(i),
                  Differences.coordinates(element, inputs.get(i).shape()),
                  analytic,
                  want[m],
                  allowed));
        }
      }
      requireNoneOutside(trial, i, places, got.gradients().get(i));
    }
  }

  /** What lies between the elements of an input is not the function's, so its gradient is 0. */
  private void requireNoneOutside(Trial trial, int input, int[] places, double[] gradient) {
    boolean[] inside = new boolean[gradient.length];
    for (int place : places) {
      inside[place] = true;
    }
    for (int i = 0; i < gradient.length; i++) {
      if (!inside[i] && gradient[i] != 0) {
        throw new AssertionError(
            where(trial)
                + ": the gradient of input "
                + input
                + " is "
                + gradient[i]
                + " outside of the view that the function was given");
      }
    }
  }

  private static double rms(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares / Math.max(1, values.length));
  }

  private String where(Trial trial) {
    return operation + " (" + trial + ", seed " + seed + ")";
  }
}
