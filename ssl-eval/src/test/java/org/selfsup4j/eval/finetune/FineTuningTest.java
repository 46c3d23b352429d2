package org.selfsup4j.eval.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Precision;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.eval.features.Extraction;
import org.selfsup4j.eval.report.Comparison;
import org.selfsup4j.eval.report.Score;

class FineTuningTest {

  private static final int SIDE = 4;
  private static final Normalize NORMALIZE = Normalize.symmetric(3);

  private final Kernels kernels = KernelSets.choose();

  /** A small transformer's names: patches, positions, blocks, a norm; each is one linear layer. */
  private record Stacked(
      Linear patchEmbedding, Parameter positions, List<Block> blocks, Linear norm)
      implements ImageEncoder {

    record Block(Linear mlp) implements Module {}

    static Stacked of(int depth, RandomStream random) {
      List<Block> blocks = new ArrayList<>();
      for (int i = 0; i < depth; i++) {
        blocks.add(new Block(Linear.of(8, 8, random.at("block").at(i))));
      }
      Parameter positions = Parameter.of(new double[8], 1, 8);
      return new Stacked(
          Linear.of(3 * SIDE * SIDE, 8, random.at("patches")),
          positions,
          blocks,
          Linear.of(8, 8, random.at("norm")));
    }

    @Override
    public Tensor features(Tensor images, Pass pass) {
      long n = images.size(0);
      Tensor x = images.permute(0, 2, 3, 1).reshape(n, 3 * SIDE * SIDE); // [N, H W C]
      x = patchEmbedding.apply(x, pass).plus(positions.in(pass)); // [N, 8]
      for (Block block : blocks) {
        x = block.mlp.apply(x, pass);
      }
      return norm.apply(x, pass);
    }

    @Override
    public int width() {
      return 8;
    }

    @Override
    public int channels() {
      return 3;
    }
  }

