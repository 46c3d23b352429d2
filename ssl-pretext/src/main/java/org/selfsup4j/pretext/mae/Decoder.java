package org.selfsup4j.pretext.mae;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.encoder.PatchEncoder;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Initial;
import org.selfsup4j.core.module.LayerNorm;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.SineCosine;
import org.selfsup4j.core.module.TransformerBlock;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Tensor;

/**
 * The light decoder of section 3: the visible tokens and one learned mask token for each masked
 * patch, in the order of the image, to pixels.
 *
 * @param embed encoder's width to the decoder's
 * @param maskToken [1, 1, d]
 * @param positions [1, 1 + T, d], fixed sines and cosines
 * @param blocks of the decoder
 * @param norm after them
 * @param pixels d to patch patch C
 */
public record Decoder(
    Linear embed,
    Parameter maskToken,
    Buffer positions,
    List<TransformerBlock> blocks,
    LayerNorm norm,
    Linear pixels)
    implements Module {

  /** Copies the list. */
  public Decoder {
    blocks = List.copyOf(blocks);
  }

  /** A fresh decoder of {@code width}, {@code depth} and {@code heads} for {@code encoder}. */
  public static Decoder of(
      PatchEncoder encoder, int width, int depth, int heads, RandomStream random) {
    int side = encoder.imageSize() / encoder.patchSize();
    List<TransformerBlock> blocks = new ArrayList<>();
    for (int i = 0; i < depth; i++) {
      blocks.add(TransformerBlock.of(width, heads, 4, random.at("blocks").at(i)));
    }
    int numbers = encoder.patchSize() * encoder.patchSize() * encoder.channels();
    return new Decoder(
        Linear.xavier(encoder.width(), width, random.at("embed")),
        Initial.normal(0.02, random.at("maskToken"), 1, 1, width),
        Buffer.of(SineCosine.table(width, side, side, true), 1, 1L + (long) side * side, width),
        blocks,
        LayerNorm.of(width, 1e-6),
        Linear.xavier(width, numbers, random.at("pixels")));
  }

  /**
   * Guesses all patches.
   *
   * @param latent [N, 1 + K, D] of the encoder: class token, visible tokens
   * @param restore [N, T] INT64: where each patch stands in (visible ones, masked ones)
   * @return [N, T, patch patch C]
   */
  public Tensor apply(Tensor latent, Tensor restore, Pass pass) {
    Tensor z = embed.apply(latent, pass); // [N, 1 + K, d]
    long n = z.size(0);
    long t = restore.size(1);
    long d = z.size(2);
    Tensor visible = z.slice(1, 1, z.size(1));
    Tensor hidden = maskToken.in(pass).broadcast(n, t - visible.size(1), d);
    Tensor tokens = Rows.gatherTokens(Joins.concatenate(1, visible, hidden), restore); // [N, T, d]
    Tensor x = Joins.concatenate(1, z.slice(1, 0, 1), tokens).plus(positions.in(pass));
    for (TransformerBlock block : blocks) {
      Tensor input = x;
      x = pass.session().scope(() -> block.apply(input, pass));
    }
    Tensor guess = pixels.apply(norm.apply(x, pass), pass); // [N, 1 + T, P]
    return guess.slice(1, 1, 1 + t);
  }
}
