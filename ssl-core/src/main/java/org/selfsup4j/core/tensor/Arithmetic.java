package org.selfsup4j.core.tensor;

import java.util.Locale;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Element by element: one number in, one number out, and two numbers in with broadcasting. */
public final class Arithmetic {

  private Arithmetic() {}

  /** {@code f(x)}; {@code a} and {@code b} are the settings of {@code f}. */
  public static Tensor unary(Unary f, double a, double b, Tensor x) {
    Operation op = Operation.of(name(f), x);
    if (f == Unary.RELU || f == Unary.GELU || f == Unary.GELU_TANH) {
      op.activationType(1);
    } else {
      op.sameRealType();
    }
    Tensor y = op.resultLike(x, x.type(), x.shape());
    op.kernels().unary(f, a, b, x.block(), y.block());
    return op.record(
        y, g -> g.kernels().unaryBackward(f, a, b, x.block(), g.upstream(), g.target(0)));
  }

  /** {@code a x + b}. */
  public static Tensor linear(Tensor x, double a, double b) {
    return unary(Unary.LINEAR, a, b, x);
  }

  /** {@code x} limited to {@code [low, high]}. */
  public static Tensor clip(Tensor x, double low, double high) {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "clip: low " + low + " is above high " + high + ": exchange them");
    }
    return unary(Unary.CLIP, low, high, x);
  }

  /** The larger of both, broadcast; where they are equal each gets half of the gradient. */
  public static Tensor maximum(Tensor a, Tensor b) {
    return binary(Binary.MAXIMUM, a, b);
  }

  /** The smaller of both, broadcast; where they are equal each gets half of the gradient. */
  public static Tensor minimum(Tensor a, Tensor b) {
    return binary(Binary.MINIMUM, a, b);
  }

  /** Where {@code a > b}: BOOL, broadcast. */
  public static Tensor greater(Tensor a, Tensor b) {
    return compare(Binary.GREATER, a, b);
  }

  /** Where {@code a >= b}: BOOL, broadcast. */
  public static Tensor greaterOrEqual(Tensor a, Tensor b) {
    return compare(Binary.GREATER_EQUAL, a, b);
  }

  /** Where {@code a == b}: BOOL, broadcast. */
  public static Tensor equal(Tensor a, Tensor b) {
    return compare(Binary.EQUAL, a, b);
  }

  /** {@code a} where the BOOL {@code mask} is true, else {@code b}; all three are broadcast. */
  public static Tensor where(Tensor mask, Tensor a, Tensor b) {
    Operation op = Operation.of("where", mask, a, b);
    if (mask.type() != ElementType.BOOL || a.type() != b.type()) {
      throw new IllegalArgumentException(
          "where: the mask must be BOOL and both values of one type, got "
              + mask.type()
              + ", "
              + a.type()
              + ", "
              + b.type());
    }
    Shape shape =
        Shape.broadcast("where", mask.shape(), Shape.broadcast("where", a.shape(), b.shape()));
    Tensor y = op.resultLike(a, a.type(), shape);
    Block m = mask.block().broadcast(shape.raw());
    op.kernels()
        .where(m, a.block().broadcast(shape.raw()), b.block().broadcast(shape.raw()), y.block());
    return op.record(
        y,
        g -> {
          Block zero = g.scratch(a.type());
          g.kernels().fill(zero, 0);
          Block none = zero.broadcast(shape.raw());
          if (g.wanted(1)) {
            reduceInto(g, 1, a, shape, d -> g.kernels().where(m, g.upstream(), none, d));
          }
          if (g.wanted(2)) {
            reduceInto(g, 2, b, shape, d -> g.kernels().where(m, none, g.upstream(), d));
          }
        });
  }

  /** {@code f(a, b)}, broadcast. */
  public static Tensor binary(Binary f, Tensor a, Tensor b) {
    if (f.isComparison()) {
      return compare(f, a, b);
    }
    Operation op = Operation.of(name(f), a, b);
    if (f == Binary.ADD) {
      op.activationType(2);
    } else {
      op.sameRealType();
    }
    Shape shape = Shape.broadcast(op.name(), a.shape(), b.shape());
    boolean asB = b.shape().equals(shape) && !a.shape().equals(shape);
    Tensor y = op.resultLike(asB || a.rank() < shape.rank() ? b : a, a.type(), shape);
    Block wideA = a.block().broadcast(shape.raw());
    Block wideB = b.block().broadcast(shape.raw());
    op.kernels().binary(f, wideA, wideB, y.block());
    return op.record(
        y,
        g -> {
          Block dy = g.upstream();
          Kernels k = g.kernels();
          switch (f) {
            case ADD -> {
              shareOrReduce(g, 0, a, shape);
              shareOrReduce(g, 1, b, shape);
            }
            case SUBTRACT -> {
              shareOrReduce(g, 0, a, shape);
              reduceInto(g, 1, b, shape, d -> k.unary(Unary.LINEAR, -1, 0, dy, d));
            }
            case MULTIPLY -> {
              reduceInto(g, 0, a, shape, d -> k.binary(Binary.MULTIPLY, dy, wideB, d));
              reduceInto(g, 1, b, shape, d -> k.binary(Binary.MULTIPLY, dy, wideA, d));
            }
            case DIVIDE -> {
              reduceInto(g, 0, a, shape, d -> k.binary(Binary.DIVIDE, dy, wideB, d));
              reduceInto(
                  g,
                  1,
                  b,
                  shape,
                  d -> { // -dy y / b
                    k.binary(Binary.MULTIPLY, dy, y.block(), d);
                    k.binary(Binary.DIVIDE, d, wideB, d);
                    k.unary(Unary.LINEAR, -1, 0, d, d);
                  });
            }
            case MAXIMUM -> chosen(g, a, b, wideA, wideB, shape);
            case MINIMUM -> chosen(g, a, b, wideB, wideA, shape);
            default -> throw new AssertionError(f);
          }
        });
  }

  /** Gradients of a choice: a is taken where {@code first > second}, half where equal. */
  private static void chosen(
      Gradients g, Tensor a, Tensor b, Block first, Block second, Shape shape) {
    for (int input = 0; input < 2; input++) {
      Block above = input == 0 ? first : second;
      Block below = input == 0 ? second : first;
      reduceInto(
          g,
          input,
          input == 0 ? a : b,
          shape,
          d -> {
            Kernels k = g.kernels();
            Block mask = g.scratch(ElementType.BOOL, shape.raw());
            Block share = g.scratch(a.type(), shape.raw());
            k.binary(Binary.GREATER, above, below, mask);
            k.copy(mask, d);
            k.binary(Binary.GREATER_EQUAL, above, below, mask);
            k.copy(mask, share);
            k.addScaled(0.5, share, 0.5, d); // 1 above, 1/2 where equal, 0 below
            k.binary(Binary.MULTIPLY, d, g.upstream(), d);
          });
    }
  }

  private static Tensor compare(Binary f, Tensor a, Tensor b) {
    Operation op = Operation.of(name(f), a, b);
    if (a.type() != b.type()) {
      throw new IllegalArgumentException(
          op.name() + ": operands are " + a.type() + " and " + b.type() + ": use to(type)");
    }
    if (a.type() == ElementType.BOOL && f != Binary.EQUAL) {
      throw new IllegalArgumentException(op.name() + ": masks have no order: use to(type)");
    }
    Shape shape = Shape.broadcast(op.name(), a.shape(), b.shape());
    Tensor y = op.result(ElementType.BOOL, shape);
    op.kernels()
        .binary(f, a.block().broadcast(shape.raw()), b.block().broadcast(shape.raw()), y.block());
    return y;
  }

  /** Writes a gradient of the broadcast shape. */
  interface Writer {
    void write(Block gradient);
  }

  /** The gradient of an operand that was only repeated. */
  static void shareOrReduce(Gradients g, int input, Tensor x, Shape wide) {
    if (x.shape().equals(wide)) {
      g.share(input, g.upstream());
    } else if (g.wanted(input)) {
      sum(g, g.upstream(), g.target(input));
    }
  }

  /**
   * Lets {@code writer} write the gradient of the broadcast operand, and sums what was repeated.
   */
  static void reduceInto(Gradients g, int input, Tensor x, Shape wide, Writer writer) {
    if (!g.wanted(input)) {
      return;
    }
    if (x.shape().equals(wide)) {
      writer.write(g.target(input));
    } else {
      Block gradient = g.scratch(x.type(), wide.raw());
      writer.write(gradient);
      sum(g, gradient, g.target(input));
    }
  }

  /** Sums {@code from} over the axes that {@code to} lacks or has with size 1. */
  private static void sum(Gradients g, Block from, Block to) {
    int rank = from.rank();
    long[] shape = new long[rank];
    long[] strides = new long[rank];
    int lead = rank - to.rank();
    for (int i = 0; i < rank; i++) {
      shape[i] = i < lead ? 1 : to.shape()[i - lead];
      strides[i] = i < lead ? 1 : to.strides()[i - lead];
    }
    g.kernels().reduce(Reduction.SUM, from, to.view(0, shape, strides));
  }

  /** What messages call an operation: the method's name, not the kernel's. */
  private static String name(Unary f) {
    return f == Unary.LINEAR ? "scale" : camelCase(f.name());
  }

  private static String name(Binary f) {
    return switch (f) {
      case ADD -> "plus";
      case SUBTRACT -> "minus";
      case MULTIPLY -> "times";
      case DIVIDE -> "dividedBy";
      case GREATER_EQUAL -> "greaterOrEqual";
      default -> camelCase(f.name());
    };
  }

  private static String camelCase(String constant) {
    String name = constant.toLowerCase(Locale.ROOT);
    int cut = name.indexOf('_');
    return cut < 0
        ? name
        : name.substring(0, cut)
            + Character.toUpperCase(name.charAt(cut + 1))
            + name.substring(cut + 2);
  }
}
