package org.selfsup4j.core.tensor;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.memory.Block;

/** Several tensors made one, one made several, and borders added. */
public final class Joins {

  private Joins() {}

  /** Laid one behind the other along {@code axis}; the other sizes are equal. */
  public static Tensor concatenate(int axis, Tensor... parts) {
    if (parts.length == 0) {
      throw new ShapeException("concatenate needs at least one tensor");
    }
    Operation op = Operation.of("concatenate", parts);
    op.sameRealType();
    int front = parts[0].shape().axis(axis);
    long total = 0;
    for (Tensor part : parts) {
      if (part.rank() != parts[0].rank()
          || !part.shape().with(front, 1).equals(parts[0].shape().with(front, 1))) {
        throw new ShapeException(
            "concatenate along axis "
                + axis
                + ": "
                + parts[0].shape()
                + " and "
                + part.shape()
                + " differ in another axis");
      }
      total += part.size(front);
    }
    Tensor y = op.resultLike(parts[0], parts[0].type(), parts[0].shape().with(front, total));
    long at = 0;
    for (Tensor part : parts) {
      op.kernels().copy(part.block(), y.block().slice(front, at, at + part.size(front)));
      at += part.size(front);
    }
    return op.record(
        y,
        g -> {
          long from = 0;
          for (int i = 0; i < parts.length; i++) {
            g.share(i, g.upstream().slice(front, from, from + parts[i].size(front)));
            from += parts[i].size(front);
          }
        });
  }

  /** Laid side by side along a new axis; all sizes are equal. */
  public static Tensor stack(int axis, Tensor... parts) {
    Tensor[] expanded = new Tensor[parts.length];
    for (int i = 0; i < parts.length; i++) {
      expanded[i] = Views.expand(parts[i], axis);
    }
    int front = axis < 0 ? axis + parts[0].rank() + 1 : axis;
    return concatenate(front, expanded);
  }

  /** Views of {@code parts} equal pieces along {@code axis}. */
  public static List<Tensor> split(Tensor x, int axis, int parts) {
    long size = x.size(axis);
    if (parts < 1 || size % parts != 0) {
      throw new ShapeException(
          "split: axis " + axis + " of shape " + x.shape() + " does not divide into " + parts);
    }
    List<Tensor> pieces = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      pieces.add(x.slice(axis, i * (size / parts), (i + 1) * (size / parts)));
    }
    return pieces;
  }

  /** {@code before} and {@code after} elements of {@code value} added along {@code axis}. */
  public static Tensor pad(Tensor x, int axis, long before, long after, double value) {
    if (before < 0 || after < 0) {
      throw new ShapeException(
          "pad: " + before + " before and " + after + " after must not be negative: use slice");
    }
    int front = x.shape().axis(axis);
    Operation op = Operation.of("pad", x);
    Shape shape = x.shape().with(front, x.size(front) + before + after);
    Tensor y = op.resultLike(x, x.type(), shape);
    op.kernels().fill(y.block(), value);
    Block inside = y.block().slice(front, before, before + x.size(front));
    op.kernels().copy(x.block(), inside);
    return op.record(y, g -> g.share(0, g.upstream().slice(front, before, before + x.size(front))));
  }
}
