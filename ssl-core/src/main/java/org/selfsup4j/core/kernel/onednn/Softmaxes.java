package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.memory.Block;

/** Softmax and its logarithm over the last axis, on rows that follow one another. */
final class Softmaxes {

  private final Context context;
  private final Plans<Call> forward;
  private final Plans<Call> backward;

  Softmaxes(Context context) {
    this.context = context;
    this.forward = context.plans();
    this.backward = context.plans();
  }

  void softmax(boolean logarithm, Block x, Block y) {
    long width = x.size(-1);
    long rows = x.count() / width;
    forward.key().start(rows).add(width).add(logarithm);
    Call call = forward.get(() -> makeForward(rows, width, logarithm));
    Copies copies = context.copies();
    Block to = copies.rowMajorResult(y);
    call.run(copies.rowMajor(x), to);
    copies.home(to, y);
    context.count("softmax", call);
  }

  void softmaxBackward(boolean logarithm, Block y, Block dy, Block dx) {
    long width = y.size(-1);
    long rows = y.count() / width;
    backward.key().start(rows).add(width).add(logarithm);
    Call call = backward.get(() -> makeBackward(rows, width, logarithm));
    Copies copies = context.copies();
    Block to = copies.rowMajorResult(dx);
    call.run(copies.rowMajor(y), copies.rowMajor(dy), to);
    copies.home(to, dx);
    context.count("softmaxBackward", call);
  }

  private Call makeForward(long rows, long width, boolean logarithm) {
    try (Build build = context.build("softmax of [" + rows + ", " + width + "]")) {
      dnnl_memory_desc matrix = build.floats(rows, width);
      dnnl_primitive_desc descriptor = forward(build, matrix, logarithm);
      return build.argument(DNNL_ARG_SRC, matrix).argument(DNNL_ARG_DST, matrix).call(descriptor);
    }
  }

  private Call makeBackward(long rows, long width, boolean logarithm) {
    try (Build build = context.build("gradient of softmax of [" + rows + ", " + width + "]")) {
      dnnl_memory_desc matrix = build.floats(rows, width);
      dnnl_primitive_desc hint = forward(build, matrix, logarithm);
      dnnl_primitive_desc descriptor = build.descriptor();
      build.need(
          dnnl_softmax_backward_primitive_desc_create(
              descriptor,
              build.engine(),
              algorithm(logarithm),
              matrix,
              matrix,
              matrix,
              1,
              hint,
              build.attributes()),
          descriptor);
      return build
          .argument(DNNL_ARG_DST, matrix)
          .argument(DNNL_ARG_DIFF_DST, matrix)
          .argument(DNNL_ARG_DIFF_SRC, matrix)
          .call(descriptor);
    }
  }

  private static dnnl_primitive_desc forward(
      Build build, dnnl_memory_desc matrix, boolean logarithm) {
    dnnl_primitive_desc descriptor = build.descriptor();
    build.need(
        dnnl_softmax_forward_primitive_desc_create(
            descriptor,
            build.engine(),
            dnnl_forward_training,
            algorithm(logarithm),
            matrix,
            matrix,
            1,
            build.attributes()),
        descriptor);
    return descriptor;
  }

  private static int algorithm(boolean logarithm) {
    return logarithm ? dnnl_softmax_log : dnnl_softmax_accurate;
  }
}
