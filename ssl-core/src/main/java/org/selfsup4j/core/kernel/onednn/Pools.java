package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/** Pooling of channels-last images. */
final class Pools {

  private final Context context;
  private final Plans<PoolPlan> forward;
  private final Plans<PoolPlan> backward;

  Pools(Context context) {
    this.context = context;
    this.forward = context.plans();
    this.backward = context.plans();
  }

  /** A primitive and the bytes in which it notes who was largest; 0 for means. */
  private record PoolPlan(Call call, long workspaceBytes) implements Plan {
    @Override
    public void close() {
      call.close();
    }
  }

  /** What a primitive depends on: images of h x w give maps of outH x outW. */
  private record Settings(
      int algorithm,
      ElementType type,
      Window window,
      long n,
      long c,
      long h,
      long w,
      long outH,
      long outW) {

    static Settings of(int algorithm, Window window, Block x, Block y) {
      return new Settings(
          algorithm, x.type(), window, x.size(0), x.size(1), x.size(2), x.size(3), y.size(2),
          y.size(3));
    }

    Key describe(Key key) {
      key.start(algorithm).add(type).add(n).add(c).add(h).add(w).add(outH).add(outW);
      return moves().describe(key);
    }

    dnnl_memory_desc images(Build build) {
      long[] shape = {n, c, h, w};
      return build.numbers(type, shape, Strides.channelsLast(shape));
    }

    dnnl_memory_desc maps(Build build) {
      long[] shape = {n, c, outH, outW};
      return build.numbers(type, shape, Strides.channelsLast(shape));
    }

    Moves moves() {
      return new Moves(window);
    }

    boolean isMax() {
      return algorithm == dnnl_pooling_max;
    }
  }

  /** Whether oneDNN has fast code for such a window. */
  static boolean serves(Window window) {
    return window.dilationY() == 1 && window.dilationX() == 1;
  }

  private static int mean(boolean countPadding) {
    return countPadding ? dnnl_pooling_avg_include_padding : dnnl_pooling_avg_exclude_padding;
  }

  long maxWorkspace(Window window, Block x, Block y) {
    return forward(Settings.of(dnnl_pooling_max, window, x, y)).workspaceBytes;
  }

  void max(Window window, Block x, Block y, Block workspace) {
    PoolPlan plan = forward(Settings.of(dnnl_pooling_max, window, x, y));
    Copies copies = context.copies();
    Block to = copies.channelsLastResult(y);
    Block notes = workspace == null ? context.scratch().takeBytes(plan.workspaceBytes) : workspace;
    plan.call.run(copies.channelsLast(x), to, notes);
    copies.home(to, y);
    context.count("maxPool", plan.call);
  }

  void maxBackward(Window window, Block workspace, Block dy, Block dx) {
    PoolPlan plan = backward(Settings.of(dnnl_pooling_max, window, dx, dy));
    Copies copies = context.copies();
    Block to = copies.channelsLastResult(dx);
    plan.call.run(copies.channelsLast(dy), to, workspace);
    copies.home(to, dx);
    context.count("maxPoolBackward", plan.call);
  }

  void average(Window window, boolean countPadding, Block x, Block y) {
    PoolPlan plan = forward(Settings.of(mean(countPadding), window, x, y));
    Copies copies = context.copies();
    Block to = copies.channelsLastResult(y);
    plan.call.run(copies.channelsLast(x), to);
    copies.home(to, y);
    context.count("averagePool", plan.call);
  }

  void averageBackward(Window window, boolean countPadding, Block dy, Block dx) {
    PoolPlan plan = backward(Settings.of(mean(countPadding), window, dx, dy));
    Copies copies = context.copies();
    Block to = copies.channelsLastResult(dx);
    plan.call.run(copies.channelsLast(dy), to);
    copies.home(to, dx);
    context.count("averagePoolBackward", plan.call);
  }

  private PoolPlan forward(Settings settings) {
    settings.describe(forward.key());
    return forward.get(() -> makeForward(settings));
  }

  private PoolPlan backward(Settings settings) {
    settings.describe(backward.key());
    return backward.get(() -> makeBackward(settings));
  }

  private PoolPlan makeForward(Settings settings) {
    try (Build build = context.build(settings.toString())) {
      dnnl_primitive_desc descriptor = forward(build, settings);
      build
          .argument(DNNL_ARG_SRC, settings.images(build))
          .argument(DNNL_ARG_DST, settings.maps(build));
      long bytes = workspaceArgument(build, settings, descriptor);
      return new PoolPlan(build.call(descriptor), bytes);
    }
  }

  private PoolPlan makeBackward(Settings settings) {
    try (Build build = context.build("gradient of " + settings)) {
      dnnl_primitive_desc hint = forward(build, settings);
      dnnl_primitive_desc descriptor = build.descriptor();
      build.need(
          dnnl_pooling_backward_primitive_desc_create(
              descriptor,
              build.engine(),
              settings.algorithm,
              settings.images(build),
              settings.maps(build),
              settings.moves().strides(),
              settings.moves().kernel(),
              settings.moves().dilations(),
              settings.moves().before(),
              settings.moves().after(),
              hint,
              build.attributes()),
          descriptor);
      build
          .argument(DNNL_ARG_DIFF_DST, settings.maps(build))
          .argument(DNNL_ARG_DIFF_SRC, settings.images(build));
      long bytes = workspaceArgument(build, settings, hint);
      return new PoolPlan(build.call(descriptor), bytes);
    }
  }

  private static long workspaceArgument(
      Build build, Settings settings, dnnl_primitive_desc forward) {
    if (!settings.isMax()) {
      return 0;
    }
    dnnl_memory_desc workspace = Build.query(forward, dnnl_query_workspace_md);
    build.argument(DNNL_ARG_WORKSPACE, workspace);
    return dnnl_memory_desc_get_size(workspace);
  }

  private static dnnl_primitive_desc forward(Build build, Settings settings) {
    dnnl_primitive_desc descriptor = build.descriptor();
    build.need(
        dnnl_pooling_forward_primitive_desc_create(
            descriptor,
            build.engine(),
            dnnl_forward_training,
            settings.algorithm,
            settings.images(build),
            settings.maps(build),
            settings.moves().strides(),
            settings.moves().kernel(),
            settings.moves().dilations(),
            settings.moves().before(),
            settings.moves().after(),
            build.attributes()),
        descriptor);
    return descriptor;
  }
}
