package org.selfsup4j.core.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/**
 * The life of the tensors of one step: their memory, the kernels that compute them, and the tape
 * that remembers how, for the backward pass. When the session closes, all of its memory goes back
 * to the arena at once, and a tensor that is used afterwards says so. One thread at a time.
 */
public final class Session implements AutoCloseable {

  private final Kernels kernels;
  private final Arena arena;
  private final String label;
  private final Precision precision;
  private final List<Storage> storages = new ArrayList<>();
  private final List<Node> tape = new ArrayList<>();
  private final Map<Variable, Tensor> leaves = new LinkedHashMap<>(); // by identity
  private final List<Session> parts = new ArrayList<>();
  private Predicate<Variable> trained;
  private boolean recording;
  private boolean open = true;
  private boolean rowsAlone; // within inParts: what is computed may be some rows of a batch
  private boolean waiting; // while the parts compute: nothing may be asked of the whole

  private Session(
      Kernels kernels, Arena arena, String label, Precision precision, boolean recording) {
    this.kernels = kernels;
    this.precision = precision;
    this.arena = arena;
    this.label = label;
    this.recording = recording;
    this.trained = variable -> true;
  }

  /** A session whose operations are remembered, so that gradients can be computed. */
  public static Session training(Kernels kernels, Arena arena, String label) {
    return training(kernels, arena, label, Precision.FLOAT32);
  }

  /** The same in {@code precision}, which the kernels must serve. */
  public static Session training(Kernels kernels, Arena arena, String label, Precision precision) {
    if (!precision.isServedBy(kernels)) {
      throw new IllegalArgumentException(
          "the kernels '"
              + kernels.name()
              + "' do not compute "
              + precision
              + " on this machine: ask Precision.isServedBy and take FLOAT32");
    }
    return new Session(kernels, arena, label, precision, true);
  }

  /** A session without a tape. */
  public static Session evaluation(Kernels kernels, Arena arena, String label) {
    return new Session(kernels, arena, label, Precision.FLOAT32, false);
  }

  /** The kernels that compute this session's tensors. */
  public Kernels kernels() {
    return kernels;
  }

  /** The arena that this session's memory is taken from. */
  public Arena arena() {
    return arena;
  }

  /** What messages call this session, for example {@code step 12}. */
  public String label() {
    return label;
  }

  /** What products are computed in, and activations kept in. */
  public Precision precision() {
    return precision;
  }

  /** The type that products round operands of {@code type} to. */
  ElementType factorType(ElementType type) {
    return precision == Precision.BFLOAT16 && type == ElementType.FLOAT
        ? ElementType.BFLOAT16
        : type;
  }

  /** Whether the session has not been closed yet. */
  public boolean isOpen() {
    return open;
  }

  /** Whether operations are remembered at present. */
  public boolean isRecording() {
    return recording;
  }

  /**
   * Whether what is computed now may be some rows of a batch, be they all or not: within {@link
   * #inParts}. Nothing may then depend on other rows, or change what they read.
   */
  public boolean isInParts() {
    return rowsAlone;
  }

  /** From now on only the variables that {@code wanted} accepts get gradients. */
  public void train(Predicate<Variable> wanted) {
    this.trained = wanted;
  }

  // --- tensors from outside ---------------------------------------------------------------------

  /** A constant tensor of {@code type}, filled in row-major order. */
  public Tensor tensor(ElementType type, double[] values, long... shape) {
    Tensor tensor = empty("tensor", type, Shape.of(shape));
    HostArrays.write(values, tensor.block());
    return tensor;
  }

  /** A constant FLOAT tensor, filled in row-major order. */
  public Tensor tensor(float[] values, long... shape) {
    Tensor tensor = empty("tensor", ElementType.FLOAT, Shape.of(shape));
    HostArrays.write(values, tensor.block());
    return tensor;
  }

  /** A constant INT64 tensor, filled in row-major order. */
  public Tensor ids(long[] values, long... shape) {
    Tensor tensor = empty("ids", ElementType.INT64, Shape.of(shape));
    HostArrays.write(values, tensor.block());
    return tensor;
  }

