package org.selfsup4j.core.module;

import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Attention;
import org.selfsup4j.core.tensor.Products;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2.2).
 *
 * @param qkv D to 3 D: queries, keys, values
 * @param projection D to D
 * @param heads how many heads share the width
 */
public record SelfAttention(Linear qkv, Linear projection, int heads) implements Module {

  /** Checks that the heads divide the width. */
  public SelfAttention {
    long width = projection.weight().shape().size(0);
    if (heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "width " + width + " does not divide into " + heads + " heads: choose a divisor");
    }
  }

  /** With Xavier-uniform weights and zero biases. */
  public static SelfAttention of(int width, int heads, RandomStream random) {
    return new SelfAttention(
        Linear.xavier(width, 3 * width, random.at("qkv")),
        Linear.xavier(width, width, random.at("projection")),
        heads);
  }

  /** [N, T, D] becomes [N, T, D], with {@code residual} of that shape added unless it is null. */
  public Tensor apply(Tensor x, Tensor residual, Pass pass) {
    Tensor mixed = Attention.selfAttention(qkv.apply(x, pass), heads); // [N, T, D]
    return projection.apply(mixed, residual, pass);
  }

  /**
   * The same for some tokens only, which attend to all: what the others would become is not
   * computed.
   *
   * @param x [N, T, D]
   * @param from the first of them
   * @param to the first behind them
   * @param residual [N, to - from, D], added unless it is null
   * @return [N, to - from, D]
   */
  public Tensor apply(Tensor x, long from, long to, Tensor residual, Pass pass) {
    long width = x.size(2);
    Tensor q = project(x.slice(1, from, to), 0, width, pass); // [N, to - from, D]
    Tensor kv = project(x, width, 3 * width, pass); // [N, T, 2 D]
    return projection.apply(Attention.crossAttention(q, kv, heads), residual, pass);
  }

  /**
   * The same for tokens of which some are rows of a table that all samples share: their queries,
   * keys and values are computed once for the table.
   *
   * @param x [N, V, D], each sample's own
   * @param table [R, D]
   * @param ids [N, M] INT64, the rows behind each sample's own tokens
   * @param residual [N, V + M, D], added unless it is null
   * @return [N, V + M, D]
   */
  public Tensor apply(Tensor x, Tensor table, Tensor ids, Tensor residual, Pass pass) {
    Tensor all = Rows.appendTokens(qkv.apply(x, pass), qkv.apply(table, pass), ids);
    return projection.apply(Attention.selfAttention(all, heads), residual, pass);
  }

  /** Outputs {@code [first, end)} of {@link #qkv}. */
  private Tensor project(Tensor x, long first, long end, Pass pass) {
    Tensor bias = qkv.bias().map(b -> b.in(pass).slice(0, first, end)).orElse(null);
    return Products.linear(x, qkv.weight().in(pass).slice(0, first, end), bias);
  }

  /** How much each token attends to each: [N, T, D] becomes [N, heads, T, T]. */
  public Tensor weights(Tensor x, Pass pass) {
    return Attention.weights(pass.widen(qkv.apply(x, pass)), heads);
  }
}
