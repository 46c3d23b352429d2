package org.selfsup4j.core.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Strides;

/** Unwinds a tape from the loss to the leaves. */
final class BackwardPass {

  /** Of a tape's nodes the last so-manieth may put work off: by then most memory is free. */
  private static final int LATE_SHARE = 4;

  private final Session session;
  private final Kernels kernels;
  private final LateWork late; // null where there is nobody to leave it to
  private final int part;
  private boolean mayPutOff;
  private boolean holding; // put-off work may read anything of this pass

  BackwardPass(Session session) {
    this(session, null, 0);
  }

  /** Of one part of a network, which may leave work to others. */
  BackwardPass(Session session, LateWork late, int part) {
    this.session = session;
    this.kernels = session.kernels();
    this.late = late;
    this.part = part;
  }

  /** From a loss of one number. */
  void run(Tensor loss, List<Node> tape) {
    begin(loss);
    unwind(tape);
  }

  /** From a result of any shape, whose gradient is {@code upstream}. */
  void run(Tensor result, Block upstream, List<Node> tape) {
    Node node = result.node();
    if (node.isLeaf()) {
      Block home = node.home();
      kernels.copy(upstream, home);
      adopt(node, home, null, true);
    } else {
      long[] shape = result.shape().raw();
      Storage[] storage = new Storage[1];
      Block own =
          session.allocate("backward", result.type(), shape, Strides.rowMajor(shape), storage);
      kernels.copy(upstream, own);
      adopt(node, own, storage[0], true);
    }
    unwind(tape);
  }

  private void unwind(List<Node> tape) {
    for (int i = tape.size() - 1; i >= 0; i--) {
      Node node = tape.get(i);
      if (late != null) {
        late.leave(part, i);
        mayPutOff = i < tape.size() / LATE_SHARE;
      }
      if (node.gradient != null) {
        Call call = new Call(node);
        node.backward.run(call);
        call.finish();
        release(node.gradientStorage);
        node.gradient = null;
      }
      if (!holding) {
        node.owned.forEach(Storage::free);
      }
      node.spent = true;
    }
  }

  /** Gives memory back, unless work that was put off may read it: then the session's end does. */
  private void release(Storage storage) {
    if (!holding) {
      storage.release();
    }
  }

  /** Whoever reads a leaf's gradient, or adds to it, waits until it is there. */
  private void settle(Node leaf) {
    if (leaf.late) {
      late.settle(part, kernels);
      leaf.late = false;
    }
  }

  private void begin(Tensor loss) {
    Node node = loss.node();
    Storage[] storage = new Storage[1];
    Block one;
    if (node.isLeaf()) { // the loss is the variable itself
      one = node.home();
    } else {
      long[] shape = loss.shape().raw();
      one = session.allocate("backward", loss.type(), shape, Strides.rowMajor(shape), storage);
    }
    kernels.fill(one, 1);
    if (loss.storage() != null) {
      loss.storage().pin(); // its value is read after the backward pass
    }
    adopt(node, one, storage[0], true);
  }

  private void adopt(Node node, Block gradient, Storage storage, boolean exclusive) {
    node.gradient = gradient;
    node.gradientStorage = storage;
    node.exclusive = exclusive;
  }

  /** One node's turn: collects what the backward function writes, and adds it up at the end. */
  private final class Call implements Gradients {
    private final Node node;
    private final Block[] targets;
    private final Storage[] targetStorages;
    private final List<Storage> scratch = new ArrayList<>(0);

    Call(Node node) {
      this.node = node;
      this.targets = new Block[node.inputs.size()];
      this.targetStorages = new Storage[node.inputs.size()];
    }

    @Override
    public Kernels kernels() {
      return kernels;
    }

    @Override
    public Block upstream() {
      return node.gradient;
    }

    @Override
    public boolean wanted(int input) {
      Tensor tensor = node.inputs.get(input);
      return tensor != null && tensor.node() != null;
    }

    @Override
    public Block target(int input) {
      if (!wanted(input)) {
        return null;
      }
      if (targets[input] == null) {
        Tensor tensor = node.inputs.get(input);
        Node source = tensor.node();
        if (source.isLeaf() && source.gradient == null && !pending(source)) {
          targets[input] = source.home();
        } else {
          long[] shape = tensor.shape().raw();
          long[] strides = Strides.like(shape, tensor.strides());
          Storage[] storage = new Storage[1];
          targets[input] =
              session.allocate(
                  "gradient of " + node.operation, tensor.type(), shape, strides, storage);
          targetStorages[input] = storage[0];
        }
      }
      return targets[input];
    }

    /** Whether another input of this very call is the same leaf and has its memory already. */
    private boolean pending(Node source) {
      for (int i = 0; i < targets.length; i++) {
        if (targets[i] != null && node.inputs.get(i).node() == source) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void share(int input, Block view) {
      if (!wanted(input)) {
        return;
      }
      Node source = node.inputs.get(input).node();
      if (source.isLeaf()) { // a variable's gradient lives in the variable's own memory
        kernels.copy(view, target(input));
      } else if (source.gradient == null) {
        node.gradientStorage.retain();
        adopt(source, view, node.gradientStorage, false);
      } else {
        Block own = exclusive(source);
        kernels.addScaled(1, view, 1, own);
      }
    }

    @Override
    public boolean later(Consumer<Kernels> work, int... written) {
      if (!mayPutOff || !late.isBehind(part) || !areLeavesAlone(written)) {
        work.accept(kernels);
        return false;
      }
      for (int input : written) {
        node.inputs.get(input).node().late = true;
      }
      holding = true;
      late.add(part, work);
      return true;
    }

    /** Whether the targets are leaves' own memory: nobody reads or adds to them on the way. */
    private boolean areLeavesAlone(int... written) {
      for (int input : written) {
        if (targetStorages[input] != null || !node.inputs.get(input).node().isLeaf()) {
          return false;
        }
      }
      return true;
    }

    @Override
    public Block scratch(ElementType type, long... shape) {
      Storage[] storage = new Storage[1];
      Block block =
          session.allocate(node.operation, type, shape.clone(), Strides.rowMajor(shape), storage);
      scratch.add(storage[0]);
      return block;
    }

    void finish() {
      commit(true); // what lies in a variable's own memory is what the rest is added to
      commit(false);
      scratch.forEach(BackwardPass.this::release);
    }

    private void commit(boolean own) {
      for (int i = 0; i < targets.length; i++) {
        if (targets[i] != null && (targetStorages[i] == null) == own) {
          commit(node.inputs.get(i).node(), targets[i], targetStorages[i]);
        }
      }
    }

    private void commit(Node source, Block written, Storage storage) {
      if (source.gradient == null) {
        adopt(source, written, storage, true);
        return;
      }
      settle(source);
      if (source.exclusive) {
        kernels.addScaled(1, written, 1, source.gradient);
        release(storage);
      } else { // somebody else reads the old one: add it to the new one instead
        kernels.addScaled(1, source.gradient, 1, written);
        release(source.gradientStorage);
        adopt(source, written, storage, true);
      }
    }

    private Block exclusive(Node source) {
      if (!source.exclusive) {
        long[] shape = source.gradient.shape();
        Storage[] storage = new Storage[1];
        Block copy =
            session.allocate(
                "gradient of " + node.operation,
                source.gradient.type(),
                shape,
                Strides.like(shape, source.gradient.strides()),
                storage);
        kernels.copy(source.gradient, copy);
        release(source.gradientStorage);
        adopt(source, copy, storage[0], true);
      }
      return source.gradient;
    }
  }
}
