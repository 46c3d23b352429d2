package org.selfsup4j.core.kernel.nd4j;

import java.util.Arrays;
import java.util.function.BiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseScalarOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.ops.impl.scalar.LeakyReLU;
import org.nd4j.linalg.api.ops.impl.scalar.Pow;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarAdd;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMin;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMultiplication;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarSet;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.any.Assign;
import org.nd4j.linalg.api.ops.impl.transforms.comparison.CompareAndReplace;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.selfsup4j.core.memory.Block;

/**
 * ND4J's elementwise operations on blocks. A result may be an operand. Blocks without elements are
 * left alone.
 */
final class Ops {

  /** Below this ND4J's pairwise loops stay on one thread; its broadcasting ones always fork. */
  private static final long SMALL = 1024;

  private final OpExecutioner executioner = Nd4j.getExecutioner();
  private final Views views = new Views();

  /** {@code y = x}, converted. */
  void copy(Block x, Block y) {
    apply(Assign::new, x, y);
  }

  /** {@code y = f(x)}. */
  void apply(BiFunction<INDArray, INDArray, Op> f, Block x, Block y) {
    if (y.count() > 0) {
      Loop loop = Loop.over(x, y);
      executioner.exec(f.apply(views.of(loop.operand(0)), views.of(loop.operand(1))));
    }
  }

  /** {@code y = value}. */
  void fill(Block y, double value) {
    if (y.count() > 0) {
      INDArray view = views.of(Loop.over(y).operand(0));
      execute(new ScalarSet(view, null, view, value));
    }
  }

  /** {@code y = factor x}. */
  void scale(Block x, double factor, Block y) {
    scalar((a, b) -> new ScalarMultiplication(a, null, b, factor), x, y);
  }

  /** {@code y = x + term}. */
  void shift(Block x, double term, Block y) {
    scalar((a, b) -> new ScalarAdd(a, null, b, term), x, y);
  }

  /** {@code y = x^exponent}. */
  void power(Block x, double exponent, Block y) {
    scalar((a, b) -> new Pow(a, b, exponent), x, y);
  }

  /** {@code y = min(x, bound)}; not a number becomes the bound. */
  void atMost(Block x, double bound, Block y) {
    scalar((a, b) -> new ScalarMin(a, null, b, bound), x, y);
  }

  /** {@code y = x < 0 ? slope x : x}. */
  void leaky(Block x, double slope, Block y) {
    scalar((a, b) -> new LeakyReLU(a, b, slope), x, y);
  }

  /** {@code y = x > 0 ? 1 : 0}. */
  void step(Block x, Block y) {
    scalar((a, b) -> new Step(a, b, 0), x, y);
  }

  private void scalar(BiFunction<INDArray, INDArray, BaseScalarOp> f, Block x, Block y) {
    if (y.count() > 0) {
      Loop loop = Loop.over(x, y);
      execute(f.apply(views.of(loop.operand(0)), views.of(loop.operand(1))));
    }
  }

  private void execute(BaseScalarOp op) {
    executioner.exec(op);
    if (op.scalar().closeable()) {
      op.scalar().close(); // the number in native memory, which would wait for the collector
    }
  }

  /** {@code y = condition == value ? x : condition}; all of one type. */
  void replaceWhere(Block condition, double value, Block x, Block y) {
    if (y.count() > 0) {
      Loop loop = Loop.over(condition, x, y);
      executioner.exec(
          new CompareAndReplace(
              views.of(loop.operand(0)),
              views.of(loop.operand(1)),
              views.of(loop.operand(2)),
              Conditions.equals(value)));
    }
  }

  /**
   * A broadcasting operation of two operands, by ND4J's name. Operands of one shape that are not
   * one run of memory take ND4J's broadcasting loops too, by an axis more in one of them: its
   * pairwise loops compute every address anew and are many times slower.
   */
  void combine(String name, Block a, Block b, Block y) {
    if (y.count() == 0) {
      return;
    }
    Loop loop = Loop.over(a, b, y);
    Block result = loop.operand(2);
    if (y.count() < SMALL) {
      execute(name, views.of(result), views.of(loop.operand(0)), views.of(loop.operand(1)));
      return;
    }
    Block left = loop.narrow(0, 1);
    Block right = loop.narrow(1, 0);
    if (!loop.isFlat() && Arrays.equals(left.shape(), right.shape())) {
      right = right.broadcast(longer(right.shape()));
      result = result.broadcast(longer(result.shape()));
    }
    execute(name, views.of(result), views.of(left), views.of(right));
  }

  private static long[] longer(long[] shape) {
    long[] longer = new long[shape.length + 1];
    longer[0] = 1;
    System.arraycopy(shape, 0, longer, 1, shape.length);
    return longer;
  }

  void add(Block a, Block b, Block y) {
    combine("add", a, b, y);
  }

  void subtract(Block a, Block b, Block y) {
    combine("subtract", a, b, y);
  }

  void multiply(Block a, Block b, Block y) {
    combine("multiply", a, b, y);
  }

  void divide(Block a, Block b, Block y) {
    combine("divide", a, b, y);
  }

  /** The block as ND4J sees it. */
  INDArray view(Block block) {
    return views.of(block);
  }

  /** Any of ND4J's own operations with one result. */
  void execute(String name, INDArray y, INDArray... operands) {
    executioner.exec(DynamicCustomOp.builder(name).addInputs(operands).addOutputs(y).build());
  }

  /** Any operation that ND4J has a class for. */
  void execute(Op op) {
    executioner.exec(op);
  }

  /** Any operation that is built by hand. */
  void execute(DynamicCustomOp op) {
    executioner.exec(op);
  }
}
