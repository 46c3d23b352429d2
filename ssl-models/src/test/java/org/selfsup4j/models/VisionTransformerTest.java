package org.selfsup4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.SineCosine;
import org.selfsup4j.core.module.State;
import org.selfsup4j.core.module.Teacher;
import org.selfsup4j.core.module.TransformerBlock;
import org.selfsup4j.core.module.Weights;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.models.VisionTransformer.Pool;
import org.selfsup4j.models.VisionTransformer.Positions;

class VisionTransformerTest {

  private static final VisionTransformerOptions SMALL =
      VisionTransformerOptions.of(16, 4, 32, 2, 4);

  private final Passes passes = new Passes();

  private static VisionTransformer encoder(VisionTransformerOptions options) {
    return VisionTransformer.of(options, RandomStream.of(1));
  }

  @Test
  void tinyHasTheParametersOfTimms() {
    // vit_tiny_patch16_224 with num_classes=0
    VisionTransformer tiny = VisionTransformer.tiny(224, 16, RandomStream.of(1));
    assertThat(Parts.of(tiny).parameterCount()).isEqualTo(5_524_416);
    assertThat(tiny.width()).isEqualTo(192);
  }

  @ParameterizedTest
  @CsvSource({"3, 16, 16", "1, 16, 16", "5, 8, 8", "3, 24, 8", "3, 4, 64", "2, 44, 36"})
  void imagesOfAnySizeAndNumberOfChannels(int channels, int height, int width) {
    VisionTransformer encoder = encoder(SMALL.withChannels(channels));
    passes.evaluating(
        pass -> {
          Tensor images = Passes.noise(pass, 2, channels, height, width);
          Tensor tokens = encoder.embed(images, pass);
          assertThat(tokens.shape().toArray()).containsExactly(2, height / 4L * (width / 4), 32);
          assertThat(encoder.features(images, pass).shape().toArray()).containsExactly(2, 32);
        });
  }

  /** On two threads each has half of the images; drop path draws for each image as before. */
  @ParameterizedTest
  @EnumSource(Pool.class)
  void featuresOfImagesInPartsAreThoseOfAll(Pool pool) {
    VisionTransformerOptions options = SMALL.withPool(pool).withDropPath(0.5);
    VisionTransformer encoder = encoder(options.withPositions(Positions.LEARNED));
    double[] pixels = new Random(3).doubles(9 * 3 * 16 * 24L, -2, 2).toArray();
    List<Map<String, double[]>> runs = new ArrayList<>();
    Kernels kernels = KernelSets.open("onednn");
    int before = kernels.threads();
    for (int threads = 1; threads <= 2; threads++) {
      kernels.setThreads(threads);
      Map<String, double[]> run = new TreeMap<>();
      try (Arena arena = new Arena();
          Session session = Session.training(kernels, arena, "test")) {
        Tensor images = session.tensor(ElementType.FLOAT, pixels, 9, 3, 16, 24);
        Pass pass = new Pass(true, RandomStream.of(1), session);
        Tensor features = encoder.features(images, pass);
        run.put("features", features.detach().toDoubles());
        session.backward(features.times(features).mean());
        Parts.of(encoder)
            .parameters()
            .forEach(
                (name, p) -> run.put(name, session.constant(p.variable().gradient()).toDoubles()));
        assertThat(arena.part(1).peakBytes() > 0).as("in parts").isEqualTo(threads == 2);
      }
      runs.add(run);
    }
    kernels.setThreads(before);
    runs.get(0)
        .forEach(
            (name, whole) ->
                assertThat(runs.get(1).get(name)).as(name).containsExactly(whole, within(5e-6)));
  }

