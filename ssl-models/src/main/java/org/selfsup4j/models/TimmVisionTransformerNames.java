package org.selfsup4j.models;

import org.selfsup4j.core.module.NameMap;

/**
 *
 *
 * <pre>
 * patchEmbedding.weight              patch_embed.proj.weight
 * classToken                         cls_token
 * positions                          pos_embed
 * blocks.0.attention.projection.bias blocks.0.attn.proj.bias
 * blocks.0.mlp.hidden.weight         blocks.0.mlp.fc1.weight
 * norm.weight                        norm.weight, or fc_norm.weight
 * </pre>
 *
 * @param meanThenNorm whether the norm follows the mean of the patches
 */
record TimmVisionTransformerNames(boolean meanThenNorm) implements NameMap {

  @Override
  public String foreign(String part) {
    if (part.startsWith("norm.")) {
      return meanThenNorm ? "fc_" + part : part;
    }
    return part.replace("patchEmbedding.", "patch_embed.proj.")
        .replace("classToken", "cls_token")
        .replace("positions", "pos_embed")
        .replace(".attention.projection.", ".attn.proj.")
        .replace(".attention.", ".attn.")
        .replace(".mlp.hidden.", ".mlp.fc1.")
        .replace(".mlp.output.", ".mlp.fc2.");
  }

  @Override
  public boolean ignores(String foreign) {
    return foreign.startsWith("head.");
  }
}