  /** A constant BOOL tensor, filled in row-major order. */
  public Tensor mask(boolean[] values, long... shape) {
    Tensor tensor = empty("mask", ElementType.BOOL, Shape.of(shape));
    HostArrays.write(values, tensor.block());
    return tensor;
  }

  /** A constant tensor with {@code value} everywhere. */
  public Tensor full(ElementType type, double value, long... shape) {
    Tensor tensor = empty("full", type, Shape.of(shape));
    kernels.fill(tensor.block(), value);
    return tensor;
  }

  /** A variable as a tensor of this session: a leaf of the tape if gradients are wanted of it. */
  public Tensor open(Variable variable) {
    requireOpen();
    if (!recording || !trained.test(variable)) {
      return constant(variable.value());
    }
    return leaves.computeIfAbsent(
        variable,
        v -> {
          Node node = new Node("variable", List.of(), null, List.of(), v);
          return new Tensor(this, null, v.value(), node);
        });
  }

  /** Whether {@code variable} was opened as a leaf of the tape that is being recorded. */
  public boolean isLeaf(Variable variable) {
    return leaves.containsKey(variable);
  }

  /** A constant over memory that outlives this session: no copy. */
  public Tensor constant(Block block) {
    requireOpen();
    return new Tensor(this, null, block, null);
  }

  // --- scopes -----------------------------------------------------------------------------------

  /** Runs {@code part} without remembering it: teachers, targets, statistics. */
  public <T> T withoutGradient(Supplier<T> part) {
    requireOpen();
    boolean before = recording;
    recording = false;
    try {
      return part.get();
    } finally {
      recording = before;
    }
  }

  /**
   * Runs one part of a network; where nothing is remembered, all that it took but its result is
   * given back at once. Encoders wrap their blocks in this, so that evaluation needs the memory of
   * one block, not of all.
   */
  public Tensor scope(Supplier<Tensor> part) {
    if (recording) {
      return part.get();
    }
    int mark = storages.size();
    Tensor result = part.get();
    storages
        .subList(mark, storages.size())
        .removeIf(storage -> storage != result.storage() && storage.free());
    return result;
  }

  /**
   * Runs a network on parts of the batch at the same time, each on cores of its own, where the
   * kernels have a {@link Kernels#team team} and each member gets {@value PartedNetwork#LEAST} rows
   * or more; else on the whole batch. The result and the gradients are those of the whole batch,
   * but for the order of sums, as long as the network treats each row by itself: no batch norm, and
   * nothing from outside but {@code inputs} and variables.
   *
   * @param inputs [N, ...] each, split along their first axis
   * @param network given the session to compute in and its part of the inputs, gives [n, ...]
   * @return [N, ...], the results of the parts one after the other
   * @throws ShapeException if the inputs or the results are not of as many rows
   */
  public Tensor inParts(List<Tensor> inputs, PartedNetwork.Part network) {
    requireOpen();
    return PartedNetwork.of(this, inputs)
        .map(parts -> parts.run(network))
        .orElseGet(() -> whole(inputs, network));
  }

  /**
   * The mean of what a network gives for each row: as {@code inParts(inputs, network).mean()}, but
   * a part goes back as soon as it is through, and does not wait for the others in between. So it
   * is for a loss that is a mean over rows. Where a tape runs, gradients are computed here already;
   * {@link #backward} multiplies them by what is made of the mean.
   *
   * @param inputs as for {@link #inParts}
   * @param network gives [n]
   * @return one number
   */
  public Tensor meanInParts(List<Tensor> inputs, PartedNetwork.Part network) {
    requireOpen();
    PartedNetwork.Part numbers = PartedNetwork.ofNumbers(network);
    return PartedNetwork.of(this, inputs)
        .map(parts -> parts.mean(numbers))
        .orElseGet(() -> whole(inputs, numbers).mean());
  }

  private Tensor whole(List<Tensor> inputs, PartedNetwork.Part network) {
    long rows = PartedNetwork.rows(inputs);
    boolean before = rowsAlone;
    rowsAlone = true;
    try {
      PartedNetwork.Rows all = new PartedNetwork.Rows(0, rows, rows);
      Tensor result = network.apply(this, inputs, all);
      PartedNetwork.requireRows(all, result.shape());
      return result;
    } finally {
      rowsAlone = before;
    }
  }

