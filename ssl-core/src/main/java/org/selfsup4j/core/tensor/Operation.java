package org.selfsup4j.core.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/**
 * How an operation is written: ask for the result's memory, compute with the kernels, and record
 * the backward function.
 *
 * <pre>{@code
 * static Tensor tanh(Tensor x) {
 *   Operation op = Operation.of("tanh", x);
 *   Tensor y = op.result(x.type(), x.shape());
 *   op.kernels().unary(Unary.TANH, 0, 0, x.block(), y.block());
 *   return op.record(y, g -> g.kernels().unaryBackward(Unary.TANH, 0, 0, x.block(), g.upstream(), g.target(0)));
 * }
 * }</pre>
 */
public final class Operation {

  private final String name;
  private final Session session;
  private final List<Tensor> inputs;
  private final boolean recording;
  private final List<Storage> owned = new ArrayList<>(2);
  private final List<Storage> scratch = new ArrayList<>(0);

  private Operation(String name, Session session, List<Tensor> inputs) {
    this.name = name;
    this.session = session;
    this.inputs = inputs;
    this.recording = session.isRecording() && leadsToVariable();
  }

  private boolean leadsToVariable() {
    boolean leads = false;
    for (Tensor input : inputs) {
      if (input != null && input.node() != null) {
        session.requireFresh(name, input.node());
        leads = true;
      }
    }
    return leads;
  }

  /**
   * Begins an operation on {@code inputs}, of which some may be {@code null} (an absent bias).
   *
   * @throws IllegalStateException if an input's step is closed, or the inputs are of two steps
   */
  public static Operation of(String name, Tensor... inputs) {
    Session session = null;
    for (Tensor input : inputs) {
      if (input == null) {
        continue;
      }
      input.check();
      if (input.session() != null) {
        if (session != null && session != input.session()) {
          throw new IllegalStateException(
              name
                  + ": one operand belongs to "
                  + session.label()
                  + ", another to "
                  + input.session().label()
                  + ": keep() the one that comes from outside");
        }
        session = input.session();
      }
    }
    if (session == null) {
      throw new IllegalStateException(name + ": at least one operand is needed");
    }
    return new Operation(name, session, Arrays.asList(inputs));
  }

  /** The operation's name, for messages. */
  public String name() {
    return name;
  }

  /** The session all inputs belong to. */
  public Session session() {
    return session;
  }

  /** The kernels to compute with. */
  public Kernels kernels() {
    return session.kernels();
  }

  /** Whether the backward function will be needed: what only it reads need not be saved else. */
  public boolean recording() {
    return recording;
  }

  /** Memory for the result, in row-major order. */
  public Tensor result(ElementType type, Shape shape) {
    return result(type, shape, Strides.rowMajor(shape.raw()));
  }

  /** Memory for the result, with the order of axes of {@code like}. */
  public Tensor resultLike(Tensor like, ElementType type, Shape shape) {
    return result(type, shape, Strides.like(shape.raw(), like.strides()));
  }

  /** Memory for the result with given, gapless strides. */
  public Tensor result(ElementType type, Shape shape, long[] strides) {
    Tensor result = session.empty(name, type, shape, strides);
    owned.add(result.storage());
    return result;
  }

  /** Memory that the backward function reads; null where none will run. */
  public Block saved(ElementType type, long... shape) {
    if (!recording) {
      return null;
    }
    Storage[] storage = new Storage[1];
    Block block = session.allocate(name, type, shape.clone(), Strides.rowMajor(shape), storage);
    owned.add(storage[0]);
    return block;
  }

  /** Memory until {@link #record}. */
  public Block scratch(ElementType type, long... shape) {
    Storage[] storage = new Storage[1];
    Block block = session.allocate(name, type, shape.clone(), Strides.rowMajor(shape), storage);
    scratch.add(storage[0]);
    return block;
  }

  /** {@code tensor}'s elements in row-major order: its own block, or a scratch copy. */
  public Block contiguous(Tensor tensor) {
    if (tensor.block().isContiguous()) {
      return tensor.block();
    }
    Block copy = scratch(tensor.type(), tensor.shape().raw());
    kernels().copy(tensor.block(), copy);
    return copy;
  }

  /** Ends the operation: remembers how to go back, if that is needed. */
  public Tensor record(Tensor result, Backward backward) {
    scratch.forEach(Storage::release);
    if (!recording) {
      return result;
    }
    Node node = new Node(name, inputs, backward, owned, null);
    session.remember(node);
    return new Tensor(session, result.storage(), result.block(), node);
  }

  /** Ends the operation with a view of {@code source}'s memory. */
  Tensor recordView(Tensor source, Block view, Backward backward) {
    return record(new Tensor(session, source.storage(), view, null), backward);
  }

  /**
   * The type of the first input, for operations that take BFLOAT16 as well: the {@code like} first
   * inputs must be of that type, the others too or, beside BFLOAT16, FLOAT (weights, statistics).
   */
  ElementType activationType(int like) {
    ElementType type = inputs.get(0).type();
    for (int i = 0; i < inputs.size(); i++) {
      Tensor input = inputs.get(i);
      boolean fits =
          input == null
              || input.type() == type
              || (i >= like && type == ElementType.BFLOAT16 && input.type() == ElementType.FLOAT);
      if (!fits || !type.isReal()) {
        throw new IllegalArgumentException(
            name
                + ": operands are "
                + types()
                + ": all must be of one real type (beside BFLOAT16, weights are FLOAT); use"
                + " to(type)");
      }
    }
    return type;
  }

  /**
   * {@code input} as products take it: itself, or rounded to BFLOAT16 in mixed precision, in memory
   * that the backward function may read.
   */
  Block factor(Tensor input) {
    ElementType type = session.factorType(input.type());
    if (type == input.type()) {
      return input.block();
    }
    long[] shape = input.shape().raw();
    Storage[] storage = new Storage[1];
    Block rounded =
        session.allocate(name, type, shape, Strides.like(shape, input.strides()), storage);
    (recording ? owned : scratch).add(storage[0]);
    kernels().copy(input.block(), rounded);
    return rounded;
  }

  /** Refuses operands of different element types, and types that are not FLOAT or DOUBLE. */
  public ElementType sameRealType() {
    ElementType type = null;
    for (Tensor input : inputs) {
      if (input == null) {
        continue;
      }
      if (input.type() == ElementType.BFLOAT16) {
        throw new IllegalArgumentException(
            name
                + ": operands are "
                + types()
                + ": this operation does not take BFLOAT16; use to(FLOAT), or Pass.widen at the end"
                + " of an encoder");
      }
      if (!input.type().isReal() || (type != null && type != input.type())) {
        throw new IllegalArgumentException(
            name + ": operands are " + types() + ": all must be FLOAT or all DOUBLE; use to(type)");
      }
      type = input.type();
    }
    return type;
  }

  private String types() {
    return inputs.stream()
        .map(input -> input == null ? "none" : input.type() + " " + input.shape())
        .toList()
        .toString();
  }
}
