package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.memory.Block;

/**
 * {@code y = alpha x + beta y} in one pass. The factors are operands, not settings of the
 * primitive: a momentum that changes from step to step needs no new one.
 */
final class Sums {

  /** Beyond it {@code (alpha / beta) x} might overflow where {@code alpha x} does not. */
  private static final double LARGEST_RATIO = 1e6;

  private final Context context;
  private final Binaries binaries;
  private final Plans<Call> plans;

  Sums(Context context, Binaries binaries) {
    this.context = context;
    this.binaries = binaries;
    this.plans = context.plans();
  }

  void addScaled(double alpha, Block x, double beta, Block y) {
    if (alpha == 1 && beta == 1) {
      context.count("addScaled", binaries.compute(Binary.ADD, y, x, y));
      return;
    }
    if (alpha == 1 && beta == 0) {
      context.count("addScaled", context.copies().copy(x, y));
      return;
    }
    Axes axes = Axes.of(x, y);
    Copies copies = context.copies();
    Block to = beta == 0 ? copies.runResult(axes, 1, y) : copies.run(axes, 1, y, null);
    Block from = copies.run(axes, 0, x, null);
    Call call = run(alpha, from, beta, to, axes.count());
    copies.home(to, axes, 1, y);
    context.count("addScaled", call);
  }

  private Call run(double alpha, Block x, double beta, Block y, long count) {
    Constants constants = context.constants();
    if (beta == 0) {
      Call call = plan(count, 0, false);
      call.run(x, constants.scalar(0, alpha), y);
      return call;
    }
    if (beta == 1 || Math.abs(alpha / beta) > LARGEST_RATIO) {
      Call call = plan(count, (float) beta, false);
      call.run(x, constants.scalar(0, alpha), y);
      return call;
    }
    Call call = plan(count, 1, true); // (x alpha / beta + y) beta
    call.run(x, constants.scalar(0, alpha / beta), y, constants.scalar(1, beta));
    return call;
  }

  private Call plan(long count, float old, boolean scaled) {
    plans.key().start(count).add((double) old).add(scaled);
    return plans.get(() -> make(count, old, scaled));
  }

  private Call make(long count, float old, boolean scaled) {
    try (Build build = context.build("scaled sum of " + count + " floats")) {
      dnnl_memory_desc run = build.floats(1, count);
      dnnl_memory_desc scalar = build.floats(1, 1);
      if (old != 0) {
        build.thenSum(old);
      }
      Build.PostOperand last = scaled ? build.thenBinary(dnnl_binary_mul, scalar) : null;
      dnnl_primitive_desc descriptor = build.descriptor();
      build.need(
          dnnl_binary_primitive_desc_create(
              descriptor, build.engine(), dnnl_binary_mul, run, scalar, run, build.attributes()),
          descriptor);
      build
          .argument(DNNL_ARG_SRC_0, run)
          .argument(DNNL_ARG_SRC_1, scalar)
          .argument(DNNL_ARG_DST, run);
      return (last == null ? build : build.argument(last)).call(descriptor);
    }
  }
}
