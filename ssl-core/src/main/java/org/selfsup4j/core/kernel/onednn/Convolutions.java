package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/**
 * Convolutions and their two gradients. Activations are channels-last (others are copied), weights
 * are plain and repacked in each call to the layout that the kernel wants.
 */
final class Convolutions {

  private final Context context;
  private final Plans<ConvolutionPlan> forward;
  private final Plans<ConvolutionPlan> input;
  private final Plans<ConvolutionPlan> weights;
  private final PointProducts points;

  Convolutions(Context context, Products products) {
    this.context = context;
    this.points = new PointProducts(context, products);
    this.forward = context.plans();
    this.input = context.plans();
    this.weights = context.plans();
  }

  /**
   * The convolution, and the repacking of its weights from or to the plain layout.
   *
   * @param call null where oneDNN gets such a convolution wrong, and where products compute it
   * @param packedBytes what the repacked weights take; 0 if the plain layout is the wanted one
   * @param byPoint whether {@link PointProducts} compute it
   */
  private record ConvolutionPlan(Call call, Call repack, long packedBytes, boolean byPoint)
      implements Plan {
    static final ConvolutionPlan NONE = new ConvolutionPlan(null, null, 0, false);
    static final ConvolutionPlan BY_POINT = new ConvolutionPlan(null, null, 0, true);

    /** Whether oneDNN has fast and right code. */
    boolean serves() {
      return byPoint || (call != null && !call.isReference());
    }

    @Override
    public void close() {
      if (call != null) {
        call.close();
      }
      if (repack != null) {
        repack.close();
      }
    }
  }

  /**
   * False, and nothing done, where oneDNN has only its plain loops for such a window, or gets it
   * wrong.
   */
  boolean convolution(Window window, int groups, Block x, Block w, Epilogue epilogue, Block y) {
    ConvolutionSizes sizes = new ConvolutionSizes(window, groups, x, w, y);
    Key key = forward.key().start(epilogue.bias() != null ? 1 : 0);
    key.add(Elementwise.algorithmOrNone(epilogue.activation()));
    key.add(epilogue.residual() != null).add(epilogue.factor());
    sizes.describe(key);
    ConvolutionPlan plan = forward.get(() -> makeForward(sizes, epilogue));
    if (!plan.serves()) {
      return false;
    }
    Copies copies = context.copies();
    Block from = copies.channelsLast(x, ConvolutionSizes.factors(x.type(), w.type()));
    Block to = copies.channelsLastResult(y);
    Block packed = pack(plan, w);
    Block[] operands = {from, packed, to, null, null};
    int n = 3;
    if (epilogue.bias() != null) {
      operands[n++] = copies.rowMajor(epilogue.bias());
    }
    if (epilogue.residual() != null) {
      operands[n++] = copies.channelsLast(epilogue.residual());
    }
    plan.call.run(Arrays.copyOf(operands, n));
    copies.home(to, y);
    context.count("convolution", plan.call);
    return true;
  }

  /** As {@link #convolution}. */
  boolean convolutionInput(Window window, int groups, Block w, Block dy, Block dx) {
    ConvolutionSizes sizes = new ConvolutionSizes(window, groups, dx, w, dy);
    sizes.describe(input.key().start(0));
    ConvolutionPlan plan = input.get(() -> makeInput(sizes));
    if (!plan.serves()) {
      return false;
    }
    Copies copies = context.copies();
    Block from = copies.channelsLast(dy, ConvolutionSizes.factors(dy.type(), w.type()));
    Block to = copies.channelsLastResult(dx);
    plan.call.run(from, pack(plan, w), to);
    copies.home(to, dx);
    context.count("convolutionInput", plan.call);
    return true;
  }

