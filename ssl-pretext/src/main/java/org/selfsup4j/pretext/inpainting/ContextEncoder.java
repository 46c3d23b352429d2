package org.selfsup4j.pretext.inpainting;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.encoder.FeatureMapEncoder;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.task.Turn;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.Arithmetic;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Fitting;

/**
 * The context encoder (Pathak, Kraehenbuehl, Donahue, Darrell and Efros 2016, "Context encoders:
 * feature learning by inpainting"): guesses the pixels of a missing part of an image from the rest.
 * A step has two turns, {@value #DISCRIMINATOR} and then {@value #GENERATOR}; the package says what
 * differs from the paper.
 *
 * @param encoder sees the image without the part; its last maps go to the decoder
 * @param decoder guesses the part; thrown away after training
 * @param discriminator tells guesses from photographs; thrown away after training, or none
 * @param options region, weights of the losses, and what is done to an image before
 */
public record ContextEncoder(
    FeatureMapEncoder encoder,
    Decoder decoder,
    Optional<Discriminator> discriminator,
    Options options)
    implements ImageTask<ContextEncoder.Example, ContextEncoder.Batch> {

  /** The turn that trains encoder and decoder. */
  public static final String GENERATOR = "generator";

  /** The turn that trains the discriminator. */
  public static final String DISCRIMINATOR = "discriminator";

  /**
   * Settings.
   *
   * @param imageSize side of the images, which are square
   * @param region what is hidden
   * @param overlap pixels around what is hidden that are seen and guessed all the same
   * @param overlapWeight of their squared error, against 1 of what is hidden
   * @param reconstructionWeight lambda_rec of equation 3
   * @param adversarialWeight lambda_adv of equation 3; 0 for no discriminator
   * @param discriminatorWidth maps of the discriminator's first convolution
   * @param augmentation makes the image; its last step should normalise, so that 0 is the mean
   */
  public record Options(
      int imageSize,
      Region region,
      int overlap,
      double overlapWeight,
      double reconstructionWeight,
      double adversarialWeight,
      int discriminatorWidth,
      Augmentation augmentation) {

    /** Checks the ranges. */
    public Options {
      if (imageSize < 2 || discriminatorWidth < 1 || overlap < 0) {
        throw new IllegalArgumentException(
            String.format(
                "imageSize is %d, discriminatorWidth %d, overlap %d: they must be at least 2, 1"
                    + " and 0",
                imageSize, discriminatorWidth, overlap));
      }
      if (!(overlapWeight > 0) || !(reconstructionWeight > 0) || !(adversarialWeight >= 0)) {
        throw new IllegalArgumentException(
            String.format(
                "overlapWeight is %s, reconstructionWeight %s, adversarialWeight %s: the first two"
                    + " must be above 0, the last not below",
                overlapWeight, reconstructionWeight, adversarialWeight));
      }
      int size = region.predictedSize(imageSize);
      if (2 * overlap >= size) {
        throw new IllegalArgumentException(
            "overlap "
                + overlap
                + " on both sides leaves nothing to hide of a guessed square of "
                + size
                + ": make it smaller than "
                + (size + 1) / 2);
      }
    }

    /**
     * The paper's for inpainting (section 5.1): images of 128, of which the middle 64 are guessed
     * with an overlap of 7 that counts 10 times; losses .999 to .001.
     */
    public static Options paper(Augmentation augmentation) {
      return new Options(128, new Region.Centre(), 7, 10, 0.999, 0.001, 64, augmentation);
    }

    /**
     * The paper's for features (sections 3.3 and 5.2): random regions of a quarter of the image,
     * and no adversary. Images of 128 instead of 227, whose maps do not double to 227.
     */
    public static Options paperFeatures(Augmentation augmentation) {
      return paper(augmentation).withRegion(new Region.Shapes(0.25, 8)).withoutAdversary();
    }

    /** For images of 32: the paper's for inpainting with overlap 2 and a narrow discriminator. */
    public static Options small(Augmentation augmentation) {
      return new Options(32, new Region.Centre(), 2, 10, 0.999, 0.001, 16, augmentation);
    }

    /**
     * For features of images of 32: random regions of a quarter of the image, drawn from noise of
     * 4x4 values, no adversary and no overlap. Where regions are a few pixels wide, a border that
     * counts ten times would be most of the loss, and it can be copied from what is seen.
     */
    public static Options smallFeatures(Augmentation augmentation) {
      return small(augmentation)
          .withRegion(new Region.Shapes(0.25, 4))
          .withOverlap(0, 1)
          .withoutAdversary();
    }

    /** The same for images of another size. */
    public Options withImageSize(int imageSize) {
      return with(copy -> copy.imageSize = imageSize);
    }

    /** The same with something else hidden. */
    public Options withRegion(Region region) {
      return with(copy -> copy.region = region);
    }

    /** The same with another overlap, and another weight of its error. */
    public Options withOverlap(int overlap, double overlapWeight) {
      return with(
          copy -> {
            copy.overlap = overlap;
            copy.overlapWeight = overlapWeight;
          });
    }

    /** The same with other weights of the losses; without discriminator where the second is 0. */
    public Options withWeights(double reconstructionWeight, double adversarialWeight) {
      return with(
          copy -> {
            copy.reconstructionWeight = reconstructionWeight;
            copy.adversarialWeight = adversarialWeight;
          });
    }

    /** The same with another width of the discriminator. */
    public Options withDiscriminatorWidth(int discriminatorWidth) {
      return with(copy -> copy.discriminatorWidth = discriminatorWidth);
    }

    /** The same with reconstruction alone: no discriminator. */
    public Options withoutAdversary() {
      return withWeights(1, 0);
    }

    /** Side of the square that is guessed. */
    public int predictedSize() {
      return region.predictedSize(imageSize);
    }

    /** The same but for what {@code change} sets. */
    private Options with(Consumer<Copy> change) {
      Copy copy = new Copy(this);
      change.accept(copy);
      return copy.options();
    }

    /** The components, each of which may be set once more. */
    private static final class Copy {
      private int imageSize;
      private Region region;
      private int overlap;
      private double overlapWeight;
      private double reconstructionWeight;
      private double adversarialWeight;
      private int discriminatorWidth;
      private Augmentation augmentation;

      Copy(Options options) {
        imageSize = options.imageSize;
        region = options.region;
        overlap = options.overlap;
        overlapWeight = options.overlapWeight;
        reconstructionWeight = options.reconstructionWeight;
        adversarialWeight = options.adversarialWeight;
        discriminatorWidth = options.discriminatorWidth;
        augmentation = options.augmentation;
      }

      Options options() {
        return new Options(
            imageSize,
            region,
            overlap,
            overlapWeight,
            reconstructionWeight,
            adversarialWeight,
            discriminatorWidth,
            augmentation);
      }
    }
  }

  /**
   * An image; what is hidden of it (one channel: 1 or 0); and what the error of each pixel weighs
   * (one channel).
   */
  public record Example(Image image, Image hidden, Image weight) {}

  /** Images [N, C, S, S], hidden [N, 1, S, S] and weight [N, 1, S, S]. */
  public record Batch(Tensor image, Tensor hidden, Tensor weight) {}

  /** Refuses parts of other sizes, and a discriminator with nothing to do or none to do it. */
  public ContextEncoder {
    if (decoder.size() != options.predictedSize()) {
      throw new IllegalArgumentException(
          "the decoder guesses a square of "
              + decoder.size()
              + ", the options ask for one of "
              + options.predictedSize()
              + ": build both for one region and image size");
    }
    Fitting.requireEqual(
        "a pixel of the encoder's images has",
        encoder.channels(),
        "one of the decoder's",
        decoder.channels());
    long[] maps = lastMaps(encoder, options.imageSize); // [1, C, H, W]
    decoder.bottleneck().requireFitting(maps[1], maps[2], maps[3]);
    if (discriminator.isPresent() && discriminator.get().size() != decoder.size()) {
      throw new IllegalArgumentException(
          "the discriminator judges squares of "
              + discriminator.get().size()
              + ", the decoder guesses one of "
              + decoder.size()
              + ": build both for one region and image size");
    }
    if (discriminator.isPresent() != options.adversarialWeight > 0) {
      throw new IllegalArgumentException(
          "adversarialWeight is "
              + options.adversarialWeight
              + " with "
              + (discriminator.isPresent() ? "a" : "no")
              + " discriminator: give one where the weight is above 0, and only there");
    }
  }

  /**
   * With a fresh decoder and discriminator for {@code encoder}. Works for every image size whose
   * guessed square (half of the image for the centre, else all of it) is the side of the encoder's
   * last maps doubled once or more often.
   *
   * @throws IllegalArgumentException for other sizes, naming both
   */
  public static ContextEncoder of(FeatureMapEncoder encoder, Options options, RandomStream random) {
    int channels = encoder.channels();
    int size = options.predictedSize();
    long[] maps = lastMaps(encoder, options.imageSize); // [1, C, n, n]
    Decoder decoder =
        Decoder.of((int) maps[1], (int) maps[2], size, channels, random.at("decoder"));
    return new ContextEncoder(
        encoder,
        decoder,
        options.adversarialWeight > 0
            ? Optional.of(
                Discriminator.of(
                    channels, size, options.discriminatorWidth, random.at("discriminator")))
            : Optional.empty(),
        options);
  }

  /** The shape of the last maps of a black image: what an encoder makes of a size, it knows. */
  private static long[] lastMaps(FeatureMapEncoder encoder, int size) {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.choose(), arena, "size of the maps")) {
      Pass pass = new Pass(false, RandomStream.of(0), session);
      Tensor black = session.full(ElementType.FLOAT, 0, 1, encoder.channels(), size, size);
      List<Tensor> maps = encoder.maps(black, pass);
      return maps.get(maps.size() - 1).shape().toArray();
    }
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    int size = options.imageSize;
    Image image = options.augmentation.apply(sample.value(), random.at("augmentation"));
    if (image.height() != size || image.width() != size || image.channels() != encoder.channels()) {
      throw new IllegalArgumentException(
          String.format(
              "an image is %dx%d with %d channels, the context encoder was built for %dx%d with %d:"
                  + " let the augmentation crop or resize, or set withImageSize",
              image.height(), image.width(), image.channels(), size, size, encoder.channels()));
    }
    boolean[] hidden = options.region.hidden(size, options.overlap, random.at("region"));
    Hole hole = Hole.of(hidden, size, options.overlap, options.overlapWeight);
    return new Example(image, hole.hidden(), hole.weight());
  }

  @Override
  public List<Turn<Batch>> turns() {
    List<Module> trained = List.of(encoder, decoder);
    Turn<Batch> generator = new Turn<>(GENERATOR, trained, this::loss);
    return discriminator
        .map(
            d -> List.of(new Turn<>(DISCRIMINATOR, List.of(d), this::discriminatorLoss), generator))
        .orElse(List.of(generator));
  }

  /** Of encoder and decoder: equation 3. */
  @Override
  public Loss loss(Batch batch, Step step) {
    Reconstruction result = reconstruct(batch, step.pass());
    Tensor error = result.error();
    Tensor weighted = error.times(options.reconstructionWeight);
    if (discriminator.isEmpty()) {
      return Loss.of(weighted).with("reconstruction", error);
    }
    Tensor logits = discriminator.get().apply(result.filledIn(), step.pass()); // [N]
    Tensor adversarial = Activations.softplus(logits.negated()).mean(); // -log D(guess)
    return Loss.of(weighted.plus(adversarial.times(options.adversarialWeight)))
        .with("reconstruction", error)
        .with("adversarial", adversarial);
  }

  /** Of the discriminator: equation 2, negated. */
  private Loss discriminatorLoss(Batch batch, Step step) {
    Pass pass = step.pass();
    Reconstruction result = pass.session().withoutGradient(() -> reconstruct(batch, pass));
    Discriminator judge = discriminator.orElseThrow();
    Tensor real = judge.apply(result.target(), pass); // [N]
    Tensor guessed = judge.apply(result.filledIn(), pass); // [N]
    Tensor loss =
        Activations.softplus(real.negated()).mean().plus(Activations.softplus(guessed).mean());
    return Loss.of(loss).with("discriminator", loss);
  }

  /** Guesses what is hidden of a batch. */
  public Reconstruction reconstruct(Batch batch, Pass pass) {
    Tensor seen = batch.image().times(batch.hidden().negated().plus(1)); // [N, C, S, S]
    List<Tensor> maps = encoder.maps(seen, pass);
    Tensor guess = decoder.apply(maps.get(maps.size() - 1), pass); // [N, C, P, P]
    return new Reconstruction(guess, predicted(batch.image()), predicted(batch.weight()));
  }

  /** The square that is guessed: [N, C, S, S] becomes [N, C, P, P]. */
  private Tensor predicted(Tensor images) {
    int size = decoder.size();
    int from = (options.imageSize - size) / 2;
    return images.slice(2, from, from + size).slice(3, from, from + size);
  }

  @Override
  public Map<String, Tensor> pictures(Batch batch, Pass pass) {
    Reconstruction result = reconstruct(batch, pass);
    Tensor image = batch.image();
    Tensor hidden = batch.hidden();
    Tensor seen = image.times(hidden.negated().plus(1)); // [N, C, S, S]
    Map<String, Tensor> pictures = new LinkedHashMap<>();
    pictures.put("original", image);
    pictures.put("masked", seen);
    pictures.put("filled in", seen.plus(withinRange(framed(result.guess()), image).times(hidden)));
    return pictures;
  }

  /** The guess in its place, with 0 around it: [N, C, P, P] becomes [N, C, S, S]. */
  private Tensor framed(Tensor guess) {
    int before = (options.imageSize - decoder.size()) / 2;
    int after = options.imageSize - decoder.size() - before;
    return Joins.pad(Joins.pad(guess, 2, before, after, 0), 3, before, after, 0);
  }

  /** Cut off at each image's darkest and brightest value, so that a sheet shows it as bright. */
  private static Tensor withinRange(Tensor guess, Tensor image) {
    Tensor low = Reductions.reduce(Reduction.MIN, image, true, 1, 2, 3); // [N, 1, 1, 1]
    Tensor high = Reductions.reduce(Reduction.MAX, image, true, 1, 2, 3);
    return Arithmetic.minimum(Arithmetic.maximum(guess, low), high);
  }
}
