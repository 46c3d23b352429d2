package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Softmax and its logarithm over the last axis, on rows that follow one another. */
final class Softmaxes {

  private final Context context;
  private final Reductions reductions;
  private final Binaries binaries;
  private final HostFloats memory = new HostFloats();
  private final Plans<Call> forward;
  private final Plans<Call> backward;

  Softmaxes(Context context, Reductions reductions, Binaries binaries) {
    this.context = context;
    this.reductions = reductions;
    this.binaries = binaries;
    this.forward = context.plans();
    this.backward = context.plans();
  }

  void softmax(boolean logarithm, Block x, Block y) {
    long width = x.size(-1);
    long rows = x.count() / width;
    forward.key().start(rows).add(width).add(x.type()).add(y.type());
    Call call = forward.get(() -> makeForward(x.type(), y.type(), rows, width));
    Copies copies = context.copies();
    Block to = copies.rowMajorResult(y);
    Block from = copies.rowMajor(x);
    if (logarithm) {
      logarithm(call, from, rows, width, to);
    } else {
      call.run(from, to);
    }
    copies.home(to, y);
    context.count("softmax", call);
  }

  /**
   * {@code x - (max - log(p_max))}: oneDNN's own logarithm is off by 3e-6, which is much where a
   * loss is small. The largest probability is never small, so the logarithm of each row's is exact.
   */
  private void logarithm(Call softmax, Block x, long rows, long width, Block y) {
    Scratch scratch = context.scratch();
    Block probabilities = scratch.take(rows, width);
    Block largest = scratch.take(rows);
    Block likeliest = scratch.take(rows);
    softmax.run(x, probabilities);
    reductions.reduceLast(Reduction.MAX, x, rows, width, largest);
    reductions.reduceLast(Reduction.MAX, probabilities, rows, width, likeliest);
    float[] shift = new float[Math.toIntExact(rows)];
    float[] share = new float[shift.length];
    memory.to(largest, 0).get(shift, 0, shift.length);
    memory.to(likeliest, 0).get(share, 0, share.length);
    for (int i = 0; i < shift.length; i++) {
      shift[i] = (float) (shift[i] - Math.log(share[i]));
    }
    memory.to(largest, 0).put(shift, 0, shift.length);
    long[] matrix = {rows, width};
    binaries.compute(
        Binary.SUBTRACT,
        x.view(0, matrix, new long[] {width, 1}),
        largest.view(0, matrix, new long[] {1, 0}),
        y.view(0, matrix, new long[] {width, 1}));
  }

  void softmaxBackward(boolean logarithm, Block y, Block dy, Block dx) {
    long width = y.size(-1);
    long rows = y.count() / width;
    backward.key().start(rows).add(width).add(logarithm).add(y.type());
    Call call = backward.get(() -> makeBackward(y.type(), rows, width, logarithm));
    Copies copies = context.copies();
    Block to = copies.rowMajorResult(dx);
    call.run(copies.rowMajor(y), copies.rowMajor(dy), to);
    copies.home(to, dx);
    context.count("softmaxBackward", call);
  }

  private Call makeForward(ElementType type, ElementType result, long rows, long width) {
    try (Build build = context.build("softmax of [" + rows + ", " + width + "]")) {
      dnnl_memory_desc from = build.numbers(type, rows, width);
      dnnl_memory_desc to = build.numbers(result, rows, width);
      dnnl_primitive_desc descriptor = forward(build, from, to, false);
      return build.argument(DNNL_ARG_SRC, from).argument(DNNL_ARG_DST, to).call(descriptor);
    }
  }

  private Call makeBackward(ElementType type, long rows, long width, boolean logarithm) {
    try (Build build = context.build("gradient of softmax of [" + rows + ", " + width + "]")) {
      dnnl_memory_desc matrix = build.numbers(type, rows, width);
      dnnl_primitive_desc hint = forward(build, matrix, matrix, logarithm);
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
      Build build, dnnl_memory_desc from, dnnl_memory_desc to, boolean logarithm) {
    dnnl_primitive_desc descriptor = build.descriptor();
    build.need(
        dnnl_softmax_forward_primitive_desc_create(
            descriptor,
            build.engine(),
            dnnl_forward_training,
            algorithm(logarithm),
            from,
            to,
            1,
            build.attributes()),
        descriptor);
    return descriptor;
  }

  private static int algorithm(boolean logarithm) {
    return logarithm ? dnnl_softmax_log : dnnl_softmax_accurate;
  }
}
