package org.selfsup4j.core.tensor;

import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

/**
 * Numbers in native memory, seen through a shape: immutable to its users, and alive as long as the
 * {@link Session} it belongs to. Images are logically [N, C, H, W]; their memory may be
 * channels-last. The common operations are methods, one line each; all others are static functions
 * of their family ({@link Convolutions}, {@link Normalizations}, {@link Losses}, ...).
 */
public final class Tensor {

  private final Session session;
  private final Storage storage;
  private final Block block;
  private final Node node;

  Tensor(Session session, Storage storage, Block block, Node node) {
    this.session = session;
    this.storage = storage;
    this.block = block;
    this.node = node;
  }

  // --- what it is -------------------------------------------------------------------------------

  /** The sizes of its axes. */
  public Shape shape() {
    return Shape.of(block.shape());
  }

  /** Size of {@code axis}; negative axes count from the end. */
  public long size(int axis) {
    return block.shape()[shape().axis(axis)];
  }

  /** Number of axes. */
  public int rank() {
    return block.rank();
  }

  /** The type of its numbers. */
  public ElementType type() {
    return block.type();
  }

  /** Whether gradients flow back through it. */
  public boolean requiresGradient() {
    return node != null;
  }

  /**
   * The memory, for kernels and operations.
   *
   * @throws IllegalStateException if the step has closed or the memory was given back
   */
  public Block block() {
    check();
    return block;
  }

  // --- numbers out ------------------------------------------------------------------------------

  /** The only number of a tensor of one element. */
  public double item() {
    if (block.count() != 1) {
      throw new ShapeException("item() needs one number, the shape is " + shape());
    }
    return toDoubles()[0];
  }

  /** All numbers in row-major order, as double. */
  public double[] toDoubles() {
    return rowMajor(HostArrays::doubles);
  }

  /** All numbers of a FLOAT tensor in row-major order. */
  public float[] toFloats() {
    require(ElementType.FLOAT, "toFloats");
    return rowMajor(HostArrays::floats);
  }

  /** All numbers of an INT64 tensor in row-major order. */
  public long[] toLongs() {
    require(ElementType.INT64, "toLongs");
    return rowMajor(HostArrays::longs);
  }

  /**
   * ND4J's view of the same memory: nothing is copied, it costs about 10 microseconds, and it must
   * not be used after the step has closed.
   */
  public INDArray toINDArray() {
    return Nd4jViews.of(block());
  }

  /** A constant tensor of {@code session} over the memory of {@code array}: nothing is copied. */
  public static Tensor of(Session session, INDArray array) {
    return session.constant(Nd4jViews.block(array));
  }

  /** A copy in memory of its own, which outlives the step: the one way out of it. */
  public Kept keep() {
    check();
    Slab slab = Slab.allocate(type(), block.count());
    Block copy = Block.contiguous(slab, 0, block.shape());
    session.kernels().copy(block, copy);
    return new Kept(slab, copy);
  }

  /** The same numbers as a constant; its memory stays until the step closes. */
  public Tensor detach() {
    check();
    if (storage != null) {
      storage.pin();
    }
    return new Tensor(session, storage, block, null);
  }

  // --- arithmetic -------------------------------------------------------------------------------

  /** {@code this + other}, broadcast. */
  public Tensor plus(Tensor other) {
    return Arithmetic.binary(Binary.ADD, this, other);
  }

  /** {@code this - other}, broadcast. */
  public Tensor minus(Tensor other) {
    return Arithmetic.binary(Binary.SUBTRACT, this, other);
  }

  /** {@code this * other}, element by element, broadcast. */
  public Tensor times(Tensor other) {
    return Arithmetic.binary(Binary.MULTIPLY, this, other);
  }

  /** {@code this / other}, element by element, broadcast. */
  public Tensor dividedBy(Tensor other) {
    return Arithmetic.binary(Binary.DIVIDE, this, other);
  }

  /** {@code this + number}. */
  public Tensor plus(double number) {
    return Arithmetic.linear(this, 1, number);
  }

  /** {@code this - number}. */
  public Tensor minus(double number) {
    return Arithmetic.linear(this, 1, -number);
  }

