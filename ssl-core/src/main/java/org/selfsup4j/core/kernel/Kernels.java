package org.selfsup4j.core.kernel;

import java.util.Optional;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * A set of kernels: arithmetic on strided blocks of native memory.
 *
 * <p>Rules that hold for every method. Results are written into blocks that the caller gives, whose
 * shapes are right; kernels allocate nothing that outlives the call. Operands of one call have one
 * real element type (FLOAT or DOUBLE) unless said otherwise; every set computes both (a fast set
 * may hand DOUBLE on to the portable one). Any strides are allowed everywhere, 0 in operands only
 * (broadcasting). A result may be the very same block as an operand of the same shape in {@link
 * #unary}, {@link #unaryBackward}, {@link #binary}, {@link #addScaled}, {@link #softmax} and {@link
 * #softmaxBackward}; other overlaps are not allowed. A {@code null} result is one that is not
 * wanted. Images are logically [N, C, H, W]; channels-last memory is the fast one. Calls of one set
 * come from one thread at a time.
 */
public interface Kernels {

  /** The name by which a user picks this set: {@code nd4j} or {@code onednn}. */
  String name();

  /**
   * What computes on this machine: name, version, instruction set and revision, as far as known.
   * Where it differs, the last digits of a result may differ.
   */
  default String implementation() {
    return name();
  }

  /** How many calls went to which implementation since the set was made, for tests and reports. */
  CallCounts calls();

  // --- elementwise ----------------------------------------------------------------------------

  /** {@code y = value} everywhere. Any element type; BOOL takes 0 or 1. */
  void fill(Block y, double value);

  /** {@code y = x}, converted to y's element type; shapes are equal. Any element types. */
  void copy(Block x, Block y);

  /** {@code y = f(x)}; shapes are equal. */
  void unary(Unary f, double a, double b, Block x, Block y);

  /** {@code dx = dy f'(x)}. For RELU {@code x} may be the function's result instead. */
  void unaryBackward(Unary f, double a, double b, Block x, Block dy, Block dx);

  /**
   * {@code y = f(a, b)}; shapes are equal, broadcast operands have stride 0. INT64 is allowed too;
   * EQUAL also takes BOOL. Comparisons write BOOL.
   */
  void binary(Binary f, Block a, Block b, Block y);

  /** {@code y = alpha x + beta y}; with beta 0 the old y is not read. Shapes are equal. */
  void addScaled(double alpha, Block x, double beta, Block y);

  /** {@code y = mask ? a : b}; mask is BOOL; a and b may be broadcast; any type for a, b, y. */
  void where(Block mask, Block a, Block b, Block y);

  // --- reductions -----------------------------------------------------------------------------

  /** Reduces every axis of x whose size in y is 1; the ranks are equal. */
  void reduce(Reduction f, Block x, Block y);

  /**
   * Where along {@code axis} the largest value stands, the first among equals; y is INT64 with size
   * 1 at that axis.
   */
  void argMax(int axis, Block x, Block y);

  /** The sum of the squares of all elements, added in double. */
  double sumOfSquares(Block x);

  /**
   * The squared Euclidean norm of all elements: as {@link #sumOfSquares}, but a fast set may add
   * runs of some thousand elements in float, with a relative error below 1e-6.
   */
  default double squaredNorm(Block x) {
    return sumOfSquares(x);
  }

  // --- products -------------------------------------------------------------------------------

  /**
   * {@code c = epilogue(a b)} or, with {@code accumulate}, {@code c = c + a b} (then without
   * epilogue). a is [..., M, K], b [..., K, N], c [..., M, N] with equal leading axes (broadcast
   * ones have stride 0 in a or b); rank 2 and more. Transposed operands come as strides.
   */
  void matmul(Block a, Block b, Epilogue epilogue, Block c, boolean accumulate);

  /**
   * The gradients of a linear layer for its weights and its bias: {@code dw = dy^T x}, and db the
   * sum of the rows of dy. x is [R, I], dy [R, O], dw [O, I], db [O].
   */
  default void linearWeights(Block x, Block dy, Block dw, Block db) {
    matmul(dy.transposed(), x, Epilogue.NONE, dw, false);
    reduce(Reduction.SUM, dy, db.view(0, new long[] {1, db.size(0)}, new long[] {0, db.stride(0)}));
  }

  /**
   * {@code y = epilogue(x * w)}: x [N, C, H, W], w [O, C / groups, height, width], y [N, O, H',
   * W'].
   */
  void convolution(Window window, int groups, Block x, Block w, Epilogue epilogue, Block y);

  /** The gradient of a convolution for its input; also the transposed convolution of {@code dy}. */
  void convolutionInput(Window window, int groups, Block w, Block dy, Block dx);

  /** The gradient of a convolution for its weights. */
  void convolutionWeights(Window window, int groups, Block x, Block dy, Block dw);

  // --- pooling --------------------------------------------------------------------------------

  /** Elements of the BOOL workspace that {@link #maxPool} fills for its backward pass. */
  long maxPoolWorkspace(Window window, Block x, Block y);

  /**
   * The largest value under the window; padding never wins. {@code workspace} is [n] BOOL, or null
   * where no backward pass follows.
   */
  void maxPool(Window window, Block x, Block y, Block workspace);

  /** Gives dy to the first largest value under the window. */
  void maxPoolBackward(Window window, Block x, Block y, Block workspace, Block dy, Block dx);

  /** The mean under the window; {@code countPadding}: divided by the window's size everywhere. */
  void averagePool(Window window, boolean countPadding, Block x, Block y);

  /** The gradient of {@link #averagePool}. */
  void averagePoolBackward(Window window, boolean countPadding, Block dy, Block dx);

  // --- normalisation --------------------------------------------------------------------------

  /**
   * Layer norm over the last axis: {@code y = (x - mean) / sqrt(variance + epsilon) * gamma +
   * beta}. x, y [..., D]; gamma, beta [D], both or neither null; mean and variance (biased) [...]
   * without the last axis are results, contiguous, or null where no backward pass follows.
   */
  void layerNorm(
      Block x, Block gamma, Block beta, double epsilon, Block y, Block mean, Block variance);

  /** The gradients of {@link #layerNorm}; dx, dgamma, dbeta [D] may be null. */
  void layerNormBackward(
      Block x,
      Block gamma,
      double epsilon,
      Block mean,
      Block variance,
      Block dy,
      Block dx,
      Block dgamma,
      Block dbeta);

  /** Elements of the BOOL workspace that {@link #batchNorm} fills when {@code relu} is asked. */
  long batchNormWorkspace(Block x);

  /**
   * Batch norm of x [N, C, H, W] (also with H = W = 1) over all axes but C: {@code y = (x - mean) /
   * sqrt(variance + epsilon) * gamma + beta}, then relu if asked.
   *
   * @param batchStatistics whether mean and variance [C] (biased) are taken from x and written, or
   *     read as they are (evaluation)
   * @param workspace [n] BOOL of {@link #batchNormWorkspace} elements if relu and a backward pass
   *     follows; else null
   */
  void batchNorm(
      Block x,
      Block gamma,
      Block beta,
      double epsilon,
      boolean batchStatistics,
      boolean relu,
      Block mean,
      Block variance,
      Block y,
      Block workspace);

  /**
   * The gradients of {@link #batchNorm}; with {@code batchStatistics} also through mean and
   * variance. {@code workspace} is null without relu. dx, dgamma and dbeta [C] may be null.
   */
  void batchNormBackward(
      Block x,
      Block gamma,
      double epsilon,
      boolean batchStatistics,
      Block mean,
      Block variance,
      Block workspace,
      Block dy,
      Block dx,
      Block dgamma,
      Block dbeta);

  /** Softmax over the last axis, or its logarithm. */
  void softmax(boolean logarithm, Block x, Block y);

  /** The gradient of {@link #softmax}, from its result y. */
  void softmaxBackward(boolean logarithm, Block y, Block dy, Block dx);

  // --- rows -----------------------------------------------------------------------------------

  /**
   * {@code y[i] = table[ids[i]]}: table [R, D], ids [n] INT64, y [n, D]. Any type for table and y.
   * An id outside [0, R) is an IndexOutOfBoundsException that names it.
   */
  void gatherRows(Block table, Block ids, Block y);

  /** {@code table[ids[i]] += rows[i]}, in the order of i; ids may repeat. */
  void scatterAddRows(Block rows, Block ids, Block table);

  // --- updates: dense blocks of one layout ----------------------------------------------------

  /**
   * SGD as PyTorch defines it: {@code d = g + decay p; v = momentum v + d} (v = d where {@code
   * first}); {@code p -= rate (nesterov ? d + momentum v : v)}. {@code velocity} is null without
   * momentum.
   */
  void sgd(
      Block parameter,
      Block gradient,
      Block velocity,
      double rate,
      double momentum,
      double decay,
      boolean nesterov,
      boolean first);

  /**
   * Adam with decoupled decay (Loshchilov and Hutter 2019): {@code m = b1 m + (1-b1) g; v = b2 v +
   * (1-b2) g^2; p *= 1 - rate decay; p -= rate (m / (1-b1^step)) / (sqrt(v / (1-b2^step)) +
   * epsilon)}; {@code step} counts from 1.
   */
  void adamW(
      Block parameter,
      Block gradient,
      Block first,
      Block second,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      long step);

  // --- the machine ----------------------------------------------------------------------------

  /**
   * A hint: {@code x} is read next, in many short runs that are far from each other. A set may
   * bring its memory, with what lies between, into the cache in one go, which is what memory is
   * quick at.
   */
  default void fetch(Block x) {}

  /** Whether this set computes {@code operation} on {@code type} itself, for reports. */
  boolean accelerates(String operation, ElementType type);

  /** Sets how many threads one call may use. */
  void setThreads(int threads);

  /** How many threads one call may use. */
  int threads();

  /**
   * Sets of the same kind that share this one's threads among them, to be used while no call of
   * this one runs; empty where there is one thread only, or the set has no such members.
   */
  default Optional<Team> team() {
    return Optional.empty();
  }
}
