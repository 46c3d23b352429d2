package org.selfsup4j.core.kernel.nd4j;

import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erfc;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Functions of one and two numbers, composed so that they neither overflow nor cancel. */
final class Elementwise {

  private static final double TANH_GELU = Math.sqrt(2 / Math.PI);
  private static final double TANH_GELU_CUBE = 0.044715; // Hendrycks and Gimpel 2016, section 2

  private final Ops ops;
  private final Scratch scratch;

  Elementwise(Ops ops, Scratch scratch) {
    this.ops = ops;
    this.scratch = scratch;
  }

  /** {@code y = f(x)}. */
  void unary(Unary f, double a, double b, Block x, Block y) {
    switch (f) {
      case LINEAR -> linear(a, b, x, y);
      case EXP -> ops.apply(Exp::new, x, y);
      case LOG -> ops.apply(Log::new, x, y);
      case SQRT -> ops.apply(Sqrt::new, x, y);
      case ABS -> ops.apply(Abs::new, x, y);
      case POWER -> power(a, x, y);
      case TANH -> ops.apply(Tanh::new, x, y);
      case SIGMOID -> ops.apply(Sigmoid::new, x, y);
      case RELU -> relu(x, y);
      case LEAKY_RELU -> ops.leaky(x, a, y);
      case ELU -> elu(a, x, y);
      case GELU -> {
        Block t = scratch.like(y);
        twicePhi(x, t); // 2 Phi(x)
        ops.multiply(t, x, t);
        ops.scale(t, 0.5, y);
      }
      case GELU_TANH -> {
        Block t = scratch.like(y);
        tanhGeluGate(x, t);
        ops.multiply(t, x, y);
      }
      case SOFTPLUS -> softplus(x, y);
      case SILU -> {
        Block t = scratch.like(y);
        ops.apply(Sigmoid::new, x, t);
        ops.multiply(t, x, y);
      }
      case CLIP -> {
        bounded("maximum", a, x, y);
        bounded("minimum", b, y, y);
      }
    }
  }

  /** {@code y = f(a, b)}. */
  void binary(Binary f, Block a, Block b, Block y) {
    String name =
        switch (f) {
          case ADD -> "add";
          case SUBTRACT -> "subtract";
          case MULTIPLY -> "multiply";
          case DIVIDE -> "divide";
          case MAXIMUM -> "maximum";
          case MINIMUM -> "minimum";
          case GREATER -> "greater";
          case GREATER_EQUAL -> "greater_equal";
          case EQUAL -> "equals";
        };
    ops.combine(name, a, b, y);
  }

  /** {@code y = alpha x + beta y}. */
  void addScaled(double alpha, Block x, double beta, Block y) {
    if (beta == 0) {
      linear(alpha, 0, x, y);
      return;
    }
    Block term = x;
    if (alpha != 1) {
      term = scratch.like(y);
      ops.scale(x, alpha, term);
    }
    if (beta == 1) {
      ops.add(y, term, y);
    } else {
      Block old = scratch.like(y); // y may be x itself
      ops.scale(y, beta, old);
      ops.add(old, term, y);
    }
  }

  /**
   * {@code y = mask ? a : b}. What is not chosen is replaced, not multiplied by 0: it may be
   * infinite or not a number. ND4J's own select goes element by element on one thread.
   */
  void where(Block mask, Block a, Block b, Block y) {
    // Whole numbers stand in for BOOL, which has no sum.
    ElementType type = y.type() == ElementType.BOOL ? ElementType.INT64 : y.type();
    Block chosen = scratch.like(type, y);
    Block rest = scratch.like(type, y);
    ops.copy(mask, chosen);
    linear(-1, 1, chosen, rest);
    ops.replaceWhere(chosen, 1, converted(a, type), chosen); // mask ? a : 0
    ops.replaceWhere(rest, 1, converted(b, type), rest); // mask ? 0 : b
    if (y.type() == type) {
      ops.add(chosen, rest, y);
    } else {
      ops.add(chosen, rest, chosen);
      ops.copy(chosen, y);
    }
  }

