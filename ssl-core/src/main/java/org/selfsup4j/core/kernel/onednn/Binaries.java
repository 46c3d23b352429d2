package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/**
 * Functions of two numbers. oneDNN broadcasts its second operand in most ways; what it does not do
 * fast is repeated into scratch memory first.
 */
final class Binaries {

  private final Context context;
  private final Plans<BinaryPlan> plans;

  Binaries(Context context) {
    this.context = context;
    this.plans = context.plans();
  }

  /** A primitive, and whether its second operand must be repeated before. */
  private record BinaryPlan(Call call, boolean repeat) implements Plan {
    @Override
    public void close() {
      call.close();
    }
  }

  void binary(Binary f, Block a, Block b, Block y) {
    context.count("binary", compute(f, a, b, y));
  }

  /** As {@link #binary}, without a note of the call. */
  Call compute(Binary f, Block a, Block b, Block y) {
    Axes axes = Axes.of(a, b, y);
    if (commutes(f) && axes.isBroadcast(0) && !axes.isBroadcast(1)) {
      return compute(f, b, a, y);
    }
    Copies copies = context.copies();
    Block to = copies.runResult(axes, 2, y);
    Block left = copies.run(axes, 0, a, null);
    boolean broadcast = axes.isBroadcast(1) && isBroadcastRun(axes, 1);
    Block right = broadcast ? b : copies.run(axes, 1, b, null);
    BinaryPlan plan = plan(f, axes, broadcast, new Types(a.type(), b.type(), y.type()));
    if (plan.repeat) {
      right = copies.run(axes, 1, b, null);
    }
    plan.call.run(left, right, to);
    copies.home(to, axes, 2, y);
    return plan.call;
  }

  private static boolean commutes(Binary f) {
    return switch (f) {
      case ADD, MULTIPLY, MAXIMUM, MINIMUM, EQUAL -> true;
      default -> false;
    };
  }

  /** The number types of both operands and the result. */
  private record Types(ElementType a, ElementType b, ElementType y) {}

  private BinaryPlan plan(Binary f, Axes axes, boolean broadcast, Types types) {
    Key key = plans.key().start(algorithm(f)).add(axes.sizes());
    key.add(types.a).add(types.b).add(types.y);
    if (broadcast) {
      key.add(axes.strides(1));
    }
    return plans.get(
        () -> {
          if (broadcast) {
            Call call = make(f, types, axes.sizes(), once(axes, 1));
            if (call != null && !call.isReference()) {
              return new BinaryPlan(call, false);
            }
            if (call != null) {
              call.close();
            }
          }
          long count = axes.count();
          long[] sizes = {1, count};
          return new BinaryPlan(make(f, types, sizes, sizes), broadcast);
        });
  }

  /** Sizes of block {@code k} with 1 where it is repeated. */
  private static long[] once(Axes axes, int k) {
    long[] sizes = axes.sizes().clone();
    for (int i = 0; i < sizes.length; i++) {
      if (axes.strides(k)[i] == 0) {
        sizes[i] = 1;
      }
    }
    return sizes;
  }

  /** Whether what is repeated is itself one run of memory. */
  private static boolean isBroadcastRun(Axes axes, int k) {
    return Strides.isRowMajor(once(axes, k), axes.strides(k));
  }

  private Call make(Binary f, Types types, long[] sizes, long[] rightSizes) {
    String description = f + " of " + Arrays.toString(sizes) + ", " + Arrays.toString(rightSizes);
    try (Build build = context.build(description)) {
      dnnl_memory_desc left = build.numbers(types.a, sizes);
      dnnl_memory_desc right = build.numbers(types.b, rightSizes);
      dnnl_memory_desc to = build.numbers(types.y, sizes);
      dnnl_primitive_desc descriptor = build.descriptor();
      int status =
          dnnl_binary_primitive_desc_create(
              descriptor, build.engine(), algorithm(f), left, right, to, build.attributes());
      if (!build.made(status, descriptor)) {
        return null;
      }
      return build
          .argument(DNNL_ARG_SRC_0, left)
          .argument(DNNL_ARG_SRC_1, right)
          .argument(DNNL_ARG_DST, to)
          .call(descriptor);
    }
  }

  private static int algorithm(Binary f) {
    return switch (f) {
      case ADD -> dnnl_binary_add;
      case SUBTRACT -> dnnl_binary_sub;
      case MULTIPLY -> dnnl_binary_mul;
      case DIVIDE -> dnnl_binary_div;
      case MAXIMUM -> dnnl_binary_max;
      case MINIMUM -> dnnl_binary_min;
      case GREATER -> dnnl_binary_gt;
      case GREATER_EQUAL -> dnnl_binary_ge;
      case EQUAL -> dnnl_binary_eq;
    };
  }
}
