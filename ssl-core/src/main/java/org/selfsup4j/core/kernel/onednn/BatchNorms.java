package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/** Batch norm, fused with relu where asked, on channels-last images. */
final class BatchNorms {

  private final Context context;
  private final Plans<NormPlan> forward;
  private final Plans<NormPlan> backward;

  BatchNorms(Context context) {
    this.context = context;
    this.forward = context.plans();
    this.backward = context.plans();
  }

  /** A primitive and the bytes of the workspace between its passes; 0 without relu. */
  private record NormPlan(Call call, long workspaceBytes) implements Plan {
    @Override
    public void close() {
      call.close();
    }
  }

  /** What a primitive depends on. */
  private record Settings(
      ElementType type,
      long n,
      long c,
      long h,
      long w,
      float epsilon,
      boolean batchStatistics,
      boolean relu) {

    static Settings of(Block x, double epsilon, boolean batchStatistics, boolean relu) {
      float e = (float) epsilon;
      if (x.size(2) == 1 && x.size(3) == 1) {
        // Features [N, C] lie as one image of N points, which oneDNN walks up to twice as fast.
        return new Settings(x.type(), 1, x.size(1), 1, x.size(0), e, batchStatistics, relu);
      }
      return new Settings(
          x.type(), x.size(0), x.size(1), x.size(2), x.size(3), e, batchStatistics, relu);
    }

    long[] shape() {
      return new long[] {n, c, h, w};
    }

    int flags() {
      return dnnl_use_scale
          | dnnl_use_shift
          | (batchStatistics ? 0 : dnnl_use_global_stats)
          | (relu ? dnnl_fuse_norm_relu : 0);
    }

    Key describe(Key key) {
      return key.start(flags()).add(type).add((double) epsilon).add(n).add(c).add(h).add(w);
    }

    @Override
    public String toString() {
      return "batch norm of " + Arrays.toString(shape()) + ", flags " + flags();
    }
  }

  long workspace(Block x) {
    return Math.max(
        forward(Settings.of(x, 1e-5, true, true)).workspaceBytes,
        forward(Settings.of(x, 1e-5, false, true)).workspaceBytes);
  }

  void forward(
      Block x,
      Block gamma,
      Block beta,
      double epsilon,
      boolean batchStatistics,
      boolean relu,
      Block mean,
      Block variance,
      Block y,
      Block workspace) {
    NormPlan plan = forward(Settings.of(x, epsilon, batchStatistics, relu));
    Copies copies = context.copies();
    Block from = copies.channelsLast(x);
    Block to = copies.channelsLastResult(y);
    Block m = batchStatistics ? copies.rowMajorResult(mean) : copies.rowMajor(mean);
    Block v = batchStatistics ? copies.rowMajorResult(variance) : copies.rowMajor(variance);
    Block scale = copies.rowMajor(gamma);
    Block shift = copies.rowMajor(beta);
    if (relu) {
      Block space =
          workspace == null ? context.scratch().takeBytes(plan.workspaceBytes) : workspace;
      plan.call.run(from, to, scale, shift, m, v, space);
    } else {
      plan.call.run(from, to, scale, shift, m, v);
    }
    copies.home(to, y);
    if (batchStatistics) {
      copies.home(m, mean);
      copies.home(v, variance);
    }
    context.count("batchNorm", plan.call);
  }

