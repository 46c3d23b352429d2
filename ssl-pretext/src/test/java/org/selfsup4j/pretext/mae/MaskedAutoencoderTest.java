package org.selfsup4j.pretext.mae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.selfsup4j.core.encoder.Patches;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.NameMap;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.WeightSource;
import org.selfsup4j.core.module.Weights;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;
import org.selfsup4j.core.train.StepRunner;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;
import org.selfsup4j.testkit.golden.Filled;
import org.selfsup4j.testkit.golden.Golden;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.ReadsGolden;
import org.selfsup4j.testkit.golden.Tolerance;

@ReadsGolden({"mae-mini.json", "mae-loss.json", "mae-patchify.json"})
class MaskedAutoencoderTest {

  @ParameterizedTest
  @CsvSource({
    "nd4j, DOUBLE, false",
    "nd4j, DOUBLE, true",
    "onednn, FLOAT, false",
    "onednn, FLOAT, true"
  })
  void aSmallModelMeetsEveryReferenceValue(
      String kernels,
      ElementType type,
      boolean standardize,
      @Golden("mae-mini.json") GoldenFile file) {
    Tolerance tolerance = type == ElementType.DOUBLE ? Tolerance.DOUBLE : Tolerance.FLOAT;
    MaskedAutoencoder task = model(standardize);
    NameMap names = names((VisionTransformer) task.encoder());
    Parts.of(task).convertTo(type);
    Weights.load(task, file.name(), weights(file), names);
    Filled images = file.at("input").filled();
    Filled noise = file.at("noise").filled();
    Variable input = Variable.of(type, images.values(), images.shape());
    GoldenNode want = file.at(standardize ? "norm_pix" : "plain");
    try (Arena arena = new Arena();
        Session session = Session.training(KernelSets.open(kernels), arena, "test")) {
      Pass pass = new Pass(true, RandomStream.of(1), session);
      MaskedAutoencoder.Batch batch =
          new MaskedAutoencoder.Batch(
              session.open(input), session.tensor(type, noise.values(), noise.shape()));
      Reconstruction result = task.reconstruct(batch, pass);
      assertMasked(
          file, result.inPlace(result.guess()).toDoubles(), Math.max(1e-6, tolerance.relative()));
      want.at("loss").assertNumber(result.loss().item(), tolerance);
      Tensor loss = task.loss(batch, new Step(0, 1, 0, pass)).value();
      want.at("loss").assertNumber(loss.item(), tolerance);
      session.backward(loss);
      want.at("grad_input").tensor().assertMatches(read(session, input), tolerance);
      Map<String, double[]> gradients = new LinkedHashMap<>();
      Parts.of(task)
          .parameters()
          .forEach(
              (name, parameter) ->
                  gradients.put(names.foreign(name), read(session, parameter.variable())));
      for (String name : want.at("gradients").keys()) {
        assertThat(gradients).containsKey(name);
        want.at("gradients").at(name).tensor().assertMatches(gradients.get(name), tolerance);
      }
    }
  }

