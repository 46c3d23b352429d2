package org.selfsup4j.core.module;

import java.util.function.UnaryOperator;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Regularization;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Tensor;

/**
 * A pre-norm transformer block (Dosovitskiy et al. 2021, equations 2 and 3).
 *
 * @param norm1 before attention
 * @param attention over tokens
 * @param norm2 before the MLP
 * @param mlp over features
 * @param dropPath probability that a sample skips a branch in training (stochastic depth)
 */
public record TransformerBlock(
    LayerNorm norm1, SelfAttention attention, LayerNorm norm2, Mlp mlp, double dropPath)
    implements Module {

  /** Without stochastic depth, epsilon 1e-6, an MLP of {@code ratio} times the width. */
  public static TransformerBlock of(int width, int heads, int ratio, RandomStream random) {
    return new TransformerBlock(
        LayerNorm.of(width, 1e-6),
        SelfAttention.of(width, heads, random.at("attention")),
        LayerNorm.of(width, 1e-6),
        Mlp.of(width, ratio * width, random.at("mlp")),
        0);
  }

  /** [N, T, D] becomes [N, T, D]. */
  public Tensor apply(Tensor x, Pass pass) {
    Tensor normed = norm1.applyNarrow(x, pass);
    return finish(x, residual -> attention.apply(normed, residual, pass), pass);
  }

  /**
   * The same for some tokens only, which attend to all of x: for the last block of a network of
   * which not every token is read. What the others would become is not computed.
   *
   * @param x [N, T, D]
   * @param from the first token wanted
   * @param to the first behind them
   * @return [N, to - from, D]
   */
  public Tensor apply(Tensor x, long from, long to, Pass pass) {
    Tensor normed = norm1.applyNarrow(x, pass);
    return finish(
        x.slice(1, from, to), residual -> attention.apply(normed, from, to, residual, pass), pass);
  }

  /**
   * The same for tokens of which some are rows of a table that all samples share, as before the
   * first block a mask token with its position is: what becomes of them before they meet the others
   * is computed once.
   *
   * @param x [N, V, D], each sample's own
   * @param table [R, D]
   * @param ids [N, M] INT64, the rows behind each sample's own tokens
   * @return [N, V + M, D]
   */
  public Tensor apply(Tensor x, Tensor table, Tensor ids, Pass pass) {
    Tensor normed = norm1.applyNarrow(x, pass);
    Tensor shared = norm1.applyNarrow(table, pass);
    return finish(
        Rows.appendTokens(x, table, ids),
        residual -> attention.apply(normed, shared, ids, residual, pass),
        pass);
  }

  /** Both branches, with their residual connections or (stochastic depth) without. */
  private Tensor finish(Tensor x, UnaryOperator<Tensor> attend, Pass pass) {
    if (pass.dropping() && dropPath > 0) {
      Tensor mixed = pass.widen(attend.apply(null));
      Tensor y = x.plus(Regularization.stochasticDepth(mixed, dropPath, pass.random()));
      Tensor made = pass.widen(mlp.apply(norm2.applyNarrow(y, pass), null, pass));
      return y.plus(Regularization.stochasticDepth(made, dropPath, pass.random()));
    }
    // The residual stream stays as wide as it came: only what the branches compute is narrow.
    Tensor y = attend.apply(x);
    return mlp.apply(norm2.applyNarrow(y, pass), y, pass);
  }
}