  /** Dark, middling and bright images with noise: {@code of} of each class. */
  private static Source<Image> shades(int of, long seed) {
    List<Image> images = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < 3 * of; i++) {
      RandomStream random = RandomStream.of(seed).at(i);
      byte[] pixels = new byte[SIDE * SIDE * 3];
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = (byte) (20 + 90 * (i % 3) + random.nextInt(30));
      }
      images.add(Image.ofBytes(SIDE, SIDE, 3, pixels));
      labels.add(i % 3);
    }
    return ListSource.of("shades", images, labels);
  }

  private static FineTuning tuning() {
    return FineTuning.of(Stacked.of(2, RandomStream.of(1)), NORMALIZE)
        .withLayerDecay(LayerDecay.none())
        .withLabels(new LabelledFraction(0.25, 5))
        .withSteps(150, 8)
        .withRate(0.02);
  }

  @Test
  void whatCanBeToldApartIsToldApartFromAQuarterOfTheLabels() {
    Comparison both =
        tuning()
            .compare(
                Stacked.of(2, RandomStream.of(1)),
                Stacked.of(2, RandomStream.of(2)),
                shades(20, 1),
                shades(30, 2),
                Extraction.of(NORMALIZE),
                kernels);
    for (String row : new String[] {"untrained", "pretrained"}) {
      Score score = both.score(row, "finetuned");
      assertThat(score.value()).as(row).isEqualTo(1);
      assertThat(score.testSamples()).isEqualTo(90);
      assertThat(score.seed()).isEqualTo(OptionalLong.of(5));
      assertThat(score.protocol())
          .startsWith("fine-tuned on 0.25 of the labels (15), 150 steps of 8 images, AdamW 0.02");
    }
  }

  @Test
  void nothingIsFrozen() {
    Stacked encoder = Stacked.of(2, RandomStream.of(1));
    Map<String, double[]> before = new LinkedHashMap<>();
    Parts.of(encoder).parameters().forEach((name, p) -> before.put(name, p.toDoubles()));
    tuning().withSteps(1, 8).train(encoder, shades(4, 1), kernels);
    Parts.of(encoder)
        .parameters()
        .forEach((name, p) -> assertThat(p.toDoubles()).as(name).isNotEqualTo(before.get(name)));
    assertThat(before).hasSize(2 + 1 + 2 * 2 + 2);
  }

  @Test
  void equalSeedsGiveEqualWeights() {
    Stacked one = Stacked.of(1, RandomStream.of(1));
    Stacked other = Stacked.of(1, RandomStream.of(1));
    Stacked third = Stacked.of(1, RandomStream.of(1));
    tuning().withSteps(12, 8).train(one, shades(6, 1), kernels);
    tuning().withSteps(12, 8).train(other, shades(6, 1), kernels);
    tuning()
        .withLabels(new LabelledFraction(0.25, 6))
        .withSteps(12, 8)
        .train(third, shades(6, 1), kernels);
    double[] weights = one.norm.weight().toDoubles();
    assertThat(other.norm.weight().toDoubles()).isEqualTo(weights);
    assertThat(third.norm.weight().toDoubles()).isNotEqualTo(weights);
  }

  @Test
  void eachLayerHasItsShareOfTheRate() {
    Classification task = task(Stacked.of(3, RandomStream.of(1)));
    Map<String, Double> rates = new LinkedHashMap<>();
    Map<String, Boolean> decays = new LinkedHashMap<>();
    List<ParameterGroup> groups = new LayerDecay(0.5).groups(Parts.of(task));
    Parts.of(task)
        .parameters()
        .forEach(
            (name, parameter) -> {
              ParameterGroup own =
                  groups.stream()
                      .filter(group -> group.holds().test(name, parameter.shape()))
                      .findFirst()
                      .orElseThrow();
              rates.put(name, own.rateFactor());
              decays.put(name, own.decays());
            });
    assertThat(rates)
        .containsEntry("encoder.patchEmbedding.weight", 0.0625) // .5^(3 + 1)
        .containsEntry("encoder.positions", 0.0625)
        .containsEntry("encoder.blocks.0.mlp.weight", 0.125)
        .containsEntry("encoder.blocks.0.mlp.bias", 0.125)
        .containsEntry("encoder.blocks.1.mlp.weight", 0.25)
        .containsEntry("encoder.blocks.2.mlp.weight", 0.5)
        .containsEntry("encoder.norm.weight", 1.0)
        .containsEntry("head.weight", 1.0)
        .containsEntry("head.bias", 1.0);
    assertThat(decays)
        .containsEntry("encoder.patchEmbedding.weight", true)
        .containsEntry("encoder.positions", false)
        .containsEntry("encoder.blocks.0.mlp.bias", false)
        .containsEntry("head.weight", true)
        .containsEntry("head.bias", false);
  }

  @Test
  void theFirstBlocksMoveLessWithALayerDecay() {
    double even = moved(LayerDecay.none());
    double shrunk = moved(new LayerDecay(0.1));
    // AdamW's first steps move a weight by about the rate; the patches lie L + 1 = 3 layers below.
    assertThat(shrunk / even).isCloseTo(1e-3, within(2e-4));
  }

  /** How far the patches' first weight goes in two steps. */
  private double moved(LayerDecay decay) {
    Stacked encoder = Stacked.of(2, RandomStream.of(1));
    double before = encoder.patchEmbedding.weight().toDoubles()[0];
    FineTuning two =
        new FineTuning(
                new LabelledFraction(1, 1), 20, 6, 1e-3, 0, decay, NORMALIZE, Precision.FLOAT32)
            .withSteps(2, 6);
    two.train(encoder, shades(2, 1), kernels);
    return Math.abs(encoder.patchEmbedding.weight().toDoubles()[0] - before);
  }

  @Test
  void theUsualRatesShrinkWhereThereAreBlocks() {
    FineTuning deep = FineTuning.of(Stacked.of(2, RandomStream.of(1)), NORMALIZE);
    FineTuning flat = FineTuning.of(Stacked.of(0, RandomStream.of(1)), NORMALIZE);
    assertThat(deep.layerDecay()).isEqualTo(new LayerDecay(0.75));
    assertThat(flat.layerDecay()).isEqualTo(LayerDecay.none());
    assertThat(deep.rate()).isEqualTo(1e-3);
    assertThat(flat.rate()).isEqualTo(1e-2);
  }

  @Test
  void mixedPrecisionLearnsTheSameFromTheSameStart() {
    Stacked exact = Stacked.of(2, RandomStream.of(1));
    Stacked mixed = Stacked.of(2, RandomStream.of(1));
    double before = exact.norm.weight().toDoubles()[0];
    tuning().withSteps(20, 8).train(exact, shades(6, 1), kernels);
    tuning().withSteps(20, 8).withPrecision(Precision.BFLOAT16).train(mixed, shades(6, 1), kernels);
    double moved = exact.norm.weight().toDoubles()[0] - before;
    assertThat(Math.abs(moved)).isGreaterThan(0.01);
    assertThat(mixed.norm.weight().toDoubles()[0] - before)
        .isCloseTo(moved, within(0.1 * Math.abs(moved)));
  }

  @Test
  void aLayerDecayNeedsLayers() {
    Classification flat = task(Stacked.of(0, RandomStream.of(1)));
    assertThatThrownBy(() -> new LayerDecay(0.75).groups(Parts.of(flat)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a layer decay of 0.75 needs an encoder with a list of 'blocks'");
    assertThat(LayerDecay.none().groups(Parts.of(flat))).hasSize(2);
    assertThatThrownBy(() -> new LayerDecay(1.5)).hasMessageContaining("the layer decay is 1.5");
  }

  private static Classification task(Stacked encoder) {
    return new Classification(encoder, Linear.of(8, 3, RandomStream.of(2)), NORMALIZE);
  }
}
