package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.Pointer;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/** Copies between layouts, by oneDNN's reorder. */
final class Copies {

  private final Context context;
  private final Plans<CopyPlan> plans;

  Copies(Context context) {
    this.context = context;
    this.plans = context.plans();
  }

  /**
   * A reorder, or where to cut what oneDNN does not take in one.
   *
   * @param call null where the blocks are cut
   * @param cut an axis, which goes without its last element first
   */
  private record CopyPlan(Call call, int cut) implements Plan {
    @Override
    public void close() {
      if (call != null) {
        call.close();
      }
    }
  }

  /** {@code y = x} for blocks of one shape; null, and nothing done, where oneDNN cannot. */
  String copyAny(Block x, Block y) {
    if (x.type() != y.type() && !(isFloating(x.type()) && isFloating(y.type()))) {
      return null;
    }
    if (isFloating(x.type()) || x.type() == ElementType.BOOL) {
      return copy(x, y).implementation();
    }
    Axes axes = Axes.of(x, y);
    if (axes.isRun(0) && axes.isRun(1)) {
      Pointer.memcpy(new Address().to(y), new Address().to(x), y.count() * y.type().bytes());
      return "host";
    }
    return copyRows(axes, x, y);
  }

  /**
   * A matrix whose rows are runs of memory, as some of another one's columns are; null for others.
   */
  private static String copyRows(Axes axes, Block x, Block y) {
    long[] sizes = axes.sizes();
    boolean rows = sizes.length == 2 && axes.strides(0)[1] == 1 && axes.strides(1)[1] == 1;
    if (!rows) {
      return null;
    }
    long bytes = x.type().bytes();
    Address from = new Address();
    Address to = new Address();
    for (long row = 0; row < sizes[0]; row++) {
      Pointer.memcpy(
          to.to(Address.of(y) + row * axes.strides(1)[0] * bytes),
          from.to(Address.of(x) + row * axes.strides(0)[0] * bytes),
          sizes[1] * bytes);
    }
    return "host";
  }

  /** FLOAT or BFLOAT16, between which a copy rounds. */
  static boolean isFloating(ElementType type) {
    return type == ElementType.FLOAT || type == ElementType.BFLOAT16;
  }

  /**
   * {@code y = x} for blocks of one shape: both of type BOOL, or each FLOAT or BFLOAT16 (rounded to
   * the nearest, to even in the middle).
   */
  Call copy(Block x, Block y) {
    Axes axes = Axes.of(x, y);
    plans.key().start(0).add(x.type()).add(y.type()).add(axes.sizes());
    plans.key().add(axes.strides(0)).add(axes.strides(1));
    CopyPlan plan = plans.get(() -> make(axes, x.type(), y.type()));
    if (plan.call != null) {
      plan.call.run(x, y);
      return plan.call;
    }
    long last = axes.sizes()[plan.cut] - 1;
    Block from = axes.view(0, x);
    Block to = axes.view(1, y);
    copy(from.slice(plan.cut, 0, last), to.slice(plan.cut, 0, last));
    return copy(from.slice(plan.cut, last, last + 1), to.slice(plan.cut, last, last + 1));
  }

  private CopyPlan make(Axes axes, ElementType fromType, ElementType toType) {
    int cut = Math.max(axes.interleaved(0), axes.interleaved(1));
    if (cut >= 0) {
      return new CopyPlan(null, cut);
    }
    long[] sizes = axes.sizes();
    String description = "reorder of " + Arrays.toString(sizes);
    try (Build build = context.build(description)) {
      dnnl_memory_desc from = build.numbers(fromType, sizes, axes.strides(0));
      dnnl_memory_desc to = build.numbers(toType, sizes, axes.strides(1));
      return new CopyPlan(reorder(build, from, to), -1);
    }
  }

