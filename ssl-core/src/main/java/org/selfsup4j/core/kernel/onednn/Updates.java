package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.memory.Block;

/**
 * Steps of optimizers over long runs of memory. Each line of an update is a binary primitive with
 * post-operations; what changes from step to step (the rate) is an operand, so that no new
 * primitive is made for it. Runs are walked in pieces that stay in the cache between the lines.
 */
final class Updates {

  /** Floats in a piece: 1 MB of each operand; smaller ones cost more calls than they save. */
  private static final long PIECE = 1 << 18;

  private final Context context;
  private final Plans<Call> plans;

  Updates(Context context) {
    this.context = context;
    this.plans = context.plans();
  }

  /** The kinds of primitives, as part of a plan's key. */
  private enum Line {
    MOMENTS,
    SQUARES,
    ROOTS,
    ADAM_STEP,
    DECAYED,
    DECAYED_ONTO,
    ONTO,
    STEP,
    NESTEROV_STEP,
    PLAIN_STEP;

    /** A number for the key of a plan. */
    long word() {
      return name().hashCode();
    }
  }

  /** Whether a step of Adam leaves enough of a parameter to divide by it. */
  static boolean serves(double rate, double decay) {
    return 1 - rate * decay > 1e-3;
  }

  void adamW(
      Block parameter,
      Block gradient,
      Block first,
      Block second,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      double step) {
    double kept = 1 - rate * decay;
    double mean = 1 / (1 - Math.pow(beta1, step));
    double square = 1 / (1 - Math.pow(beta2, step));
    Constants constants = context.constants();
    Block share = constants.scalar(0, 1 - beta1);
    Block correction = constants.scalar(1, square);
    Block factor = constants.scalar(2, -rate * mean / kept);
    Block keep = constants.scalar(3, kept);
    long count = parameter.count();
    Block root = context.scratch().take(Math.min(PIECE, count));
    Call last = null;
    for (long at = 0; at < count; at += PIECE) {
      long n = Math.min(PIECE, count - at);
      Block p = piece(parameter, at, n);
      Block g = piece(gradient, at, n);
      Block m = piece(first, at, n);
      Block v = piece(second, at, n);
      line(Line.MOMENTS, n, beta1).run(g, share, m); // m = b1 m + (1 - b1) g
      line(Line.SQUARES, n, beta2).run(g, g, v); // v = b2 v + (1 - b2) g^2
      line(Line.ROOTS, n, epsilon).run(v, correction, root); // sqrt(v / (1 - b2^t)) + epsilon
      last = line(Line.ADAM_STEP, n, 0);
      last.run(m, root, p, factor, keep); // p = (p + factor m / root) keep
    }
    context.count("adamW", last);
  }

  void sgd(
      Block parameter,
      Block gradient,
      Block velocity,
      double rate,
      double momentum,
      double decay,
      boolean nesterov,
      boolean first) {
    Constants constants = context.constants();
    Block decayed = constants.scalar(0, decay);
    Block down = constants.scalar(1, -rate);
    Block ahead = constants.scalar(2, momentum);
    Block one = constants.scalar(3, 1);
    long count = parameter.count();
    Block d = nesterov ? context.scratch().take(Math.min(PIECE, count)) : null;
    Call last = null;
    for (long at = 0; at < count; at += PIECE) {
      long n = Math.min(PIECE, count - at);
      Block p = piece(parameter, at, n);
      Block g = piece(gradient, at, n);
      if (velocity == null) {
        last = line(Line.PLAIN_STEP, n, 0);
        last.run(p, decayed, p, g, down); // p = p - rate (g + decay p)
        continue;
      }
      Block v = piece(velocity, at, n);
      double old = first ? 0 : momentum;
      if (nesterov) {
        line(Line.DECAYED, n, 0).run(p, decayed, d, g); // d = g + decay p
        line(Line.ONTO, n, old).run(d, one, v); // v = momentum v + d
        last = line(Line.NESTEROV_STEP, n, 0);
        last.run(v, ahead, p, d, down); // p = p - rate (d + momentum v)
      } else {
        line(Line.DECAYED_ONTO, n, old).run(p, decayed, v, g); // v = momentum v + g + decay p
        last = line(Line.STEP, n, 0);
        last.run(v, down, p); // p = p - rate v
      }
    }
    context.count("sgd", last);
  }

  private static Block piece(Block run, long from, long count) {
    return run.view(from, new long[] {count}, new long[] {1});
  }

  private Call line(Line line, long count, double setting) {
    plans.key().start(line.word()).add(count).add(setting);
    return plans.get(() -> make(line, count, (float) setting));
  }

  private Call make(Line line, long count, float setting) {
    try (Build build = context.build(line + " over " + count + " floats")) {
      dnnl_memory_desc run = build.floats(1, count);
      dnnl_memory_desc scalar = build.floats(1, 1);
      Supplier<Build.PostOperand> timesScalar = () -> build.thenBinary(dnnl_binary_mul, scalar);
      Supplier<Build.PostOperand> plusRun = () -> build.thenBinary(dnnl_binary_add, run);
      return switch (line) {
        case MOMENTS, ONTO -> {
          onto(build, setting);
          yield call(build, dnnl_binary_mul, run, scalar);
        }
        case SQUARES -> {
          build.thenEltwise(dnnl_eltwise_linear, 1 - setting, 0).thenSum(setting);
          yield call(build, dnnl_binary_mul, run, run);
        }
        case ROOTS -> {
          build.thenEltwise(dnnl_eltwise_sqrt, 0, 0).thenEltwise(dnnl_eltwise_linear, 1, setting);
          yield call(build, dnnl_binary_mul, run, scalar);
        }
        case ADAM_STEP -> {
          Build.PostOperand factor = timesScalar.get();
          build.thenSum(1);
          yield call(build, dnnl_binary_div, run, run, factor, timesScalar.get());
        }
        case DECAYED -> call(build, dnnl_binary_mul, run, scalar, plusRun.get());
        case DECAYED_ONTO -> {
          Build.PostOperand gradient = plusRun.get();
          onto(build, setting);
          yield call(build, dnnl_binary_mul, run, scalar, gradient);
        }
        case STEP -> {
          build.thenSum(1);
          yield call(build, dnnl_binary_mul, run, scalar);
        }
        case NESTEROV_STEP, PLAIN_STEP -> {
          Build.PostOperand added = plusRun.get();
          Build.PostOperand down = timesScalar.get();
          build.thenSum(1);
          yield call(build, dnnl_binary_mul, run, scalar, added, down);
        }
      };
    }
  }

  /** Adds {@code share} of the old result; with 0 the old result is not read. */
  private static void onto(Build build, float share) {
    if (share != 0) {
      build.thenSum(share);
    }
  }

  private static Call call(
      Build build,
      int algorithm,
      dnnl_memory_desc left,
      dnnl_memory_desc right,
      Build.PostOperand... others) {
    dnnl_primitive_desc descriptor = build.descriptor();
    build.need(
        dnnl_binary_primitive_desc_create(
            descriptor, build.engine(), algorithm, left, right, left, build.attributes()),
        descriptor);
    build
        .argument(DNNL_ARG_SRC_0, left)
        .argument(DNNL_ARG_SRC_1, right)
        .argument(DNNL_ARG_DST, left);
    for (Build.PostOperand other : others) {
      build.argument(other);
    }
    return build.call(descriptor);
  }
}
