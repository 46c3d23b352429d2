package org.selfsup4j.pretext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ListSource;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.encoder.PatchEncoder;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.train.Pretraining;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.ResNetOptions;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;
import org.selfsup4j.pretext.clustering.DeepCluster;
import org.selfsup4j.pretext.clustering.KnowledgeTransfer;
import org.selfsup4j.pretext.clustering.PseudoLabels;
import org.selfsup4j.pretext.dino.Dino;
import org.selfsup4j.pretext.instance.InstanceDiscrimination;
import org.selfsup4j.pretext.jigsaw.Jigsaw;
import org.selfsup4j.pretext.mae.Decoder;
import org.selfsup4j.pretext.mae.MaskedAutoencoder;
import org.selfsup4j.pretext.moco.MocoV2;
import org.selfsup4j.pretext.moco.MocoV3;
import org.selfsup4j.pretext.rotation.Rotation;
import org.selfsup4j.pretext.simclr.SimClr;

/** Images that an encoder cannot take are refused before a run has a folder, by every method. */
class RefusedImagesTest {

  private static final Augmentation FLOATS = (image, random) -> image.toFloat();
  private static final RandomStream RANDOM = RandomStream.of(2);
  private static final int COUNT = 48;

  @TempDir private Path temporary;

  private static Map<String, PretextTask<Image, ?, ?>> tasks(ImageEncoder encoder) {
    Map<String, PretextTask<Image, ?, ?>> tasks = new LinkedHashMap<>();
    tasks.put("rotation", Rotation.of(encoder, Rotation.Options.small(FLOATS), RANDOM));
    tasks.put("simclr", SimClr.of(encoder, new SimClr.Options(16, 0.5, FLOATS), RANDOM));
    tasks.put(
        "moco v2", MocoV2.of(encoder, new MocoV2.Options(12, 16, 0.9, 0.2, 2, FLOATS), RANDOM));
    tasks.put(
        "moco v3",
        MocoV3.of(encoder, MocoV3.Options.small(FLOATS, FLOATS).withFrozenPatches(false), RANDOM));
    tasks.put(
        "instance discrimination",
        InstanceDiscrimination.of(
            encoder,
            COUNT,
            new InstanceDiscrimination.Options(16, true, 0, 0.2, 0.5, 0, FLOATS),
            RANDOM));
    tasks.put("dino", Dino.of(encoder, TaskContractTest.dinoOptions(), RANDOM));
    tasks.put(
        "deep cluster",
        DeepCluster.of(encoder, COUNT, new DeepCluster.Options(5, 8, 20, FLOATS, FLOATS), RANDOM));
    tasks.put(
        "knowledge transfer",
        KnowledgeTransfer.of(encoder, new KnowledgeTransfer.Options(5, 20, FLOATS), RANDOM));
    return tasks;
  }

  private static ImageEncoder maps() {
    return ResNet.of(ResNetOptions.resnet18(ResNet.Stem.SMALL).withWidth(8), RandomStream.of(1));
  }

  private static PatchEncoder patches() {
    return VisionTransformer.of(VisionTransformerOptions.of(16, 4, 32, 1, 2), RandomStream.of(1));
  }

  private static PretextTask<Image, ?, ?> masked() {
    return MaskedAutoencoder.of(
        patches(),
        MaskedAutoencoder.Options.paper(FLOATS).withDecoder(new Decoder.Sizes(32, 1, 2)),
        RANDOM);
  }

  private static Source<Image> images(int side, int channels) {
    Image black = Image.ofFloats(side, side, channels, new float[side * side * channels]);
    Source<Image> source = ListSource.of("images", Collections.nCopies(COUNT, black));
    return PseudoLabels.of(source, new int[COUNT], 5, "one cluster");
  }

  private DynamicTest refuses(
      String name, PretextTask<Image, ?, ?> task, Source<Image> source, List<String> saying) {
    return DynamicTest.dynamicTest(
        name + ": " + saying.get(0),
        () -> {
          Path folder = temporary.resolve(name);
          TrainingPlan plan = TrainingPlan.of(1, 4);
          assertThatThrownBy(() -> Pretraining.of(task, source, plan).run(folder))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContainingAll(saying.toArray(CharSequence[]::new));
          assertThat(folder).doesNotExist();
        });
  }

  @TestFactory
  List<DynamicTest> grayImagesForAnEncoderOfColors() {
    List<String> saying = List.of("the encoder takes 3 channels", "has 1", "choose an encoder");
    Map<String, PretextTask<Image, ?, ?>> tasks = tasks(maps());
    tasks.put("jigsaw", Jigsaw.of(maps(), TaskContractTest.PUZZLES, RANDOM));
    tasks.put("mae", masked());
    return tasks.entrySet().stream()
        .map(task -> refuses(task.getKey(), task.getValue(), images(16, 1), saying))
        .toList();
  }

  @TestFactory
  List<DynamicTest> imagesThatDoNotDivideIntoPatches() {
    List<String> saying = List.of("images of 18x18", "patches of 4", "choose a multiple");
    Map<String, PretextTask<Image, ?, ?>> tasks = tasks(patches());
    tasks.remove("dino"); // whose crops have sizes of their own, asked for when it is made
    return tasks.entrySet().stream()
        .map(task -> refuses(task.getKey(), task.getValue(), images(18, 3), saying))
        .toList();
  }

  @TestFactory
  List<DynamicTest> imagesOfAnotherSizeThanADecoderHasPositionsFor() {
    return List.of(
        refuses("mae", masked(), images(20, 3), List.of("images of 20x20", "positions for 16x16")));
  }
}