  /** {@code y = value}; null, and nothing done, where oneDNN cannot. */
  String fill(Block y, double value) {
    if (value == 0 && 1 / value > 0 && y.isDense()) {
      Pointer.memset(new Address().to(y), 0, y.count() * y.type().bytes());
      return "host";
    }
    if (!isFloating(y.type())) {
      return null;
    }
    Block one = context.constants().scalar(0, value);
    return copy(one.view(0, y.shape(), new long[y.rank()]), y).implementation();
  }

  /** A reorder from one layout to another; null layouts and unknown ones are an exception. */
  static Call reorder(Build build, dnnl_memory_desc from, dnnl_memory_desc to) {
    dnnl_primitive_desc descriptor = build.descriptor();
    int status =
        dnnl_reorder_primitive_desc_create(
            descriptor, from, build.engine(), to, build.engine(), build.attributes());
    if (!build.made(status, descriptor)) {
      throw new IllegalStateException("oneDNN has no reorder between two plain layouts");
    }
    return build.argument(DNNL_ARG_FROM, from).argument(DNNL_ARG_TO, to).call(descriptor);
  }

  /**
   * The elements of {@code x}, block {@code k} of {@code axes}, as one run of memory in the order
   * of the axes: x itself, or a copy in {@code place} (in scratch memory where that is null).
   */
  Block run(Axes axes, int k, Block x, Block place) {
    if (axes.isRun(k)) {
      return x;
    }
    Block run = place == null ? context.scratch().take(x.type(), axes.sizes()) : asRun(axes, place);
    copy(axes.view(k, x), run);
    return run;
  }

  /** Where a result that is one run of memory goes: y itself, or scratch memory. */
  Block runResult(Axes axes, int k, Block y) {
    return axes.isRun(k) ? y : context.scratch().take(y.type(), axes.sizes());
  }

  /** Brings home what was written to {@link #runResult}. */
  void home(Block made, Axes axes, int k, Block y) {
    if (made != y) {
      copy(asRun(axes, made), axes.view(k, y));
    }
  }

  private static Block asRun(Axes axes, Block dense) {
    return dense.view(0, axes.sizes(), Strides.rowMajor(axes.sizes()));
  }

  /** {@code x} itself if its memory is row-major, else a row-major copy in scratch memory. */
  Block rowMajor(Block x) {
    if (x.isContiguous()) {
      return x;
    }
    Block copy = context.scratch().take(x.type(), x.shape());
    copy(x, copy);
    return copy;
  }

  /** Where a row-major result for {@code y} goes: y itself, or scratch memory to be copied back. */
  Block rowMajorResult(Block y) {
    return y.isContiguous() ? y : context.scratch().take(y.type(), y.shape());
  }

  /** {@code x} itself if its memory is channels-last, else a channels-last copy. */
  Block channelsLast(Block x) {
    return channelsLast(x, x.type());
  }

  /** The same as numbers of {@code type}. */
  Block channelsLast(Block x, ElementType type) {
    if (isChannelsLast(x) && x.type() == type) {
      return x;
    }
    Block copy = takeChannelsLast(type, x.shape());
    copy(x, copy);
    return copy;
  }

  /** Where a channels-last result for {@code y} goes. */
  Block channelsLastResult(Block y) {
    return isChannelsLast(y) ? y : takeChannelsLast(y.type(), y.shape());
  }

  /** Brings a result home, where it was made elsewhere. */
  void home(Block made, Block y) {
    if (made != y) {
      copy(made, y);
    }
  }

  private Block takeChannelsLast(ElementType type, long[] shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return context.scratch().take(type, count).view(0, shape, Strides.channelsLast(shape));
  }

  static boolean isChannelsLast(Block x) {
    long[] shape = x.shape();
    if (shape[1] != 1 && x.stride(1) != 1) {
      return false;
    }
    long step = shape[1];
    for (int axis = shape.length - 1; axis >= 2; axis--) {
      if (shape[axis] != 1 && x.stride(axis) != step) {
        return false;
      }
      step *= shape[axis];
    }
    return shape[0] == 1 || x.stride(0) == step;
  }
}
