package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.memory.Block;

/** Choices by a mask. */
final class Masks {

  private final Context context;
  private final Plans<Call> plans;

  Masks(Context context) {
    this.context = context;
    this.plans = context.plans();
  }

  void where(Block mask, Block a, Block b, Block y) {
    Axes axes = Axes.of(mask, a, b, y);
    Copies copies = context.copies();
    Block to = copies.runResult(axes, 3, y);
    long count = axes.count();
    plans.key().start(count);
    Call call = plans.get(() -> make(count));
    call.run(
        copies.run(axes, 1, a, null),
        copies.run(axes, 2, b, null),
        copies.run(axes, 0, mask, null),
        to);
    copies.home(to, axes, 3, y);
    context.count("where", call);
  }

  private Call make(long count) {
    try (Build build = context.build("choice among " + count + " pairs")) {
      long[] sizes = {1, count};
      dnnl_memory_desc run = build.floats(sizes);
      dnnl_memory_desc mask = build.strided(dnnl_s8, sizes, new long[] {count, 1});
      dnnl_primitive_desc descriptor = build.descriptor();
      build.need(
          dnnl_binary_primitive_desc_create_v2(
              descriptor,
              build.engine(),
              dnnl_binary_select,
              run,
              run,
              mask,
              run,
              build.attributes()),
          descriptor);
      return build
          .argument(DNNL_ARG_SRC_0, run)
          .argument(DNNL_ARG_SRC_1, run)
          .argument(DNNL_ARG_SRC_2, mask)
          .argument(DNNL_ARG_DST, run)
          .call(descriptor);
    }
  }
}