  @Test
  void aWideImageHasThePositionsOfAWideGrid() {
    // Along an axis that does not change, resampling is the identity: a row of the same columns.
    VisionTransformer encoder = encoder(SMALL.withAntialias(false));
    double[] own = encoder.positions().toDoubles();
    double[] wide =
        passes.evaluate(
            pass -> {
              Tensor places = encoder.positions(4, 8, pass);
              assertThat(places.shape().toArray()).containsExactly(1, 33, 32);
              return places.toDoubles();
            });
    assertThat(Arrays.copyOf(wide, 32)).isEqualTo(Arrays.copyOf(own, 32)); // the class token's
    // Pixel centres at half-integers: new column 2 lies a quarter before old column 1; cubic
    // weights of Keys' kernel with a = -.75 at distances 1.75, .75, .25 and 1.25.
    double[] weights = {-0.03515625, 0.26171875, 0.87890625, -0.10546875};
    for (int row = 0; row < 4; row++) {
      for (int d = 0; d < 32; d++) {
        double expected = 0;
        for (int i = 0; i < 4; i++) {
          int column = Math.max(0, i - 1); // the border is repeated
          expected += weights[i] * own[(1 + row * 4 + column) * 32 + d];
        }
        assertThat(wide[(1 + row * 8 + 2) * 32 + d]).isCloseTo(expected, within(1e-6));
      }
    }
  }

  @Test
  void gradientsOfResampledPositionsReachEveryLearnedOne() {
    VisionTransformer encoder = encoder(SMALL);
    Parameter positions = (Parameter) encoder.positions();
    double[] gradient =
        passes.train(
            pass -> {
              Tensor features = encoder.features(Passes.noise(pass, 2, 3, 12, 24), pass);
              pass.session().backward(features.times(Passes.noise(pass, 2, 32)).sum());
              return pass.session().constant(positions.variable().gradient()).toDoubles();
            });
    assertThat(gradient).hasSize(17 * 32).doesNotContain(0.0);
  }

  @Test
  void chosenTokensAreEncodedWithoutRegardToTheirOrder() {
    VisionTransformer encoder = encoder(SMALL);
    passes.evaluating(
        pass -> {
          Tensor tokens = encoder.embed(Passes.noise(pass, 2, 3, 16, 16), pass); // [2, 16, 32]
          Tensor some = Rows.select(tokens, 1, 3, 0, 9);
          Tensor turned = Rows.select(tokens, 1, 9, 3, 0);
          Tensor encoded = encoder.encode(some, pass);
          assertThat(encoded.shape().toArray()).containsExactly(2, 4, 32);
          assertThat(Rows.select(encoded, 1, 0, 3, 1, 2).toDoubles())
              .containsExactly(encoder.encode(turned, pass).toDoubles(), within(1e-5));
        });
  }

  @Test
  void featuresArePooledAsTheOptionSays() {
    VisionTransformer encoder = encoder(SMALL);
    passes.evaluating(
        pass -> {
          Tensor images = Passes.noise(pass, 2, 3, 16, 16);
          Tensor encoded = encoder.encode(encoder.embed(images, pass), pass);
          assertThat(encoder.features(images, pass).toDoubles())
              .containsExactly(encoded.slice(1, 0, 1).reshape(2, 32).toDoubles(), within(1e-6));
          assertThat(features(encoder.withPool(Pool.NORM_THEN_MEAN), images, pass))
              .containsExactly(encoded.slice(1, 1, 17).mean(1).toDoubles(), within(1e-6));
          VisionTransformer late = encoder.withPool(Pool.MEAN_THEN_NORM);
          Tensor plain = late.encode(late.embed(images, pass), pass);
          assertThat(features(late, images, pass))
              .containsExactly(
                  encoder.norm().apply(plain.slice(1, 1, 17).mean(1), pass).toDoubles(),
                  within(1e-6));
        });
    assertThat(Parts.of(encoder.withPool(Pool.NORM_THEN_MEAN)).states())
        .isEqualTo(Parts.of(encoder).states());
  }

