package org.selfsup4j.models;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.NameMap;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.State;
import org.selfsup4j.core.module.TransformerBlock;
import org.selfsup4j.core.module.Weights;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Normalizations;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.models.GoldenEncoder.Gradients;
import org.selfsup4j.models.VisionTransformer.Pool;
import org.selfsup4j.testkit.golden.Filled;
import org.selfsup4j.testkit.golden.Golden;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;

/** Vision transformers against timm's. */
@ReadsGolden({
  "vit-mini.json",
  "vit-tiny-patch4-32-cls.json",
  "vit-tiny-patch16-224-avg.json",
  "vit-tiny-patch16-224-resized.json"
})
class VisionTransformerReferenceTest {

  @ParameterizedTest
  @EnumSource
  void miniatureInEveryTensor(Setting setting, @Golden("vit-mini.json") GoldenFile file) {
    VisionTransformerOptions options = VisionTransformerOptions.of(16, 4, 32, 2, 4);
    GoldenEncoder<VisionTransformer> golden = filled(file, options, setting);
    golden.check(
        file.at("eval"),
        false,
        Gradients.BY_ENTRY,
        (images, pass) -> everyTensor(golden.encoder(), images, pass));
  }

  @ParameterizedTest
  @EnumSource
  void classToken(Setting setting, @Golden("vit-tiny-patch4-32-cls.json") GoldenFile file) {
    check(file, "eval", VisionTransformerOptions.tiny(32, 4), setting);
  }

  @ParameterizedTest
  @EnumSource
  void meanOfPatches(Setting setting, @Golden("vit-tiny-patch16-224-avg.json") GoldenFile file) {
    VisionTransformerOptions options =
        VisionTransformerOptions.tiny(224, 16).withPool(Pool.MEAN_THEN_NORM);
    check(file, "eval", options, setting);
  }

  @ParameterizedTest
  @EnumSource
  void positionsOfAnotherImageSize(
      Setting setting, @Golden("vit-tiny-patch16-224-resized.json") GoldenFile file) {
    VisionTransformerOptions options = VisionTransformerOptions.tiny(224, 16);
    check(file, "antialias", options, setting);
    check(file, "no_antialias", options.withAntialias(false), setting);
  }

  /** The gradient before it goes back through the resampling, in an encoder made for the size. */
  @Test
  void positionsResampledOnceAndForAll(
      @Golden("vit-tiny-patch16-224-resized.json") GoldenFile file) {
    Setting setting = Setting.PORTABLE_DOUBLE;
    VisionTransformer large =
        filled(file, VisionTransformerOptions.tiny(224, 16), setting).encoder();
    VisionTransformer small =
        VisionTransformer.of(VisionTransformerOptions.tiny(160, 16), RandomStream.of(1));
    Parts.of(small).convertTo(setting.type());
    Filled input = file.at("input").filled();
    Filled cotangent = file.at("cotangent").filled();
    GoldenNode want = file.at("antialias");
    try (Arena arena = new Arena();
        Session session = Session.training(setting.open(), arena, "resampled")) {
      Pass pass = new Pass(false, RandomStream.of(1), session);
      Tensor resampled = large.positions(10, 10, pass);
      want.at("resampled_pos_embed")
          .tensor()
          .assertMatches(resampled.toDoubles(), setting.tolerance());
      want.at("resampled_pos_embed_channel_0")
          .tensor()
          .assertMatches(
              resampled.slice(1, 1, 101).slice(2, 0, 1).toDoubles(), setting.tolerance());
      Map<String, State> from = Weights.named(large, NameMap.OURS);
      Weights.named(small, NameMap.OURS)
          .forEach(
              (name, state) ->
                  state.set(
                      name.equals("positions")
                          ? resampled.toDoubles()
                          : from.get(name).toDoubles()));
      Tensor images = session.tensor(setting.type(), input.values(), input.shape());
      Tensor weights = session.tensor(setting.type(), cotangent.values(), cotangent.shape());
      session.backward(small.features(images, pass).times(weights).sum());
      want.at("gradients")
          .at("pos_embed (resampled)")
          .tensor()
          .assertMatches(
              session.constant(small.positions().variable().gradient()).toDoubles(),
              setting.tolerance());
    }
  }

