package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/**
 * Sums, means and extremes, one run of axes at a time from the innermost: over the last axis by
 * oneDNN's reduction, sums over an axis before others as a product with ones (oneDNN's reduction
 * has only plain loops there). Long sums are added up in two levels, which keeps their digits.
 */
final class Reductions {

  /** The most numbers that are added into one float. */
  private static final long LONGEST = 2048;

  private final Context context;
  private final Products products;
  private final Elementwise elementwise;
  private final Plans<Call> plans;

  Reductions(Context context, Products products, Elementwise elementwise) {
    this.context = context;
    this.products = products;
    this.elementwise = elementwise;
    this.plans = context.plans();
  }

  void reduce(Reduction f, Block x, Block y) {
    Axes axes = Axes.of(y.broadcast(x.shape()), x); // in the order of x; reduced: y has stride 0
    Reduction step = f == Reduction.MEAN ? Reduction.SUM : f;
    long[] sizes = axes.sizes().clone();
    Block from = context.copies().run(axes, 1, x, null);
    String how = null;
    for (int i = axes.rank() - 1; i >= 0; i--) {
      if (axes.strides(0)[i] == 0 && sizes[i] > 1) {
        long outer = product(sizes, 0, i);
        long inner = product(sizes, i + 1, sizes.length);
        Block to = context.scratch().take(outer * inner);
        how = reduceMiddle(step, from, outer, sizes[i], inner, to);
        from = to;
        sizes[i] = 1;
      }
    }
    if (f == Reduction.MEAN) {
      Block scaled = context.scratch().take(y.count());
      double share = (double) y.count() / x.count();
      elementwise.run(Unary.LINEAR, share, 0, from, scaled, y.count());
      from = scaled;
    }
    Call home = context.copies().copy(rowMajor(from, sizes), y.view(0, sizes, kept(axes, sizes)));
    context.counts().count("reduce", how == null ? home.implementation() : how);
  }

  private static long[] kept(Axes axes, long[] sizes) {
    long[] strides = axes.strides(0).clone();
    for (int i = 0; i < strides.length; i++) {
      strides[i] = sizes[i] == 1 ? 1 : strides[i];
    }
    return strides;
  }

  private static Block rowMajor(Block run, long[] sizes) {
    return run.view(0, sizes, Strides.rowMajor(sizes));
  }

  private static long product(long[] sizes, int from, int to) {
    long product = 1;
    for (int i = from; i < to; i++) {
      product *= sizes[i];
    }
    return product;
  }

  /** Reduces the middle axis of a row-major [outer, size, inner] to [outer, inner]. */
  private String reduceMiddle(Reduction f, Block x, long outer, long size, long inner, Block y) {
    if (inner == 1) {
      return reduceLast(f, x, outer, size, y);
    }
    if (f == Reduction.SUM) {
      return sumMiddle(x, outer, size, inner, y);
    }
    Block turned = context.scratch().take(x.type(), outer, inner, size);
    long[] sizes = {outer, inner, size};
    context.copies().copy(x.view(0, sizes, new long[] {size * inner, 1, inner}), turned);
    return reduceLast(f, turned, outer * inner, size, y);
  }

  /** Adds up [outer, size, inner] over the middle axis: ones [1, size] times each [size, inner]. */
  private String sumMiddle(Block x, long outer, long size, long inner, Block y) {
    long groups = size / LONGEST;
    if (groups < 2) {
      return multiplyByOnes(x, outer, size, inner, size * inner, 0, y, false).implementation();
    }
    long part = size / groups;
    Block parts = context.scratch().take(outer * groups * inner);
    for (long i = 0; i < outer; i++) {
      Block image = x.view(i * size * inner, new long[] {1}, new long[] {1});
      Block sums = parts.view(i * groups * inner, new long[] {1}, new long[] {1});
      multiplyByOnes(image, groups, part, inner, part * inner, 0, sums, false);
    }
    String how = sumMiddle(parts, outer, groups, inner, y);
    long rest = size - groups * part;
    if (rest > 0) {
      multiplyByOnes(x, outer, rest, inner, size * inner, groups * part * inner, y, true);
    }
    return how;
  }

  /** Sums {@code size} rows of {@code inner} from {@code start} on, in each of {@code outer}. */
  private Call multiplyByOnes(
      Block x,
      long outer,
      long size,
      long inner,
      long step,
      long start,
      Block y,
      boolean accumulate) {
    Block one = context.constants().ones(size);
    Block ones = one.view(0, new long[] {outer, 1, size}, new long[] {0, size, 1});
    Block rows = x.view(start, new long[] {outer, size, inner}, new long[] {step, inner, 1});
    Block sums = y.view(0, new long[] {outer, 1, inner}, new long[] {inner, inner, 1});
    return products.multiply(ones, rows, Epilogue.NONE, sums, accumulate);
  }

  /** Reduces a row-major [rows, size] to [rows]. */
  String reduceLast(Reduction f, Block x, long rows, long size, Block y) {
    if (size == 1) {
      return context.copies().copy(column(x, rows), column(y, rows)).implementation();
    }
    if (f == Reduction.SUM && size > LONGEST) {
      long part = divisor(size);
      if (part > 1) {
        Block parts = context.scratch().take(rows * (size / part));
        reduceLast(f, x, rows * (size / part), part, parts);
        return reduceLast(f, parts, rows, size / part, y);
      }
      return sumMiddle(x, rows, size, 1, y);
    }
    plans.key().start(algorithm(f)).add(rows).add(size).add(x.type());
    Call call = plans.get(() -> make(f, x.type(), rows, size));
    call.run(x, y);
    return call.implementation();
  }

  private static Block column(Block run, long count) {
    return run.view(0, new long[] {count}, new long[] {1});
  }

  /** The largest divisor of {@code size} that is at most {@link #LONGEST}, if it is worth it. */
  private static long divisor(long size) {
    for (long part = LONGEST; part >= 64; part--) {
      if (size % part == 0) {
        return part;
      }
    }
    return 1;
  }

  private Call make(Reduction f, ElementType type, long rows, long size) {
    try (Build build = context.build(f + " of [" + rows + ", " + size + "] over the last axis")) {
      dnnl_memory_desc matrix = build.numbers(type, rows, size);
      dnnl_memory_desc column = build.floats(rows, 1);
      dnnl_primitive_desc descriptor = build.descriptor();
      build.need(
          dnnl_reduction_primitive_desc_create(
              descriptor, build.engine(), algorithm(f), matrix, column, 0, 0, build.attributes()),
          descriptor);
      return build.argument(DNNL_ARG_SRC, matrix).argument(DNNL_ARG_DST, column).call(descriptor);
    }
  }

  private static int algorithm(Reduction f) {
    return switch (f) {
      case SUM, MEAN -> dnnl_reduction_sum;
      case MAX -> dnnl_reduction_max;
      case MIN -> dnnl_reduction_min;
    };
  }
}