  @Test
  void theClassTokenAloneHasTheGradientsThatItHasAmongAllTokens() {
    VisionTransformer encoder = encoder(SMALL);
    Map<String, double[]> alone = gradients(encoder, encoder::features);
    Map<String, double[]> among =
        gradients(
            encoder,
            (images, pass) ->
                encoder.encode(encoder.embed(images, pass), pass).slice(1, 0, 1).reshape(-1, 32));
    assertThat(alone.keySet()).isEqualTo(among.keySet());
    among.forEach(
        (name, gradient) ->
            assertThat(alone.get(name)).as(name).containsExactly(gradient, within(1e-4)));
  }

  @Test
  void chosenPatchesAreEmbeddedAsAmongAll() {
    VisionTransformer encoder = encoder(SMALL);
    passes.evaluating(
        pass -> {
          Tensor images = Passes.noise(pass, 2, 3, 12, 24); // 3 x 6 patches
          Tensor places = pass.session().ids(new long[] {17, 0, 4, 5, 6, 11}, 2, 3);
          Tensor among = Rows.gatherTokens(encoder.embed(images, pass), places);
          assertThat(encoder.embed(images, places, pass).toDoubles())
              .containsExactly(among.toDoubles(), within(1e-5));
        });
  }

  private Map<String, double[]> gradients(
      VisionTransformer encoder, BiFunction<Tensor, Pass, Tensor> features) {
    return passes.train(
        pass -> {
          Tensor y = features.apply(Passes.noise(pass, 2, 3, 16, 16), pass);
          pass.session().backward(y.times(Passes.noise(pass, 2, 32)).sum());
          Map<String, double[]> gradients = new TreeMap<>();
          Parts.of(encoder)
              .parameters()
              .forEach(
                  (name, p) ->
                      gradients.put(
                          name, pass.session().constant(p.variable().gradient()).toDoubles()));
          return gradients;
        });
  }

  private static double[] features(VisionTransformer encoder, Tensor images, Pass pass) {
    return encoder.features(images, pass).toDoubles();
  }

  @Test
  void attentionIsTheSoftmaxThatTheLastBlockMixesWith() {
    VisionTransformer encoder = encoder(SMALL);
    passes.evaluating(
        pass -> {
          Tensor images = Passes.noise(pass, 2, 3, 16, 24); // 4 x 6 patches
          Tensor attention = encoder.attention(images, pass);
          assertThat(attention.shape().toArray()).containsExactly(2, 4, 4, 6);
          Tensor tokens = encoder.withClassToken(encoder.embed(images, pass), pass);
          TransformerBlock last = encoder.blocks().get(1);
          Tensor before = last.norm1().apply(encoder.blocks().get(0).apply(tokens, pass), pass);
          double[] qkv = last.attention().qkv().apply(before, pass).toDoubles(); // [2, 25, 96]
          double[] want = new double[2 * 4 * 24];
          for (int n = 0; n < 2; n++) {
            for (int head = 0; head < 4; head++) {
              double[] scores = new double[25];
              double sum = 0;
              for (int t = 0; t < 25; t++) {
                for (int d = 0; d < 8; d++) { // queries, keys and values, each head after head
                  double query = qkv[n * 25 * 96 + head * 8 + d];
                  scores[t] += query * qkv[(n * 25 + t) * 96 + 32 + head * 8 + d] / Math.sqrt(8);
                }
                scores[t] = Math.exp(scores[t]);
                sum += scores[t];
              }
              for (int t = 1; t < 25; t++) {
                want[(n * 4 + head) * 24 + t - 1] = scores[t] / sum;
              }
            }
          }
          assertThat(attention.toDoubles()).containsExactly(want, within(1e-6));
        });
  }

  @Test
  void fixedPositionsAreKeptButNotTrained() {
    VisionTransformer encoder = encoder(SMALL.withPositions(Positions.SINE_COSINE));
    Parts parts = Parts.of(encoder);
    assertThat(parts.parameters()).doesNotContainKey("positions").containsKey("classToken");
    assertThat(parts.states()).containsKey("positions");
    assertThat(encoder.positions().toDoubles())
        .containsExactly(SineCosine.table(32, 4, 4, true), within(1e-7));
  }

