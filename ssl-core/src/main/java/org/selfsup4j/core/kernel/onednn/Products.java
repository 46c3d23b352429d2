package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Matrix products with what follows them. */
final class Products {

  private final Context context;
  private final Plans<ProductPlan> plans;

  Products(Context context) {
    this.context = context;
    this.plans = context.plans();
  }

  /**
   * A primitive, which operands it wants as row-major copies, and the repacking of its right side.
   *
   * @param copied one bit for each operand of {@link Product}
   * @param pack from b as it lies to what the primitive wants; null where it reads b itself
   * @param packedBytes what the repacked b takes
   */
  private record ProductPlan(Call call, int copied, Call pack, long packedBytes) implements Plan {
    boolean copies(int operand) {
      return copies(copied, operand);
    }

    static boolean copies(int copied, int operand) {
      return (copied >> operand & 1) != 0;
    }

    @Override
    public void close() {
      call.close();
      if (pack != null) {
        pack.close();
      }
    }
  }

  void matmul(Block a, Block b, Epilogue epilogue, Block c, boolean accumulate) {
    if (isColumnMajor(c) && epilogue.bias() == null) {
      Block residual = epilogue.residual();
      Epilogue turned =
          new Epilogue(
              epilogue.factor(),
              null,
              epilogue.activation(),
              residual == null ? null : residual.transposed());
      Call call = multiply(b.transposed(), a.transposed(), turned, c.transposed(), accumulate);
      context.count("matmul", call);
    } else if (isLongAndLow(a, b, c) && epilogue.equals(Epilogue.NONE) && !accumulate) {
      Block turned = context.scratch().take(c.type(), c.size(-1), c.size(-2));
      context.count(
          "matmul", multiply(b.transposed(), a.transposed(), Epilogue.NONE, turned, false));
      context.copies().copy(turned.transposed(), c);
    } else {
      context.count("matmul", multiply(a, b, epilogue, c, accumulate));
    }
  }

  /**
   * Few rows as the sum of very many products, as in the gradient of a weight that widens: in
   * BFLOAT16 oneDNN takes a sixth less for the transposed result, and turning that costs nothing
   * beside it. In FLOAT another implementation serves: {@link ProductChoice}.
   */
  static boolean isLongAndLow(Block a, Block b, Block c) {
    return c.rank() == 2
        && a.type() == ElementType.BFLOAT16
        && c.size(0) <= 128
        && c.size(1) >= 4 * c.size(0)
        && a.size(1) >= 8 * c.size(1)
        && a.stride(1) != 1 // both as activations and gradients lie
        && b.stride(1) == 1;
  }

  private static boolean isColumnMajor(Block c) {
    return c.size(-1) > 1 && c.stride(-1) != 1 && (c.size(-2) == 1 || c.stride(-2) == 1);
  }

  /** The product without a note of the call; returns what computed it. */
  Call multiply(Block a, Block b, Epilogue epilogue, Block c, boolean accumulate) {
    Product product = new Product(a, b, c, epilogue.residual());
    Key key = plans.key().start(accumulate ? 1 : 0);
    key.add(epilogue.bias() != null);
    key.add(Elementwise.algorithmOrNone(epilogue.activation())).add(epilogue.factor());
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
      if (k == 1 && plan.pack != null) {
        Block packed = context.scratch().takeBytes(plan.packedBytes);
        plan.pack.run(places[k], packed);
        places[k] = packed;
      } else if (plan.copies(k)) {
        Block copy = context.scratch().take(product.computedType(k), product.sizes(k));
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
    ProductPlan plan = make(product, epilogue, accumulate, copied, product.packsRight());
    if (plan != null && !plan.call.isReference()) {
      return plan;
    }
    if (plan != null) {
      plan.close();
    }
    copied = (1 << product.operands()) - 1; // some stride is not to oneDNN's liking
    plan = make(product, epilogue, accumulate, copied, false);
    if (plan == null) {
      throw new IllegalStateException("oneDNN has no implementation of a " + product);
    }
    return plan;
  }

  /** Null where oneDNN has no implementation. */
  private ProductPlan make(
      Product product, Epilogue epilogue, boolean accumulate, int copied, boolean packRight) {
    try (Build build = context.build(product.toString())) {
      dnnl_memory_desc[] descs = layouts(build, product, copied, packRight);
      if (descs == null) {
        return null;
      }
      Build.PostOperand residual = follow(build, epilogue, accumulate, descs);
      dnnl_memory_desc bias = epilogue.bias() == null ? null : bias(build, product);
      ProductChoice choice = new ProductChoice(product, epilogue, accumulate);
      dnnl_primitive_attr attributes = build.attributes();
      dnnl_primitive_desc descriptor =
          build.chosenIfAny(
              made ->
                  dnnl_matmul_primitive_desc_create(
                      made, build.engine(), descs[0], descs[1], bias, descs[2], attributes),
              choice::of);
      if (descriptor == null) {
        return null;
      }
      dnnl_memory_desc right = Build.query(descriptor, dnnl_query_weights_md);
      build
          .argument(DNNL_ARG_SRC, descs[0])
          .argument(DNNL_ARG_WEIGHTS, right)
          .argument(DNNL_ARG_DST, descs[2]);
      if (residual != null) {
        build.argument(residual);
      }
      if (bias != null) {
        build.argument(DNNL_ARG_BIAS, bias);
      }
      Call call = build.call(descriptor);
      if (!packRight) {
        return new ProductPlan(call, copied, null, 0);
      }
      try (Build other = context.build("repacking of the right side of a " + product)) {
        dnnl_memory_desc plain =
            other.numbers(product.type(1), product.sizes(1), product.strides(1));
        if (dnnl_memory_desc_equal(plain, right) != 0) {
          return new ProductPlan(call, copied, null, 0);
        }
        Call pack = Copies.reorder(other, plain, right);
        return new ProductPlan(call, copied, pack, dnnl_memory_desc_get_size(right));
      }
    }
  }

  /** Of all operands; null where oneDNN does not take the strides of one. */
  private static dnnl_memory_desc[] layouts(
      Build build, Product product, int copied, boolean packRight) {
    dnnl_memory_desc[] descs = new dnnl_memory_desc[product.operands()];
    for (int k = 0; k < descs.length; k++) {
      boolean copy = ProductPlan.copies(copied, k);
      descs[k] =
          k == 1 && packRight
              ? build.any(product.computedType(k), product.sizes(k))
              : build.numbers(
                  product.computedType(k),
                  product.sizes(k),
                  copy ? product.dense(k) : product.strides(k));
      if (descs[k] == null) {
        return null;
      }
    }
    return descs;
  }

  /** What is to follow the product; the residual as an operand, or null. */
  private static Build.PostOperand follow(
      Build build, Epilogue epilogue, boolean accumulate, dnnl_memory_desc... descs) {
    if (accumulate) {
      build.thenSum(1);
    }
    if (epilogue.factor() != 1) {
      build.thenEltwise(dnnl_eltwise_linear, (float) epilogue.factor(), 0);
    }
    if (epilogue.activation() != null) {
      build.thenEltwise(Elementwise.algorithm(epilogue.activation()), 0, 0);
    }
    return epilogue.residual() == null ? null : build.thenBinary(dnnl_binary_add, descs[3]);
  }

  private static dnnl_memory_desc bias(Build build, Product product) {
    long[] sizes = new long[product.sizes(2).length];
    Arrays.fill(sizes, 1);
    sizes[sizes.length - 1] = product.columns();
    return build.floats(sizes);
  }
}
