package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.memory.Block;

/** Matrix products with what follows them. */
final class Products {

  private final Context context;
  private final Plans<ProductPlan> plans;

  Products(Context context) {
    this.context = context;
    this.plans = context.plans();
  }

  /**
   * A primitive, and which operands it wants as row-major copies.
   *
   * @param copied one bit for each operand of {@link Product}
   */
  private record ProductPlan(Call call, int copied) implements Plan {
    boolean copies(int operand) {
      return copies(copied, operand);
    }

    static boolean copies(int copied, int operand) {
      return (copied >> operand & 1) != 0;
    }

    @Override
    public void close() {
      call.close();
    }
  }

  void matmul(Block a, Block b, Epilogue epilogue, Block c, boolean accumulate) {
    if (isColumnMajor(c) && epilogue.bias() == null) {
      Block residual = epilogue.residual();
      Epilogue turned =
          new Epilogue(
              null, epilogue.activation(), residual == null ? null : residual.transposed());
      Call call = multiply(b.transposed(), a.transposed(), turned, c.transposed(), accumulate);
      context.count("matmul", call);
    } else {
      context.count("matmul", multiply(a, b, epilogue, c, accumulate));
    }
  }

  private static boolean isColumnMajor(Block c) {
    return c.size(-1) > 1 && c.stride(-1) != 1 && (c.size(-2) == 1 || c.stride(-2) == 1);
  }

  /** The product without a note of the call; returns what computed it. */
  Call multiply(Block a, Block b, Epilogue epilogue, Block c, boolean accumulate) {
    Product product = new Product(a, b, c, epilogue.residual());
    Key key = plans.key().start(accumulate ? 1 : 0);
    key.add(epilogue.bias() != null);
    key.add(Elementwise.algorithmOrNone(epilogue.activation()));
    product.describe(key);
    ProductPlan plan = plans.get(() -> plan(product, epilogue, accumulate));
    run(plan, product, epilogue, accumulate);
    return plan.call;
  }

  private void run(ProductPlan plan, Product product, Epilogue epilogue, boolean accumulate) {
    Copies copies = context.copies();
    Block[] places = new Block[product.operands()];
    for (int k = 0; k < places.length; k++) {
      places[k] = product.view(k);
      if (plan.copies(k)) {
        Block copy = context.scratch().take(product.sizes(k));
        if (k != 2 || accumulate) {
          copies.copy(places[k], copy);
        }
        places[k] = copy;
      }
    }
    if (epilogue.bias() == null) {
      plan.call.run(places);
    } else {
      Block[] withBias = Arrays.copyOf(places, places.length + 1);
      withBias[places.length] = copies.rowMajor(epilogue.bias());
      plan.call.run(withBias);
    }
    if (plan.copies(2)) {
      copies.copy(places[2], product.view(2));
    }
  }

  private ProductPlan plan(Product product, Epilogue epilogue, boolean accumulate) {
    int copied = 0;
    for (int k = 0; k < product.operands(); k++) {
      copied |= product.isPlain(k) ? 0 : 1 << k;
    }
    Call call = make(product, epilogue, accumulate, copied);
    if (call != null && !call.isReference()) {
      return new ProductPlan(call, copied);
    }
    if (call != null) {
      call.close();
    }
    copied = (1 << product.operands()) - 1; // some stride is not to oneDNN's liking
    call = make(product, epilogue, accumulate, copied);
    if (call == null) {
      throw new IllegalStateException("oneDNN has no implementation of a " + product);
    }
    return new ProductPlan(call, copied);
  }

  private Call make(Product product, Epilogue epilogue, boolean accumulate, int copied) {
    try (Build build = context.build(product.toString())) {
      dnnl_memory_desc[] descs = new dnnl_memory_desc[product.operands()];
      for (int k = 0; k < descs.length; k++) {
        boolean copy = ProductPlan.copies(copied, k);
        descs[k] = build.floats(product.sizes(k), copy ? product.dense(k) : product.strides(k));
        if (descs[k] == null) {
          return null;
        }
      }
      build
          .argument(DNNL_ARG_SRC, descs[0])
          .argument(DNNL_ARG_WEIGHTS, descs[1])
          .argument(DNNL_ARG_DST, descs[2]);
      if (accumulate) {
        build.thenSum(1);
      }
      if (epilogue.activation() != null) {
        build.thenEltwise(Elementwise.algorithm(epilogue.activation()), 0, 0);
      }
      if (epilogue.residual() != null) {
        build.argument(build.thenBinary(dnnl_binary_add, descs[3]));
      }
      dnnl_memory_desc bias = null;
      if (epilogue.bias() != null) {
        long[] sizes = new long[product.sizes(2).length];
        Arrays.fill(sizes, 1);
        sizes[sizes.length - 1] = product.columns();
        bias = build.floats(sizes);
        build.argument(DNNL_ARG_BIAS, bias);
      }
      dnnl_primitive_desc descriptor = build.descriptor();
      int status =
          dnnl_matmul_primitive_desc_create(
              descriptor, build.engine(), descs[0], descs[1], bias, descs[2], build.attributes());
      return build.made(status, descriptor) ? build.call(descriptor) : null;
    }
  }
}