  @Test
  void aTeacherStartsEqualAndKeepsItsOwnWeights() {
    VisionTransformer student = encoder(SMALL);
    Teacher<VisionTransformer> teacher = Teacher.of(student);
    double[] before = features(student);
    student.classToken().set(new double[32]);
    assertThat(features(teacher.module())).isEqualTo(before).isNotEqualTo(features(student));
  }

  private double[] features(VisionTransformer encoder) {
    return passes.evaluate(pass -> features(encoder, Passes.noise(pass, 1, 3, 16, 16), pass));
  }

  @Test
  void stochasticDepthGrowsWithTheBlocks() {
    VisionTransformerOptions options = VisionTransformerOptions.mini(16, 4).withDropPath(0.3);
    assertThat(encoder(options).blocks().stream().map(TransformerBlock::dropPath))
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : Double.compare(a, b))
        .containsExactly(0.0, 0.1, 0.2, 0.3);
  }

  @Test
  void evaluationNeedsTheMemoryOfOneBlock() {
    // Of the last block little is computed: the first of two is the one.
    VisionTransformer shallow = encoder(VisionTransformerOptions.of(16, 4, 32, 2, 4));
    VisionTransformer deep = encoder(VisionTransformerOptions.of(16, 4, 32, 12, 4));
    long one = passes.peakOfEvaluation(p -> shallow.features(Passes.noise(p, 8, 3, 16, 16), p));
    long twelve = passes.peakOfEvaluation(p -> deep.features(Passes.noise(p, 8, 3, 16, 16), p));
    assertThat(twelve).isLessThan(one * 5 / 4);
  }

  @Test
  void weightsGoOutUnderTimmsNames() {
    Map<String, State> named = Weights.named(encoder(SMALL), encoder(SMALL).timmNames());
    assertThat(named.keySet())
        .contains("cls_token", "pos_embed", "patch_embed.proj.weight", "blocks.1.attn.qkv.bias")
        .contains("blocks.0.attn.proj.weight", "blocks.0.mlp.fc1.bias", "norm.weight")
        .hasSize(30);
    VisionTransformer mean = encoder(SMALL.withPool(Pool.MEAN_THEN_NORM));
    assertThat(Weights.named(mean, mean.timmNames()).keySet())
        .contains("fc_norm.weight")
        .doesNotContain("norm.weight");
  }

  @Test
  void anImageOfHalfAPatchIsRefusedWithTheSizesThatFit() {
    String expected =
        "image side 30 is not a multiple of the patch size 4: resize the images to 28 or 32, or"
            + " choose another patch size";
    assertThatThrownBy(() -> VisionTransformer.tiny(30, 4, RandomStream.of(1)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(expected);
    VisionTransformer encoder = encoder(SMALL);
    assertThatThrownBy(
            () -> passes.evaluating(p -> encoder.features(Passes.noise(p, 1, 3, 32, 30), p)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(expected);
    assertThatThrownBy(() -> VisionTransformerOptions.tiny(3, 4))
        .hasMessageContaining("resize the images to 4, or");
  }

  @Test
  void imagesOfOtherChannelsAreRefused() {
    VisionTransformer encoder = encoder(SMALL);
    assertThatThrownBy(
            () -> passes.evaluating(p -> encoder.features(Passes.noise(p, 1, 1, 16, 16), p)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("images must be [N, 3, H, W], got [1, 1, 16, 16]");
  }

  @Test
  void optionsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> VisionTransformerOptions.of(32, 4, 190, 12, 3))
        .hasMessageContaining("width 190 does not divide into 3 heads");
    assertThatThrownBy(() -> VisionTransformerOptions.of(32, 4, 192, 0, 3))
        .hasMessageContaining("depth is 0: it must be at least 1");
    assertThatThrownBy(
            () -> VisionTransformerOptions.of(32, 4, 30, 2, 3).withPositions(Positions.SINE_COSINE))
        .hasMessageContaining("width 30 is not a multiple of 4");
    assertThatThrownBy(() -> SMALL.withDropPath(1)).hasMessageContaining("dropPath is 1.0");
  }
}
