package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * The gradients of a linear layer for weights and bias as one inner product: oneDNN adds the rows
 * up while the product reads them, for a fifth of what a sum of its own costs.
 */
final class LinearWeights {

  private final Context context;
  private final Plans<Call> plans;

  LinearWeights(Context context) {
    this.context = context;
    this.plans = context.plans();
  }

  /** False, and nothing done, where the product and a sum are the better way. */
  boolean run(Block x, Block dy, Block dw, Block db, int threads) {
    boolean dense = x.isContiguous() && dy.isContiguous() && dw.isContiguous() && db.isContiguous();
    boolean mixed = x.type() == dy.type() && Copies.isFloating(x.type());
    if (!dense || !mixed || db.type() != ElementType.FLOAT || isSmall(x) || isSmall(dy)) {
      return false;
    }
    if (dw.type() != ElementType.FLOAT || Products.isLongAndLow(dy.transposed(), x, dw)) {
      return false;
    }
    plans.key().start(threads).add(x.type()).add(x.shape()).add(dy.shape());
    Call call = plans.get(() -> make(x.type(), x.size(0), x.size(1), dy.size(1), threads));
    if (call.isReference()) {
      return false;
    }
    call.run(x, dy, dw, db);
    context.count("linearWeights", call);
    return true;
  }

  /** A single row or column is a transposed one too, and oneDNN may take it for the other. */
  private static boolean isSmall(Block matrix) {
    return matrix.size(0) == 1 || matrix.size(1) == 1;
  }

  private Call make(ElementType type, long rows, long in, long out, int threads) {
    String description = "gradients of linear weights [" + out + ", " + in + "], rows " + rows;
    try (Build build = context.build(description)) {
      dnnl_memory_desc x = build.numbers(type, rows, in);
      dnnl_memory_desc dy = build.numbers(type, rows, out);
      dnnl_memory_desc dw = build.floats(out, in);
      dnnl_memory_desc db = build.floats(out);
      dnnl_primitive_desc forward = build.descriptor();
      build.need(
          dnnl_inner_product_forward_primitive_desc_create(
              forward,
              build.engine(),
              dnnl_forward_training,
              x,
              build.numbers(type, out, in),
              db,
              dy,
              build.attributes()),
          forward);
      dnnl_primitive_attr attributes = build.attributes();
      dnnl_primitive_desc descriptor =
          build.chosen(
              made ->
                  dnnl_inner_product_backward_weights_primitive_desc_create(
                      made, build.engine(), x, dw, db, dy, forward, attributes),
              first -> ProductChoice.ofLinearWeights(first, in, out, threads));
      return build
          .argument(DNNL_ARG_SRC, x)
          .argument(DNNL_ARG_DIFF_DST, dy)
          .argument(DNNL_ARG_DIFF_WEIGHTS, dw)
          .argument(DNNL_ARG_DIFF_BIAS, db)
          .call(descriptor);
    }
  }
}
