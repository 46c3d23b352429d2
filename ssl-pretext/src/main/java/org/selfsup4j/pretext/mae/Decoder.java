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
 * patch to the pixels of the masked ones.
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

  /** Copies the list, which must not be empty. */
  public Decoder {
    blocks = List.copyOf(blocks);
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("the decoder has no blocks: give it a depth of 1 or more");
    }
  }

  /**
   * The size of a decoder.
   *
   * @param width d of its tokens
   * @param depth number of blocks
   * @param heads of each block's attention, a divisor of the width
   */
  public record Sizes(int width, int depth, int heads) {

    /** Checks the ranges. */
    public Sizes {
      if (width < 1 || depth < 1 || heads < 1 || width % heads != 0) {
        throw new IllegalArgumentException(
            "width is "
                + width
                + ", depth "
                + depth
                + ", heads "
                + heads
                + ": each must be at least 1, and the width a multiple of the heads");
      }
    }

    /** 512, 8 and 16: section 4.1 and the authors' code. */
    public static Sizes paper() {
      return new Sizes(512, 8, 16);
    }

    /** 128, 4 and 4: for an encoder of 192 and images of about 32x32. */
    public static Sizes small() {
      return new Sizes(128, 4, 4);
    }
  }

  /** A fresh decoder for {@code encoder}. */
  public static Decoder of(PatchEncoder encoder, Sizes sizes, RandomStream random) {
    int width = sizes.width();
    int side = encoder.imageSize() / encoder.patchSize();
    List<TransformerBlock> blocks = new ArrayList<>();
    for (int i = 0; i < sizes.depth(); i++) {
      blocks.add(TransformerBlock.of(width, sizes.heads(), 4, random.at("blocks").at(i)));
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
   * Guesses the masked patches. Attention asks for no order of the tokens, so they stay in the
   * masking's, each with the position of its patch; and in the last block the visible ones are only
   * looked at.
   *
   * @param latent [N, 1 + K, D] of the encoder: class token, visible tokens
   * @param order [N, T] INT64: the patches of the visible tokens, then the masked ones
   * @return [N, T - K, patch patch C]
   */
  public Tensor apply(Tensor latent, Tensor order, Pass pass) {
    return pass.inParts(
        List.of(latent, order), (part, own) -> guess(part.get(0), part.get(1), own));
  }

  private Tensor guess(Tensor latent, Tensor order, Pass pass) {
    Tensor z = embed.apply(latent, pass); // [N, 1 + K, d]
    long first = z.size(1);
    long count = 1 + order.size(1);
    Tensor table = positions.in(pass).reshape(count, -1); // [1 + T, d]
    Tensor grid = table.slice(0, 1, count); // [T, d]
    Tensor visible = z.plus(places(table, grid, order.slice(1, 0, first - 1)));
    Tensor alike = grid.plus(maskToken.in(pass).reshape(1, -1)); // a masked patch, by its place
    Tensor hidden = order.slice(1, first - 1, count - 1);
    TransformerBlock last = blocks.get(blocks.size() - 1);
    Tensor input = beforeLast(visible, alike, hidden, pass); // [N, 1 + T, d]
    Tensor masked = // [N, T - K, d]
        pass.session().scope(() -> last.apply(input, first, count, pass));
    return pixels.apply(norm.apply(masked, pass), pass);
  }

  /** What the last block is given: the visible tokens, then the masked ones. */
  private Tensor beforeLast(Tensor visible, Tensor alike, Tensor hidden, Pass pass) {
    if (blocks.size() == 1) {
      return Rows.appendTokens(visible, alike, hidden);
    }
    TransformerBlock first = blocks.get(0);
    Tensor x = pass.session().scope(() -> first.apply(visible, alike, hidden, pass));
    for (TransformerBlock block : blocks.subList(1, blocks.size() - 1)) {
      Tensor input = x;
      x = pass.session().scope(() -> block.apply(input, pass));
    }
    return x;
  }

  /** The class token's position, then those of the visible patches: [N, 1 + K, d]. */
  private static Tensor places(Tensor table, Tensor grid, Tensor visible) {
    Tensor first = table.slice(0, 0, 1).broadcast(visible.size(0), 1, table.size(1));
    return Joins.concatenate(1, first, Rows.gather(grid, visible));
  }
}
