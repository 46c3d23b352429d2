package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Layer norm over the last axis, on rows that follow one another. */
final class LayerNorms {

  private final Context context;
  private final Plans<Call> forward;
  private final Plans<Call> backward;

  LayerNorms(Context context) {
    this.context = context;
    this.forward = context.plans();
    this.backward = context.plans();
  }

  /**
   * What a primitive depends on: the number types of x and y; {@code statistics}: whether mean and
   * variance are results.
   */
  private record Settings(
      ElementType from,
      ElementType to,
      long rows,
      long width,
      float epsilon,
      boolean affine,
      boolean statistics) {

    Key describe(Key key) {
      key.start(rows).add(width).add((double) epsilon).add(affine).add(statistics);
      return key.add(from).add(to);
    }

    int flags() {
      return affine ? dnnl_use_scale | dnnl_use_shift : 0;
    }

    @Override
    public String toString() {
      return "layer norm of [" + rows + ", " + width + "]";
    }
  }

  void forward(
      Block x, Block gamma, Block beta, double epsilon, Block y, Block mean, Block variance) {
    Settings settings = settings(x, y.type(), epsilon, gamma != null, mean != null);
    settings.describe(forward.key());
    Call call = forward.get(() -> makeForward(settings));
    Copies copies = context.copies();
    Block to = copies.rowMajorResult(y);
    Block[] operands = {copies.rowMajor(x), to, null, null, null, null};
    int n = 2;
    if (gamma != null) {
      operands[n++] = copies.rowMajor(gamma);
      operands[n++] = copies.rowMajor(beta);
    }
    if (mean != null) {
      operands[n++] = mean;
      operands[n++] = variance;
    }
    call.run(Arrays.copyOf(operands, n));
    copies.home(to, y);
    context.count("layerNorm", call);
  }

  void backward(
      Block x,
      Block gamma,
      double epsilon,
      Block mean,
      Block variance,
      Block dy,
      Block dx,
      Block dgamma,
      Block dbeta) {
    Settings settings = settings(x, dy.type(), epsilon, gamma != null, true);
    settings.describe(backward.key());
    Call call = backward.get(() -> makeBackward(settings));
    Copies copies = context.copies();
    Scratch scratch = context.scratch();
    Block to = dx == null ? scratch.take(x.type(), x.shape()) : copies.rowMajorResult(dx);
    Block from = copies.rowMajor(x);
    Block gradient = copies.rowMajor(dy);
    if (gamma == null) {
      call.run(from, mean, variance, gradient, to);
    } else {
      Block dscale = dgamma == null ? scratch.take(x.size(-1)) : copies.rowMajorResult(dgamma);
      Block dshift = dbeta == null ? scratch.take(x.size(-1)) : copies.rowMajorResult(dbeta);
      call.run(from, mean, variance, gradient, to, copies.rowMajor(gamma), dscale, dshift);
      if (dgamma != null) {
        copies.home(dscale, dgamma);
      }
      if (dbeta != null) {
        copies.home(dshift, dbeta);
      }
    }
    if (dx != null) {
      copies.home(to, dx);
    }
    context.count("layerNormBackward", call);
  }

  private static Settings settings(
      Block x, ElementType to, double epsilon, boolean affine, boolean statistics) {
    long width = x.size(-1);
    long rows = x.count() / width;
    return new Settings(x.type(), to, rows, width, (float) epsilon, affine, statistics);
  }

  private Call makeForward(Settings settings) {
    try (Build build = context.build(settings.toString())) {
      dnnl_memory_desc from = build.numbers(settings.from, settings.rows, settings.width);
      dnnl_memory_desc to = build.numbers(settings.to, settings.rows, settings.width);
      dnnl_memory_desc statistics = build.floats(settings.rows);
      dnnl_memory_desc vector = build.floats(settings.width);
      dnnl_primitive_desc descriptor = forward(build, settings, from, to, statistics);
      build.argument(DNNL_ARG_SRC, from).argument(DNNL_ARG_DST, to);
      if (settings.affine) {
        build.argument(DNNL_ARG_SCALE, vector).argument(DNNL_ARG_SHIFT, vector);
      }
      if (settings.statistics) {
        build.argument(DNNL_ARG_MEAN, statistics).argument(DNNL_ARG_VARIANCE, statistics);
      }
      return build.call(descriptor);
    }
  }

  private Call makeBackward(Settings settings) {
    try (Build build = context.build("gradient of " + settings)) {
      dnnl_memory_desc from = build.numbers(settings.from, settings.rows, settings.width);
      dnnl_memory_desc to = build.numbers(settings.to, settings.rows, settings.width);
      dnnl_memory_desc statistics = build.floats(settings.rows);
      dnnl_memory_desc vector = build.floats(settings.width);
      dnnl_primitive_desc hint = forward(build, settings, from, to, statistics);
      dnnl_primitive_desc descriptor = build.descriptor();
      build.need(
          dnnl_layer_normalization_backward_primitive_desc_create(
              descriptor,
              build.engine(),
              dnnl_backward,
              from,
              to,
              from,
              statistics,
              settings.epsilon,
              settings.flags(),
              hint,
              build.attributes()),
          descriptor);
      build
          .argument(DNNL_ARG_SRC, from)
          .argument(DNNL_ARG_MEAN, statistics)
          .argument(DNNL_ARG_VARIANCE, statistics)
          .argument(DNNL_ARG_DIFF_DST, to)
          .argument(DNNL_ARG_DIFF_SRC, from);
      if (settings.affine) {
        build
            .argument(DNNL_ARG_SCALE, vector)
            .argument(DNNL_ARG_DIFF_SCALE, vector)
            .argument(DNNL_ARG_DIFF_SHIFT, vector);
      }
      return build.call(descriptor);
    }
  }

  private static dnnl_primitive_desc forward(
      Build build,
      Settings settings,
      dnnl_memory_desc from,
      dnnl_memory_desc to,
      dnnl_memory_desc statistics) {
    dnnl_primitive_desc descriptor = build.descriptor();
    build.need(
        dnnl_layer_normalization_forward_primitive_desc_create(
            descriptor,
            build.engine(),
            settings.statistics ? dnnl_forward_training : dnnl_forward_inference,
            from,
            to,
            statistics,
            settings.epsilon,
            settings.flags(),
            build.attributes()),
        descriptor);
    return descriptor;
  }
}