  /** Lets parts compute, which must not use this session but their own. */
  void waitFor(Runnable parts) {
    waiting = true;
    try {
      parts.run();
    } finally {
      waiting = false;
    }
  }

  /** A session of its own tape and memory on the kernels of one member of a team. */
  Session part(int number, Kernels own) {
    Session part =
        new Session(own, arena.part(number), label + ", part " + number, precision, recording);
    part.trained = trained;
    part.rowsAlone = true;
    parts.add(part);
    return part;
  }

  /** Closes parts of this session that are not needed any more. */
  void close(List<Session> done) {
    done.forEach(Session::close);
    parts.removeAll(done);
  }

  /** A leaf that is no variable: what comes in from another session. */
  Tensor leaf(Block block) {
    return new Tensor(this, null, block, new Node("input", List.of(), null, List.of(), null));
  }

  /** The variables that were opened so far, and their leaves. */
  Map<Variable, Tensor> leaves() {
    return leaves;
  }

  /** Unwinds the tape from {@code result}; where leaves have their gradients was set before. */
  void backward(Tensor result, Block upstream, LateWork late, int part) {
    new BackwardPass(this, late, part).run(result, upstream, tape);
    tape.clear();
  }

  // --- backward ---------------------------------------------------------------------------------

  /**
   * Computes the gradient of {@code loss}, one number, for every variable that was opened and is
   * trained; a variable that the loss does not depend on gets zeros. The tape is used up, and the
   * memory of the forward pass goes back as it unwinds.
   */
  public void backward(Tensor loss) {
    requireOpen();
    if (loss.shape().count() != 1) {
      throw new ShapeException(
          "backward needs a loss of one number, got shape "
              + loss.shape()
              + ": take its mean or sum");
    }
    if (loss.node() == null) {
      throw new IllegalStateException(
          "the loss depends on no variable that is trained: did its input go through detach()?");
    }
    requireFresh("backward", loss.node());
    new BackwardPass(this).run(loss, tape);
    for (Map.Entry<Variable, Tensor> leaf : leaves.entrySet()) {
      Node node = leaf.getValue().node();
      if (node.gradient == null) {
        kernels.fill(leaf.getKey().gradient(), 0);
      }
      node.spent = true;
    }
    tape.clear();
    leaves.clear();
  }

  /** Forgets everything; the memory that it took goes back to the arena. */
  @Override
  public void close() {
    if (open) {
      open = false;
      parts.forEach(Session::close);
      parts.clear();
      storages.forEach(Storage::giveBack);
      storages.clear();
      tape.clear();
      leaves.clear();
    }
  }

  // --- for operations ---------------------------------------------------------------------------

  Tensor empty(String operation, ElementType type, Shape shape) {
    return empty(operation, type, shape, Strides.rowMajor(shape.raw()));
  }

  Tensor empty(String operation, ElementType type, Shape shape, long[] strides) {
    requireOpen();
    Storage[] storage = new Storage[1];
    Block block = allocate(operation, type, shape.raw(), strides, storage);
    return new Tensor(this, storage[0], block, null);
  }

  Block allocate(
      String operation, ElementType type, long[] shape, long[] strides, Storage[] storage) {
    Arena.Piece piece = arena.allocate(type, Shape.of(shape).count());
    storage[0] = new Storage(this, operation, shape, piece);
    storages.add(storage[0]);
    return new Block(piece.slab(), piece.offset(), shape, strides);
  }

  /** Refuses a tensor whose way back to the leaves is gone: gradients would be lost in silence. */
  void requireFresh(String operation, Node node) {
    if (node.spent) {
      throw new IllegalStateException(
          operation
              + ": an operand was made by '"
              + node.operation
              + "' before the backward pass that used up the tape of "
              + label
              + ": open the variables again, or take detach() of it before");
    }
  }

  void remember(Node node) {
    tape.add(node);
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException(label + " is closed: open a new session");
    }
    if (waiting) {
      throw new IllegalStateException(
          label
              + " is computed in parts at the moment: within inParts use the pass (or the session)"
              + " that the part was given");
    }
  }
}