  /** As {@link #convolution}. */
  boolean convolutionWeights(Window window, int groups, Block x, Block dy, Block dw) {
    ConvolutionSizes sizes = new ConvolutionSizes(window, groups, x, dw, dy);
    sizes.describe(weights.key().start(0));
    ConvolutionPlan plan = weights.get(() -> makeWeights(sizes));
    if (!plan.serves()) {
      return false;
    }
    Copies copies = context.copies();
    ElementType type = ConvolutionSizes.factors(x.type(), dy.type());
    Block images = copies.channelsLast(x, type);
    Block gradient = copies.channelsLast(dy, type);
    if (plan.byPoint) {
      points.run(window, images, gradient, dw);
      return true;
    }
    Block plain = copies.rowMajorResult(dw);
    if (plan.repack == null) {
      plan.call.run(images, gradient, plain);
    } else {
      Block packed = context.scratch().takeBytes(plan.packedBytes);
      plan.call.run(images, gradient, packed);
      plan.repack.run(packed, plain);
    }
    copies.home(plain, dw);
    context.count("convolutionWeights", plan.call);
    return true;
  }

  private Block pack(ConvolutionPlan plan, Block w) {
    Block plain = context.copies().rowMajor(w);
    if (plan.repack == null) {
      return plain;
    }
    Block packed = context.scratch().takeBytes(plan.packedBytes);
    plan.repack.run(plain, packed);
    return packed;
  }

  private ConvolutionPlan makeForward(ConvolutionSizes sizes, Epilogue epilogue) {
    if (sizes.miscomputed()) {
      return ConvolutionPlan.NONE;
    }
    try (Build build = context.build(sizes.toString())) {
      ElementType type = ConvolutionSizes.factors(sizes.typeX, sizes.typeW);
      dnnl_memory_desc x = images(build, type, sizes.x);
      dnnl_memory_desc y = images(build, sizes.typeY, sizes.y);
      dnnl_memory_desc w = build.any(type, sizes.grouped());
      dnnl_memory_desc bias = epilogue.bias() == null ? null : build.floats(sizes.w[0]);
      if (epilogue.factor() != 1) {
        build.thenEltwise(dnnl_eltwise_linear, (float) epilogue.factor(), 0);
      }
      if (epilogue.activation() != null) {
        build.thenEltwise(Elementwise.algorithm(epilogue.activation()), 0, 0);
      }
      Build.PostOperand added =
          epilogue.residual() == null ? null : build.thenBinary(dnnl_binary_add, y);
      dnnl_primitive_desc descriptor =
          build.chosen(
              d -> forward(build, sizes, x, w, bias, y, d),
              first -> sizes.choice().forward(first, sizes.y[3]));
      dnnl_memory_desc packed = Build.query(descriptor, dnnl_query_weights_md);
      build.argument(DNNL_ARG_SRC, x).argument(DNNL_ARG_WEIGHTS, packed).argument(DNNL_ARG_DST, y);
      if (bias != null) {
        build.argument(DNNL_ARG_BIAS, bias);
      }
      if (added != null) {
        build.argument(added);
      }
      return withPacking(build, sizes, packed, build.call(descriptor), true);
    }
  }

  private static int forward(
      Build build,
      ConvolutionSizes sizes,
      dnnl_memory_desc x,
      dnnl_memory_desc w,
      dnnl_memory_desc bias,
      dnnl_memory_desc y,
      dnnl_primitive_desc descriptor) {
    return dnnl_convolution_forward_primitive_desc_create(
        descriptor,
        build.engine(),
        dnnl_forward_training,
        dnnl_convolution_direct,
        x,
        w,
        bias,
        y,
        sizes.moves().strides(),
        sizes.moves().dilations(),
        sizes.moves().before(),
        sizes.moves().after(),
        build.attributes());
  }