  private Block converted(Block x, ElementType type) {
    if (x.type() == type) {
      return x;
    }
    Block copy = scratch.like(type, x);
    ops.copy(x, copy);
    return copy;
  }

  /** {@code y = a x + b}. */
  void linear(double a, double b, Block x, Block y) {
    if (a == 1 && b == 0) {
      ops.copy(x, y);
    } else if (a == 1) {
      ops.shift(x, b, y);
    } else {
      ops.scale(x, a, y);
      if (b != 0) {
        ops.shift(y, b, y);
      }
    }
  }

  /** {@code y = max(x, 0)}; what is not a number stays so. */
  void relu(Block x, Block y) {
    bounded("maximum", 0, x, y);
  }

  /** ND4J's maximum and minimum keep a not-a-number of the second of two equal shapes only. */
  private void bounded(String name, double bound, Block x, Block y) {
    Block full = scratch.like(y);
    ops.fill(full, bound);
    ops.combine(name, full, x, y);
  }

  /** {@code y = x^a}. */
  void power(double a, Block x, Block y) {
    if (a == 1) {
      ops.copy(x, y);
    } else if (a == 2) {
      ops.multiply(x, x, y);
    } else {
      ops.power(x, a, y);
    }
  }

  /** {@code y = erfc(-x / sqrt 2) = 2 Phi(x)}: no cancellation for negative x. */
  void twicePhi(Block x, Block y) {
    ops.scale(x, -Math.sqrt(0.5), y);
    ops.apply(Erfc::new, y, y);
  }

  /** {@code y = (1 + tanh u) / 2 = sigmoid(2 u), u = sqrt(2/pi) (x + 0.044715 x^3)}; y is not x. */
  void tanhGeluGate(Block x, Block y) {
    ops.multiply(x, x, y);
    linear(2 * TANH_GELU * TANH_GELU_CUBE, 2 * TANH_GELU, y, y);
    ops.multiply(y, x, y);
    ops.apply(Sigmoid::new, y, y);
  }

  /** {@code y = 2 u'}, the slope of what {@link #tanhGeluGate} takes the sigmoid of. */
  void tanhGeluSlope(Block x, Block y) {
    ops.multiply(x, x, y);
    linear(6 * TANH_GELU * TANH_GELU_CUBE, 2 * TANH_GELU, y, y);
  }

  /** {@code e^x - 1 = tanh(x/2) (e^x + 1)}: ND4J's own subtracts and loses small numbers. */
  private void elu(double a, Block x, Block y) {
    Block negative = scratch.like(y);
    ops.atMost(x, 0, negative);
    Block tanh = scratch.like(y);
    ops.scale(negative, 0.5, tanh);
    ops.apply(Tanh::new, tanh, tanh);
    ops.apply(Exp::new, negative, negative);
    ops.shift(negative, 1, negative);
    ops.multiply(negative, tanh, negative);
    ops.scale(negative, a, negative);
    relu(x, y);
    ops.add(y, negative, y);
  }

  /** {@code max(x, 0) + log(1 + t), t = e^-|x|}. */
  private void softplus(Block x, Block y) {
    Block t = scratch.like(y);
    ops.apply(Abs::new, x, t);
    ops.scale(t, -1, t);
    ops.apply(Exp::new, t, t);
    // With u = 1 + t as rounded, log(1 + t) is log u + (t - (u - 1)) / u to the last digit.
    Block u = scratch.like(y);
    ops.shift(t, 1, u);
    Block lost = scratch.like(y);
    ops.shift(u, -1, lost);
    ops.subtract(t, lost, lost);
    ops.divide(lost, u, lost);
    ops.apply(Log::new, u, u);
    ops.add(u, lost, u);
    relu(x, y);
    ops.add(y, u, y);
  }

  /** One number, repeated to the shape of {@code like}. */
  Block constant(Block like, double value) {
    Block one = scratch.rows(like.type(), 1);
    ops.fill(one, value);
    return one.broadcast(like.shape());
  }
}