  private static void check(
      GoldenFile file, String node, VisionTransformerOptions options, Setting setting) {
    GoldenEncoder<VisionTransformer> golden = filled(file, options, setting);
    golden.check(
        file.at(node),
        false,
        Gradients.BY_ENTRY,
        (images, pass) -> someTensors(golden.encoder(), images, pass));
  }

  private static GoldenEncoder<VisionTransformer> filled(
      GoldenFile file, VisionTransformerOptions options, Setting setting) {
    VisionTransformer encoder = VisionTransformer.of(options, RandomStream.of(1));
    return new GoldenEncoder<>(file, encoder, encoder.timmNames(), setting);
  }

  /** What the larger files have. */
  private static Map<String, Tensor> someTensors(
      VisionTransformer encoder, Tensor images, Pass pass) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("features", encoder.features(images, pass));
    Tensor embedded = encoder.embed(images.detach(), pass);
    Tensor tokens = encoder.withClassToken(embedded, pass);
    tensors.put("tokens_after_pos_embed", tokens);
    for (int i = 0; i < encoder.blocks().size(); i++) {
      tokens = encoder.blocks().get(i).apply(tokens, pass);
      if (i == 0 || i == encoder.blocks().size() - 1) {
        tensors.put("tokens_after_block_" + i, tokens);
      }
    }
    tensors.put("tokens_after_norm", encoder.encode(embedded, pass));
    return tensors;
  }

  /** What the miniature's file has: the insides of each block too. */
  private static Map<String, Tensor> everyTensor(
      VisionTransformer encoder, Tensor images, Pass pass) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(someTensors(encoder, images, pass));
    Tensor patches = encoder.patchEmbedding().apply(images.detach(), pass); // [N, D, rows, columns]
    tensors.put(
        "patch_embed", patches.permute(0, 2, 3, 1).reshape(patches.size(0), -1, encoder.width()));
    Tensor tokens = tensors.get("tokens_after_pos_embed");
    for (int i = 0; i < encoder.blocks().size(); i++) {
      TransformerBlock block = encoder.blocks().get(i);
      String name = "blocks." + i;
      Tensor normed = block.norm1().apply(tokens, pass);
      Tensor attended = block.attention().apply(normed, null, pass);
      tensors.put(name + ".norm1", normed);
      tensors.put(name + ".attention_map", attentionMap(block, normed, pass));
      tensors.put(name + ".attn", attended);
      tokens = tokens.plus(attended);
      Tensor made = block.mlp().apply(block.norm2().apply(tokens, pass), null, pass);
      tensors.put(name + ".mlp", made);
      tokens = tokens.plus(made);
      tensors.put("tokens_after_block_" + i, tokens);
    }
    return tensors;
  }

  /** {@code softmax(q k^T / sqrt(d))} of each head. */
  private static Tensor attentionMap(TransformerBlock block, Tensor normed, Pass pass) {
    int heads = block.attention().heads();
    Tensor qkv = block.attention().qkv().apply(normed, pass); // [N, T, 3 D]
    Tensor split =
        qkv.reshape(qkv.size(0), qkv.size(1), 3, heads, -1)
            .permute(2, 0, 3, 1, 4); // [3, N, heads, T, d]
    Tensor queries = split.slice(0, 0, 1);
    Tensor keys = split.slice(0, 1, 2);
    Tensor scores = queries.matmul(keys.transpose()).dividedBy(Math.sqrt(split.size(-1)));
    return Normalizations.softmax(scores, -1)
        .reshape(qkv.size(0), heads, qkv.size(1), qkv.size(1)); // [N, heads, T, T]
  }
}
