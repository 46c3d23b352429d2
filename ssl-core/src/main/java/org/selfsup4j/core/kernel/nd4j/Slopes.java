package org.selfsup4j.core.kernel.nd4j;

import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Reciprocal;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** Derivatives of functions of one number; where one has none, PyTorch's choice. */
final class Slopes {

  private final Ops ops;
  private final Scratch scratch;
  private final Elementwise elementwise;

  Slopes(Ops ops, Scratch scratch, Elementwise elementwise) {
    this.ops = ops;
    this.scratch = scratch;
    this.elementwise = elementwise;
  }

  /** {@code dx = dy f'(x)}. */
  void unaryBackward(Unary f, double a, double b, Block x, Block dy, Block dx) {
    if (f == Unary.LINEAR) {
      elementwise.linear(a, 0, dy, dx);
      return;
    }
    if (f == Unary.POWER && a == 0) { // also where x is 0
      ops.fill(dx, 0);
      return;
    }
    Block slope = scratch.like(dx);
    slope(f, a, b, x, slope);
    ops.multiply(slope, dy, dx);
  }

  private void slope(Unary f, double a, double b, Block x, Block slope) {
    switch (f) {
      case LINEAR -> ops.fill(slope, a);
      case EXP -> ops.apply(Exp::new, x, slope);
      case LOG -> ops.apply(Reciprocal::new, x, slope);
      case SQRT -> {
        ops.apply(Sqrt::new, x, slope);
        ops.apply(Reciprocal::new, slope, slope);
        ops.scale(slope, 0.5, slope);
      }
      case ABS -> ops.apply(Sign::new, x, slope);
      case POWER -> {
        elementwise.power(a - 1, x, slope);
        ops.scale(slope, a, slope);
      }
      case TANH -> {
        ops.apply(Tanh::new, x, slope);
        ops.multiply(slope, slope, slope);
        elementwise.linear(-1, 1, slope, slope);
      }
      case SIGMOID -> {
        Block s = scratch.like(slope);
        ops.apply(Sigmoid::new, x, s);
        sigmoidSlope(s, slope);
      }
      case RELU -> ops.step(x, slope);
      case LEAKY_RELU -> {
        ops.step(x, slope);
        elementwise.linear(1 - a, a, slope, slope);
      }
      case ELU -> elu(a, x, slope);
      case GELU -> gelu(x, slope);
      case GELU_TANH -> geluTanh(x, slope);
      case SOFTPLUS -> ops.apply(Sigmoid::new, x, slope);
      case SILU -> silu(x, slope);
      case CLIP -> {
        Block inside = scratch.like(ElementType.BOOL, slope);
        elementwise.unary(Unary.CLIP, a, b, x, slope);
        ops.combine("equals", slope, x, inside);
        ops.copy(inside, slope);
      }
    }
  }

  /** {@code slope = s (1 - s)}. */
  private void sigmoidSlope(Block s, Block slope) {
    elementwise.linear(-1, 1, s, slope);
    ops.multiply(slope, s, slope);
  }

  /** 1 where positive, else {@code a e^x}. */
  private void elu(double a, Block x, Block slope) {
    Block positive = scratch.like(slope);
    ops.step(x, positive);
    Block negative = scratch.like(slope);
    ops.atMost(x, 0, negative);
    ops.apply(Exp::new, negative, negative);
    ops.scale(negative, a, negative);
    elementwise.linear(-1, 1, positive, slope);
    ops.multiply(slope, negative, slope);
    ops.add(slope, positive, slope);
  }

  /** {@code Phi(x) + x phi(x)}. */
  private void gelu(Block x, Block slope) {
    Block density = scratch.like(slope);
    ops.multiply(x, x, density);
    ops.scale(density, -0.5, density);
    ops.apply(Exp::new, density, density);
    ops.scale(density, 1 / Math.sqrt(2 * Math.PI), density);
    ops.multiply(density, x, density);
    elementwise.twicePhi(x, slope);
    ops.scale(slope, 0.5, slope);
    ops.add(slope, density, slope);
  }

  /** {@code s + x s (1 - s) 2 u'} with {@code s = sigmoid(2 u)}. */
  private void geluTanh(Block x, Block slope) {
    Block gate = scratch.like(slope);
    elementwise.tanhGeluGate(x, gate);
    Block steep = scratch.like(slope);
    elementwise.tanhGeluSlope(x, steep);
    ops.multiply(steep, x, steep);
    sigmoidSlope(gate, slope);
    ops.multiply(slope, steep, slope);
    ops.add(slope, gate, slope);
  }

  /** {@code s (1 + x (1 - s))}. */
  private void silu(Block x, Block slope) {
    Block s = scratch.like(slope);
    ops.apply(Sigmoid::new, x, s);
    elementwise.linear(-1, 1, s, slope);
    ops.multiply(slope, x, slope);
    ops.shift(slope, 1, slope);
    ops.multiply(slope, s, slope);
  }
}
