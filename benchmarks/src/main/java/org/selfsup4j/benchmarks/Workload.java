package org.selfsup4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.Optimizer;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.Sgd;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.tensor.Precision;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;
import org.selfsup4j.pretext.dino.Dino;
import org.selfsup4j.pretext.dino.DinoHead;
import org.selfsup4j.pretext.mae.MaskedAutoencoder;
import org.selfsup4j.pretext.moco.MocoV2;
import org.selfsup4j.pretext.parts.MultiCrop;
import org.selfsup4j.pretext.parts.ProjectionHead;
import org.selfsup4j.pretext.parts.ViewPairs;
import org.selfsup4j.pretext.rotation.Rotation;
import org.selfsup4j.pretext.simclr.SimClr;

/**
 * A training step to be timed: a task, its optimizer, and a batch in memory.
 *
 * @param name by which it is picked
 * @param images source images of a step (not views)
 * @param gflop operations of products and convolutions, forward and backward, in thousand millions
 * @param task makes the task
 * @param plan optimizer and rate
 * @param batch opens the batch in a session
 */
public record Workload<B>(
    String name,
    int images,
    double gflop,
    Supplier<PretextTask<Image, ?, B>> task,
    TrainingPlan plan,
    Function<Session, B> batch) {

  /** A workload before its size is chosen and its batch is made. */
  private record Definition(String name, int side, int images, double gflop, Maker maker) {}

  private interface Maker {
    Workload<?> make(String name, int images, double gflop);
  }

  /** The names of all workloads. */
  public static List<String> names() {
    return all().stream().map(Definition::name).toList();
  }

  /** The workload called {@code name}. */
  public static Workload<?> of(String name) {
    Definition definition = definition(name);
    return definition.maker.make(name, definition.images, definition.gflop);
  }

  /** The workload called {@code name} with another number of source images in a step. */
  public static Workload<?> of(String name, int images) {
    Definition definition = definition(name);
    if (images < 2) {
      throw new IllegalArgumentException(
          "batch is " + images + ": it must be at least 2, a batch norm needs more than one");
    }
    return definition.maker.make(name, images, definition.gflop * images / definition.images);
  }

  /**
   * Refuses a name that no workload has.
   *
   * @throws IllegalArgumentException naming those there are
   */
  public static void requireKnown(String name) {
    definition(name);
  }

  /** Height and width of the images of the workload called {@code name}. */
  public static int side(String name) {
    return definition(name).side;
  }

  private static Definition definition(String name) {
    return all().stream()
        .filter(definition -> definition.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no workload named '" + name + "': choose one of " + names()));
  }

  /** The same computed in {@code precision}. */
  public Workload<B> in(Precision precision) {
    return new Workload<>(name, images, gflop, task, plan.withPrecision(precision), batch);
  }

  private static List<Definition> all() {
    return List.of(
        new Definition("mae-vit-tiny-32", 32, 128, 111.2, (name, n, f) -> mae(name, 32, 4, n, f)),
        new Definition(
            "mae-vit-tiny-224", 224, 64, 184.9, (name, n, f) -> mae(name, 224, 16, n, f)),
        new Definition("dino-vit-tiny-32", 32, 32, 241, Workload::dino),
        new Definition("rotation-resnet18-32", 32, 128, 426, Workload::rotation),
        new Definition("moco-resnet18-32", 32, 64, 284, Workload::moco),
        new Definition(
            "simclr-resnet18-32",
            32,
            64,
            426,
            (name, n, f) -> simClr(name, ResNet.Stem.SMALL, 32, n, f)),
        new Definition(
            "simclr-resnet18-224",
            224,
            16,
            341,
            (name, n, f) -> simClr(name, ResNet.Stem.LARGE, 224, n, f)));
  }

  private static Workload<MaskedAutoencoder.Batch> mae(
      String name, int side, int patch, int batch, double gflop) {
    RandomStream random = RandomStream.of(1);
    int patches = (side / patch) * (side / patch);
    float[] images = gaussian(random.at("images"), batch * 3 * side * side);
    float[] noise = new float[batch * patches];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = random.nextFloat();
    }
    return new Workload<>(
        name,
        batch,
        gflop,
        () ->
            MaskedAutoencoder.of(
                VisionTransformer.tiny(side, patch, random.at("encoder")),
                MaskedAutoencoder.Options.small((image, draws) -> image),
                random.at("task")),
        plan(batch, new AdamW(0.9, 0.95, 1e-8, 0.05), 1.5e-4),
        session ->
            new MaskedAutoencoder.Batch(
                session.tensor(images, batch, side, side, 3).permute(0, 3, 1, 2),
                session.tensor(noise, batch, patches)));
  }

  private static Workload<Dino.Batch> dino(String name, int batch, double gflop) {
    RandomStream random = RandomStream.of(1);
    MultiCrop crops = MultiCrop.of(32, 16, 4, (image, draws) -> image);
    List<float[]> pixels = new ArrayList<>();
    for (int i = 0; i < crops.count(); i++) {
      int side = side(crops, i);
      pixels.add(gaussian(random.at("crops").at(i), batch * 3 * side * side));
    }
    Dino.Options options =
        Dino.Options.small(32, crops.first())
            .withProjector(new DinoHead.Sizes(512, 128, 4096))
            .withCrops(crops)
            .withTeacherMomentum(Schedule.constant(0.996));
    return new Workload<>(
        name,
        batch,
        gflop,
        () ->
            Dino.of(
                VisionTransformer.of(
                    VisionTransformerOptions.tiny(32, 4).withAntialias(false),
                    random.at("encoder")),
                options,
                random.at("task")),
        plan(batch, AdamW.withDecay(0.04), 5e-4).withClipNorm(3),
        session -> {
          List<Tensor> opened = new ArrayList<>();
          for (int i = 0; i < crops.count(); i++) {
            int side = side(crops, i);
            opened.add(session.tensor(pixels.get(i), batch, side, side, 3).permute(0, 3, 1, 2));
          }
          return new Dino.Batch(opened);
        });
  }

  private static int side(MultiCrop crops, int number) {
    return (number < MultiCrop.GLOBALS ? crops.global() : crops.local()).height();
  }

  private static Workload<Rotation.Batch> rotation(String name, int batch, double gflop) {
    RandomStream random = RandomStream.of(1);
    float[] images = gaussian(random.at("images"), batch * 3 * 32 * 32);
    long[] turns = new long[batch];
    for (int i = 0; i < batch; i++) {
      turns[i] = random.nextInt(4);
    }
    return new Workload<>(
        name,
        batch,
        gflop,
        () ->
            Rotation.of(
                ResNet.resnet18(ResNet.Stem.SMALL, random.at("encoder")),
                Rotation.Options.small((image, draws) -> image),
                random.at("task")),
        plan(batch, new Sgd(0.9, 5e-4, false), 0.06),
        session ->
            new Rotation.Batch(
                session.tensor(images, 1, batch, 32, 32, 3).permute(0, 1, 4, 2, 3),
                session.ids(turns, 1, batch)));
  }

  private static Workload<ViewPairs> moco(String name, int batch, double gflop) {
    RandomStream random = RandomStream.of(1);
    float[] views = gaussian(random.at("views"), 2 * batch * 3 * 32 * 32);
    MocoV2.Options options = MocoV2.Options.small((image, draws) -> image).withSplits(1);
    return new Workload<>(
        name,
        batch,
        gflop,
        () ->
            MocoV2.of(
                ResNet.resnet18(ResNet.Stem.SMALL, random.at("encoder")),
                options,
                random.at("task")),
        plan(batch, new Sgd(0.9, 5e-4, false), 0.06),
        session ->
            new ViewPairs(session.tensor(views, 2, batch, 32, 32, 3).permute(0, 1, 4, 2, 3)));
  }

  private static Workload<ViewPairs> simClr(
      String name, ResNet.Stem stem, int side, int batch, double gflop) {
    RandomStream random = RandomStream.of(1);
    float[] views = gaussian(random.at("views"), 2 * batch * 3 * side * side);
    return new Workload<>(
        name,
        batch,
        gflop,
        () ->
            new SimClr(
                ResNet.resnet18(stem, random.at("encoder")),
                ProjectionHead.of(random.at("projector"), 512, 512, 128),
                SimClr.Options.paper((image, draws) -> image).withTemperature(0.5)),
        plan(batch, new Sgd(0.9, 5e-4, false), 0.06),
        session ->
            new ViewPairs(session.tensor(views, 2, batch, side, side, 3).permute(0, 1, 4, 2, 3)));
  }

  /** Decay on everything, as the peer's plain optimizers have it. */
  private static TrainingPlan plan(int batch, Optimizer optimizer, double rate) {
    return TrainingPlan.of(1, batch)
        .withOptimizer(optimizer, Schedule.constant(rate))
        .withGroups(ParameterGroup.everything());
  }

  private static float[] gaussian(RandomStream random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
