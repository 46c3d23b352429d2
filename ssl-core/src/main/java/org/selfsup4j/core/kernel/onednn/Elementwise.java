package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * Functions of one number. oneDNN's fast code wants one run of memory, so other layouts are copied
 * into the order of the result first.
 */
final class Elementwise {

  private final Context context;
  private final Plans<Call> forward;
  private final Plans<Call> backward;

  Elementwise(Context context) {
    this.context = context;
    this.forward = context.plans();
    this.backward = context.plans();
  }

  /** Whether oneDNN computes {@code f} as the contract says, within rounding. */
  static boolean serves(Unary f) {
    return f != Unary.LOG; // oneDNN's logarithm is off by up to 3e-6
  }

  /** Whether oneDNN computes the derivative of {@code f} as the contract says. */
  static boolean servesBackward(Unary f) {
    return f != Unary.CLIP; // oneDNN's is 0 on the borders
  }

  void unary(Unary f, double a, double b, Block x, Block y) {
    Axes axes = Axes.of(x, y);
    Block to = context.copies().runResult(axes, 1, y);
    Block from = context.copies().run(axes, 0, x, to);
    Call call = run(f, a, b, from, to, axes.count());
    context.copies().home(to, axes, 1, y);
    context.count("unary", call);
  }

  /** The function of {@code count} numbers that follow one another. */
  Call run(Unary f, double a, double b, Block from, Block to, long count) {
    describe(forward.key(), from.type(), f, a, b, count);
    Call call = forward.get(() -> makeForward(from.type(), f, (float) a, (float) b, count));
    if (f == Unary.RELU) {
      call.run(from, context.constants().scalar(0, 0), to, from);
    } else {
      call.run(from, to);
    }
    return call;
  }

  void unaryBackward(Unary f, double a, double b, Block x, Block dy, Block dx) {
    Axes axes = Axes.of(x, dy, dx);
    Block to = context.copies().runResult(axes, 2, dx);
    Block input = context.copies().run(axes, 0, x, null);
    Block gradient = context.copies().run(axes, 1, dy, null); // not in dx: that may be x
    long count = axes.count();
    describe(backward.key(), dx.type(), f, a, b, count);
    Call call = backward.get(() -> makeBackward(dx.type(), f, (float) a, (float) b, count));
    call.run(input, gradient, to);
    context.copies().home(to, axes, 2, dx);
    context.count("unaryBackward", call);
  }

  private static void describe(Key key, ElementType type, Unary f, double a, double b, long count) {
    float alpha = alpha(f, (float) a);
    key.start(algorithm(f)).add((double) alpha).add((double) beta(f, (float) a, (float) b));
    key.add(count).add(type);
  }

  private Call makeForward(ElementType type, Unary f, float a, float b, long count) {
    if (f == Unary.RELU) {
      return makeRelu(type, count);
    }
    try (Build build = context.build(f + " of " + count + " numbers")) {
      dnnl_memory_desc run = build.numbers(type, count);
      dnnl_primitive_desc descriptor = forward(build, f, a, b, run);
      return build.argument(DNNL_ARG_SRC, run).argument(DNNL_ARG_DST, run).call(descriptor);
    }
  }

  /**
   * {@code max(max(x, 0), x)}. oneDNN's own relu makes 0 of not-a-number, and a run that diverges
   * would go on unnoticed; its maximum takes the second operand if one of them is not a number.
   */
  private Call makeRelu(ElementType type, long count) {
    try (Build build = context.build("RELU of " + count + " numbers")) {
      dnnl_memory_desc run = build.numbers(type, 1, count);
      dnnl_memory_desc zero = build.floats(1, 1);
      dnnl_primitive_desc descriptor = build.descriptor();
      Build.PostOperand again = build.thenBinary(dnnl_binary_max, run);
      build.need(
          dnnl_binary_primitive_desc_create(
              descriptor, build.engine(), dnnl_binary_max, run, zero, run, build.attributes()),
          descriptor);
      return build
          .argument(DNNL_ARG_SRC_0, run)
          .argument(DNNL_ARG_SRC_1, zero)
          .argument(DNNL_ARG_DST, run)
          .argument(again)
          .call(descriptor);
    }
  }

  private Call makeBackward(ElementType type, Unary f, float a, float b, long count) {
    try (Build build = context.build("derivative of " + f + " at " + count + " numbers")) {
      dnnl_memory_desc run = build.numbers(type, count);
      dnnl_primitive_desc hint = forward(build, f, a, b, run);
      dnnl_primitive_desc descriptor = build.descriptor();
      build.need(
          dnnl_eltwise_backward_primitive_desc_create(
              descriptor,
              build.engine(),
              algorithm(f),
              run,
              run,
              run,
              alpha(f, a),
              beta(f, a, b),
              hint,
              build.attributes()),
          descriptor);
      return build
          .argument(DNNL_ARG_SRC, run)
          .argument(DNNL_ARG_DIFF_DST, run)
          .argument(DNNL_ARG_DIFF_SRC, run)
          .call(descriptor);
    }
  }

  private static dnnl_primitive_desc forward(
      Build build, Unary f, float a, float b, dnnl_memory_desc run) {
    dnnl_primitive_desc descriptor = build.descriptor();
    build.need(
        dnnl_eltwise_forward_primitive_desc_create(
            descriptor,
            build.engine(),
            dnnl_forward_training,
            algorithm(f),
            run,
            run,
            alpha(f, a),
            beta(f, a, b),
            build.attributes()),
        descriptor);
    return descriptor;
  }

  /** oneDNN's name of a function. */
  static int algorithm(Unary f) {
    return switch (f) {
      case LINEAR -> dnnl_eltwise_linear;
      case EXP -> dnnl_eltwise_exp;
      case LOG -> dnnl_eltwise_log;
      case SQRT -> dnnl_eltwise_sqrt;
      case ABS -> dnnl_eltwise_abs;
      case POWER -> dnnl_eltwise_pow;
      case TANH -> dnnl_eltwise_tanh;
      case SIGMOID -> dnnl_eltwise_logistic;
      case RELU, LEAKY_RELU -> dnnl_eltwise_relu;
      case ELU -> dnnl_eltwise_elu;
      case GELU -> dnnl_eltwise_gelu_erf;
      case GELU_TANH -> dnnl_eltwise_gelu_tanh;
      case SOFTPLUS -> dnnl_eltwise_soft_relu;
      case SILU -> dnnl_eltwise_swish;
      case CLIP -> dnnl_eltwise_clip_v2;
    };
  }

  /** As {@link #algorithm}, with 0 for no function. */
  static long algorithmOrNone(Unary f) {
    return f == null ? 0 : algorithm(f);
  }

  private static float alpha(Unary f, float a) {
    return switch (f) {
      case LINEAR, LEAKY_RELU, ELU, CLIP -> a;
      case POWER, SOFTPLUS, SILU -> 1; // factors that the contract does not have
      default -> 0;
    };
  }

  private static float beta(Unary f, float a, float b) {
    return switch (f) {
      case LINEAR, CLIP -> b;
      case POWER -> a;
      default -> 0;
    };
  }
}
