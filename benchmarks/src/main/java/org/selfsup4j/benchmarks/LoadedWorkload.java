package org.selfsup4j.benchmarks;

import java.util.List;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Augmentations;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Normalize;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.optim.AdamW;
import org.selfsup4j.core.optim.Optimizer;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.optim.Sgd;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.train.TrainingPlan;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.pretext.mae.MaskedAutoencoder;
import org.selfsup4j.pretext.parts.ProjectionHead;
import org.selfsup4j.pretext.simclr.SimClr;

/**
 * A workload whose batches are loaded: the same step as {@link Workload}'s of that name, with the
 * method's own augmentation of real images.
 *
 * @param name by which it is picked
 * @param task with its augmentation
 * @param plan batch, optimizer and rate
 */
public record LoadedWorkload(String name, ImageTask<?, ?> task, TrainingPlan plan) {

  private static final List<String> NAMES =
      List.of("simclr-narrow18-32", "simclr-resnet18-32", "simclr-resnet18-224", "mae-vit-tiny-32");

  /** The names of all of them; {@code simclr-narrow18-32} has a step as short as a first run's. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The workload called {@code name}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static LoadedWorkload of(String name) {
    RandomStream random = RandomStream.of(1);
    return switch (name) {
      case "simclr-narrow18-32" ->
          simClr(name, ResNet.narrow18(ResNet.Stem.SMALL, random.at("encoder")), 32, 64);
      case "simclr-resnet18-32" ->
          simClr(name, ResNet.resnet18(ResNet.Stem.SMALL, random.at("encoder")), 32, 64);
      case "simclr-resnet18-224" ->
          simClr(name, ResNet.resnet18(ResNet.Stem.LARGE, random.at("encoder")), 224, 16);
      case "mae-vit-tiny-32" -> mae(name, VisionTransformer.tiny(32, 4, random.at("encoder")));
      default ->
          throw new IllegalArgumentException(
              "no workload with a loader is named '" + name + "': choose one of " + NAMES);
    };
  }

  /** Times its steps on {@code source}; see {@link LoaderTiming#measure}. */
  public LoaderTiming measure(Source<Image> source, Kernels kernels, int steps) {
    return LoaderTiming.measure(name, task, source, plan, kernels, steps);
  }

  private static LoadedWorkload simClr(String name, ResNet encoder, int side, int batch) {
    Augmentation views =
        Augmentations.of(InputStages.simClr(side).values().toArray(Augmentation[]::new));
    RandomStream random = RandomStream.of(1);
    return new LoadedWorkload(
        name,
        new SimClr(
            encoder,
            ProjectionHead.of(random.at("projector"), encoder.width(), 512, 128),
            SimClr.Options.paper(views).withTemperature(0.5)),
        plan(batch, new Sgd(0.9, 5e-4, false), 0.06));
  }

  private static LoadedWorkload mae(String name, VisionTransformer encoder) {
    Augmentation crop = RandomResizedCrop.of(32).withScale(0.2, 1).then(Normalize.imageNet());
    return new LoadedWorkload(
        name,
        MaskedAutoencoder.of(
            encoder, MaskedAutoencoder.Options.small(crop), RandomStream.of(1).at("task")),
        plan(128, new AdamW(0.9, 0.95, 1e-8, 0.05), 1.5e-4));
  }

  private static TrainingPlan plan(int batch, Optimizer optimizer, double rate) {
    return TrainingPlan.of(1, batch)
        .withOptimizer(optimizer, Schedule.constant(rate))
        .withGroups(ParameterGroup.everything());
  }
}