  void backward(
      Block x,
      Block gamma,
      double epsilon,
      boolean batchStatistics,
      Block mean,
      Block variance,
      Block workspace,
      Block dy,
      Block dx,
      Block dgamma,
      Block dbeta) {
    Settings settings = Settings.of(x, epsilon, batchStatistics, workspace != null);
    settings.describe(backward.key());
    NormPlan plan = backward.get(() -> makeBackward(settings));
    Copies copies = context.copies();
    Scratch scratch = context.scratch();
    Block gradient = copies.channelsLast(dy);
    Block to = dx == null ? scratch.take(x.type(), x.count()) : copies.channelsLastResult(dx);
    Block dscale = dgamma == null ? scratch.take(x.size(1)) : copies.rowMajorResult(dgamma);
    Block dshift = dbeta == null ? scratch.take(x.size(1)) : copies.rowMajorResult(dbeta);
    Block[] operands = {
      copies.channelsLast(x),
      copies.rowMajor(mean),
      copies.rowMajor(variance),
      copies.rowMajor(gamma),
      gradient,
      to,
      dscale,
      dshift,
      workspace
    };
    plan.call.run(workspace == null ? Arrays.copyOf(operands, 8) : operands);
    if (dx != null) {
      copies.home(to, dx);
    }
    if (dgamma != null) {
      copies.home(dscale, dgamma);
    }
    if (dbeta != null) {
      copies.home(dshift, dbeta);
    }
    context.count("batchNormBackward", plan.call);
  }

  private NormPlan forward(Settings settings) {
    settings.describe(forward.key());
    return forward.get(() -> makeForward(settings));
  }

  private NormPlan makeForward(Settings settings) {
    try (Build build = context.build(settings.toString())) {
      dnnl_memory_desc images = images(build, settings);
      dnnl_memory_desc vector = build.floats(settings.c);
      dnnl_primitive_desc descriptor = forward(build, settings, images);
      build
          .argument(DNNL_ARG_SRC, images)
          .argument(DNNL_ARG_DST, images)
          .argument(DNNL_ARG_SCALE, vector)
          .argument(DNNL_ARG_SHIFT, vector)
          .argument(DNNL_ARG_MEAN, vector)
          .argument(DNNL_ARG_VARIANCE, vector);
      long bytes = workspaceArgument(build, settings, descriptor);
      return new NormPlan(build.call(descriptor), bytes);
    }
  }

  private NormPlan makeBackward(Settings settings) {
    try (Build build = context.build("gradient of " + settings)) {
      dnnl_memory_desc images = images(build, settings);
      dnnl_memory_desc vector = build.floats(settings.c);
      dnnl_primitive_desc hint = forward(build, settings, images);
      dnnl_primitive_desc descriptor = build.descriptor();
      build.need(
          dnnl_batch_normalization_backward_primitive_desc_create(
              descriptor,
              build.engine(),
              dnnl_backward,
              images,
              images,
              images,
              settings.epsilon,
              settings.flags(),
              hint,
              build.attributes()),
          descriptor);
      build
          .argument(DNNL_ARG_SRC, images)
          .argument(DNNL_ARG_MEAN, vector)
          .argument(DNNL_ARG_VARIANCE, vector)
          .argument(DNNL_ARG_SCALE, vector)
          .argument(DNNL_ARG_DIFF_DST, images)
          .argument(DNNL_ARG_DIFF_SRC, images)
          .argument(DNNL_ARG_DIFF_SCALE, vector)
          .argument(DNNL_ARG_DIFF_SHIFT, vector);
      long bytes = workspaceArgument(build, settings, hint);
      return new NormPlan(build.call(descriptor), bytes);
    }
  }

  private static dnnl_primitive_desc forward(
      Build build, Settings settings, dnnl_memory_desc images) {
    dnnl_primitive_desc descriptor = build.descriptor();
    build.need(
        dnnl_batch_normalization_forward_primitive_desc_create(
            descriptor,
            build.engine(),
            dnnl_forward_training,
            images,
            images,
            settings.epsilon,
            settings.flags(),
            build.attributes()),
        descriptor);
    return descriptor;
  }

  private static long workspaceArgument(
      Build build, Settings settings, dnnl_primitive_desc forward) {
    if (!settings.relu) {
      return 0;
    }
    dnnl_memory_desc workspace = Build.query(forward, dnnl_query_workspace_md);
    build.argument(DNNL_ARG_WORKSPACE, workspace);
    return dnnl_memory_desc_get_size(workspace);
  }

  private static dnnl_memory_desc images(Build build, Settings settings) {
    long[] shape = settings.shape();
    return build.numbers(settings.type, shape, Strides.channelsLast(shape));
  }
}