  /** {@code number * this}. */
  public Tensor times(double number) {
    return Arithmetic.linear(this, number, 0);
  }

  /** {@code this / number}. */
  public Tensor dividedBy(double number) {
    return Arithmetic.linear(this, 1 / number, 0);
  }

  /** {@code -this}. */
  public Tensor negated() {
    return Arithmetic.linear(this, -1, 0);
  }

  /** {@code this * this}. */
  public Tensor squared() {
    return Arithmetic.unary(Unary.POWER, 2, 0, this);
  }

  /** {@code this^exponent}. */
  public Tensor power(double exponent) {
    return Arithmetic.unary(Unary.POWER, exponent, 0, this);
  }

  /** Square root. */
  public Tensor sqrt() {
    return Arithmetic.unary(Unary.SQRT, 0, 0, this);
  }

  /** {@code e^this}. */
  public Tensor exp() {
    return Arithmetic.unary(Unary.EXP, 0, 0, this);
  }

  /** Natural logarithm. */
  public Tensor log() {
    return Arithmetic.unary(Unary.LOG, 0, 0, this);
  }

  /** Absolute value. */
  public Tensor abs() {
    return Arithmetic.unary(Unary.ABS, 0, 0, this);
  }

  /** The product of matrices, see {@link Products#matmul}. */
  public Tensor matmul(Tensor other) {
    return Products.matmul(this, other);
  }

  // --- reductions -------------------------------------------------------------------------------

  /** The sum over {@code axes}, which vanish; over all where none is named. */
  public Tensor sum(int... axes) {
    return Reductions.reduce(Reduction.SUM, this, false, axes);
  }

  /** The mean over {@code axes}, which vanish; over all where none is named. */
  public Tensor mean(int... axes) {
    return Reductions.reduce(Reduction.MEAN, this, false, axes);
  }

  /** The maximum over {@code axes}, which vanish; over all where none is named. */
  public Tensor max(int... axes) {
    return Reductions.reduce(Reduction.MAX, this, false, axes);
  }

  // --- views ------------------------------------------------------------------------------------

  /** The same numbers in row-major order with other sizes; one size may be -1. */
  public Tensor reshape(long... sizes) {
    return Views.reshape(this, sizes);
  }

  /** The axes in another order; no copy. */
  public Tensor permute(int... axes) {
    return Views.permute(this, axes);
  }

  /** The last two axes exchanged; no copy. */
  public Tensor transpose() {
    return Views.transpose(this, -2, -1);
  }

  /** Elements {@code from} to {@code to} (exclusive) along {@code axis}; no copy. */
  public Tensor slice(int axis, long from, long to) {
    return Views.slice(this, axis, from, to);
  }

  /** Repeated to {@code sizes}; no copy. */
  public Tensor broadcast(long... sizes) {
    return Views.broadcast(this, sizes);
  }

  /** Converted to {@code type}; gradients flow between FLOAT and DOUBLE. */
  public Tensor to(ElementType type) {
    return Views.convert(this, type);
  }

  // --- inside -----------------------------------------------------------------------------------

  Session session() {
    return session;
  }

  Storage storage() {
    return storage;
  }

  Node node() {
    return node;
  }

  long[] strides() {
    return block.strides();
  }

  void check() {
    if (storage != null) {
      storage.check();
    } else if (!session.isOpen()) {
      throw new IllegalStateException(
          "a tensor "
              + shape()
              + " opened in "
              + session.label()
              + " was used after it closed: open it again in the present step");
    }
  }

  private <T> T rowMajor(Function<Block, T> reader) {
    check();
    if (block.isContiguous()) {
      return reader.apply(block);
    }
    Tensor copy = session.empty("copy", type(), shape());
    session.kernels().copy(block, copy.block);
    T numbers = reader.apply(copy.block);
    copy.storage.free();
    return numbers;
  }

  private void require(ElementType type, String method) {
    if (type() != type) {
      throw new IllegalStateException(
          method + " needs " + type + ", the tensor is " + type() + ": use to(" + type + ")");
    }
  }

  /** For messages: type and shape, not the numbers. */
  @Override
  public String toString() {
    return type() + " " + shape();
  }
}