  private ConvolutionPlan makeInput(ConvolutionSizes sizes) {
    if (sizes.miscomputedInput()) {
      return ConvolutionPlan.NONE;
    }
    try (Build build = context.build("input gradient of " + sizes)) {
      ElementType type = ConvolutionSizes.factors(sizes.typeY, sizes.typeW);
      dnnl_memory_desc x = images(build, sizes.typeX, sizes.x);
      dnnl_memory_desc y = images(build, type, sizes.y);
      dnnl_memory_desc w = build.any(type, sizes.grouped());
      dnnl_primitive_desc hint = build.descriptor();
      build.need(forward(build, sizes, images(build, type, sizes.x), w, null, y, hint), hint);
      dnnl_primitive_desc descriptor =
          build.chosen(
              d ->
                  dnnl_convolution_backward_data_primitive_desc_create(
                      d,
                      build.engine(),
                      dnnl_convolution_direct,
                      x,
                      w,
                      y,
                      sizes.moves().strides(),
                      sizes.moves().dilations(),
                      sizes.moves().before(),
                      sizes.moves().after(),
                      hint,
                      build.attributes()),
              first -> sizes.choice().input(first, sizes.x[1], sizes.x[3]));
      dnnl_memory_desc packed = Build.query(descriptor, dnnl_query_weights_md);
      build
          .argument(DNNL_ARG_DIFF_DST, y)
          .argument(DNNL_ARG_WEIGHTS, packed)
          .argument(DNNL_ARG_DIFF_SRC, x);
      return withPacking(build, sizes, packed, build.call(descriptor), true);
    }
  }

  private ConvolutionPlan makeWeights(ConvolutionSizes sizes) {
    if (sizes.miscomputedWeights()) {
      return ConvolutionPlan.NONE;
    }
    try (Build build = context.build("weight gradient of " + sizes)) {
      ElementType type = ConvolutionSizes.factors(sizes.typeX, sizes.typeY);
      dnnl_memory_desc x = images(build, type, sizes.x);
      dnnl_memory_desc y = images(build, type, sizes.y);
      dnnl_memory_desc w = build.any(type, sizes.grouped());
      dnnl_primitive_desc hint = build.descriptor();
      build.need(forward(build, sizes, x, w, null, y, hint), hint);
      dnnl_primitive_desc descriptor = build.descriptor();
      build.need(
          dnnl_convolution_backward_weights_primitive_desc_create(
              descriptor,
              build.engine(),
              dnnl_convolution_direct,
              x,
              build.any(sizes.typeW, sizes.grouped()),
              null,
              y,
              sizes.moves().strides(),
              sizes.moves().dilations(),
              sizes.moves().before(),
              sizes.moves().after(),
              hint,
              build.attributes()),
          descriptor);
      if (sizes.weightsByPoint(Build.implementation(descriptor))) {
        return ConvolutionPlan.BY_POINT;
      }
      dnnl_memory_desc packed = Build.query(descriptor, dnnl_query_diff_weights_md);
      build
          .argument(DNNL_ARG_SRC, x)
          .argument(DNNL_ARG_DIFF_DST, y)
          .argument(DNNL_ARG_DIFF_WEIGHTS, packed);
      return withPacking(build, sizes, packed, build.call(descriptor), false);
    }
  }

  private ConvolutionPlan withPacking(
      Build build, ConvolutionSizes sizes, dnnl_memory_desc packed, Call call, boolean toPacked) {
    dnnl_memory_desc plain = build.numbers(sizes.typeW, sizes.grouped());
    if (dnnl_memory_desc_equal(plain, packed) != 0) {
      return new ConvolutionPlan(call, null, 0, false);
    }
    try (Build other = context.build("repacking of weights of " + sizes)) {
      Call repack =
          toPacked ? Copies.reorder(other, plain, packed) : Copies.reorder(other, packed, plain);
      return new ConvolutionPlan(call, repack, dnnl_memory_desc_get_size(packed), false);
    }
  }

  private static dnnl_memory_desc images(Build build, ElementType type, long[] shape) {
    return build.numbers(type, shape, Strides.channelsLast(shape));
  }
}