  /** On two threads each has half of the images. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theLossOfImagesInPartsIsThatOfAll(boolean standardize) {
    MaskedAutoencoder task = model(standardize);
    List<Map<String, double[]>> runs = new ArrayList<>();
    Kernels kernels = KernelSets.open("onednn");
    int before = kernels.threads();
    for (int threads = 1; threads <= 2; threads++) {
      kernels.setThreads(threads);
      Map<String, double[]> run = new LinkedHashMap<>();
      try (Arena arena = new Arena();
          Session session = Session.training(kernels, arena, "test")) {
        MaskedAutoencoder.Batch batch = batch(session);
        Pass pass = new Pass(true, RandomStream.of(1), session);
        Tensor loss = task.loss(batch, new Step(0, 1, 0, pass)).value();
        run.put("loss", loss.detach().toDoubles());
        run.put("loss of reconstruct", task.reconstruct(batch, pass).loss().toDoubles());
        session.backward(loss);
        Parts.of(task)
            .parameters()
            .forEach((name, parameter) -> run.put(name, read(session, parameter.variable())));
        assertThat(arena.part(1).peakBytes() > 0).as("in parts").isEqualTo(threads == 2);
      }
      runs.add(run);
    }
    kernels.setThreads(before);
    runs.get(0)
        .forEach(
            (name, whole) ->
                assertThat(runs.get(1).get(name)).as(name).containsExactly(whole, within(2e-6)));
    assertThat(runs.get(0).get("loss")[0])
        .isCloseTo(runs.get(0).get("loss of reconstruct")[0], within(1e-6));
  }

  /** Threads that compute parts take turns as the system likes; the bits must not. */
  @Test
  void theSameStepsOnTwoThreadsEndWithTheSameBits() {
    Kernels kernels = KernelSets.open("onednn");
    int before = kernels.threads();
    kernels.setThreads(2);
    List<Map<String, double[]>> runs = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      MaskedAutoencoder task = model(true);
      TrainingPlan plan =
          TrainingPlan.of(1, 9).withOptimizer(AdamW.withDecay(0.05), Schedule.constant(1e-3));
      Map<String, double[]> numbers = new LinkedHashMap<>();
      try (StepRunner<MaskedAutoencoder.Batch> runner = new StepRunner<>(task, plan, kernels, 10)) {
        for (int step = 0; step < 10; step++) {
          double loss = runner.run(step, 0, MaskedAutoencoderTest::batch, false).loss();
          numbers.put("loss of step " + step, new double[] {loss});
        }
        Parts.of(task)
            .parameters()
            .forEach((name, parameter) -> numbers.put(name, parameter.variable().toDoubles()));
      }
      runs.add(numbers);
    }
    kernels.setThreads(before);
    runs.get(0)
        .forEach((name, first) -> assertThat(runs.get(1).get(name)).as(name).isEqualTo(first));
  }

  private static MaskedAutoencoder.Batch batch(Session session) {
    double[] pixels = new Random(3).doubles(9 * 3 * 16 * 16L, -2, 2).toArray();
    double[] noise = new Random(4).doubles(9 * 16L).toArray();
    return new MaskedAutoencoder.Batch(
        session.tensor(ElementType.FLOAT, pixels, 9, 3, 16, 16),
        session.tensor(ElementType.FLOAT, noise, 9, 16));
  }

  @ParameterizedTest
  @CsvSource({"nd4j, DOUBLE", "onednn, FLOAT"})
  void theLossMeetsTheReferenceValues(
      String kernels, ElementType type, @Golden("mae-loss.json") GoldenFile file) {
    Tolerance tolerance = type == ElementType.DOUBLE ? Tolerance.DOUBLE : Tolerance.FLOAT;
    for (GoldenNode example : file.cases("cases")) {
      Filled image = example.at("tensors").at(0).filled();
      Filled guess = example.at("tensors").at(1).filled();
      Variable prediction = Variable.of(type, guess.values(), guess.shape());
      try (Arena arena = new Arena();
          Session session = Session.training(KernelSets.open(kernels), arena, "test")) {
        Tensor images = session.tensor(type, image.values(), image.shape());
        // The images of the reference have unequal numbers of masked patches: all are one here.
        double[] mask = flat(example.at("mask"));
        long[] masked =
            IntStream.range(0, mask.length).filter(i -> mask[i] == 1).asLongStream().toArray();
        Tensor ids = session.ids(masked, 1, masked.length);
        Tensor patches = Patches.of(images, example.at("patch").integer());
        Tensor loss =
            model(example.at("norm_pix").flag())
                .errors(
                    Rows.gatherTokens(session.open(prediction).reshape(1, mask.length, -1), ids),
                    Rows.gatherTokens(patches.reshape(1, mask.length, -1), ids),
                    new Pass(true, RandomStream.of(1), session))
                .mean();
        example.at("loss").assertNumber(loss.item(), tolerance);
        session.backward(loss);
        example.at("grad_pred").tensor().assertMatches(read(session, prediction), tolerance);
      }
    }
  }

  @Test
  void patchesComeInTheReferenceOrderAndGoBack(@Golden("mae-patchify.json") GoldenFile file) {
    for (GoldenNode example : file.cases("cases")) {
      Filled images = example.at("tensors").at(0).filled();
      int size = example.at("patch").integer();
      try (Arena arena = new Arena();
          Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
        Tensor x = session.tensor(ElementType.DOUBLE, images.values(), images.shape());
        Tensor patches = Patches.of(x, size);
        example.at("patches").tensor().assertMatches(patches.toDoubles(), Tolerance.DOUBLE);
        Tensor back = Patches.toImages(patches, size, x.size(2) / size, x.size(3) / size);
        assertThat(back.toDoubles()).containsExactly(images.values());
      }
    }
  }

  @Test
  void refusesARatioThatLeavesNothing() {
    VisionTransformer encoder = encoder();
    MaskedAutoencoder.Options options =
        MaskedAutoencoder.Options.small((image, random) -> image).withMaskRatio(0.99);
    assertThatThrownBy(() -> MaskedAutoencoder.of(encoder, options, RandomStream.of(1)))
        .hasMessageContaining("maskRatio 0.99 of 16 patches keeps 0");
  }

  @Test
  void refusesImagesOfAsManyPatchesInAnotherGrid() {
    MaskedAutoencoder task = model(false);
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "test")) {
      MaskedAutoencoder.Batch batch =
          new MaskedAutoencoder.Batch(
              session.full(ElementType.FLOAT, 0, 1, 3, 8, 32),
              session.full(ElementType.FLOAT, 0, 1, 16));
      Pass pass = new Pass(false, RandomStream.of(1), session);
      assertThatThrownBy(() -> task.reconstruct(batch, pass))
          .hasMessageContaining("images of 8x32, but the encoder has positions for")
          .hasMessageContaining("let the augmentation give images of 16");
    }
  }

  private static VisionTransformer encoder() {
    return VisionTransformer.of(VisionTransformerOptions.of(16, 4, 32, 2, 4), RandomStream.of(1));
  }

  private static MaskedAutoencoder model(boolean standardize) {
    return MaskedAutoencoder.of(
        encoder(),
        new MaskedAutoencoder.Options(
            0.75, new Decoder.Sizes(16, 1, 4), standardize, (image, random) -> image),
        RandomStream.of(2));
  }

  /** Our names to those of the paper's code, which calls the encoder's parts as timm does. */
  private static NameMap names(VisionTransformer encoder) {
    return part -> {
      if (part.startsWith("encoder.")) {
        String name = encoder.timmNames().foreign(part.substring("encoder.".length()));
        return name;
      }
      return part.replace("decoder.embed", "decoder_embed")
          .replace("decoder.maskToken", "mask_token")
          .replace("decoder.positions", "decoder_pos_embed")
          .replace("decoder.blocks", "decoder_blocks")
          .replace("decoder.norm", "decoder_norm")
          .replace("decoder.pixels", "decoder_pred")
          .replace("attention.projection", "attn.proj")
          .replace("attention.qkv", "attn.qkv")
          .replace("mlp.hidden", "mlp.fc1")
          .replace("mlp.output", "mlp.fc2");
    };
  }

  private static WeightSource weights(GoldenFile file) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    Map<String, double[]> values = new LinkedHashMap<>();
    for (GoldenNode node : file.cases("parameters")) {
      Filled filled = node.filled();
      shapes.put(filled.name(), filled.shape());
      values.put(filled.name(), filled.values());
    }
    for (String name : new String[] {"pos_embed", "decoder_pos_embed"}) {
      shapes.put(name, file.at(name).tensor().shape());
      values.put(name, file.at(name).tensor().values());
    }
    return new WeightSource() {
      @Override
      public Set<String> names() {
        return values.keySet();
      }

      @Override
      public long[] shape(String name) {
        return shapes.get(name);
      }

      @Override
      public double[] values(String name) {
        return values.get(name);
      }
    };
  }

  /** The reference guesses all patches, the task the masked ones. */
  private static void assertMasked(GoldenFile file, double[] guess, double relative) {
    double[] want = file.at("intermediate").at("pred").tensor().values();
    double[] mask = flat(file.at("mask"));
    int width = want.length / mask.length;
    double scale = Arrays.stream(want).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < want.length; i++) {
      double expected = mask[i / width] * want[i];
      assertThat(guess[i]).as("number %d", i).isCloseTo(expected, within(relative * scale));
    }
  }

  private static double[] flat(GoldenNode rows) {
    return rows.items().stream().flatMapToDouble(row -> Arrays.stream(row.numbers())).toArray();
  }

  private static double[] read(Session session, Variable variable) {
    return session.constant(variable.gradient()).toDoubles();
  }
}
