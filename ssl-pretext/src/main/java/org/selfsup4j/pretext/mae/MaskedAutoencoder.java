package org.selfsup4j.pretext.mae;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.encoder.PatchEncoder;
import org.selfsup4j.core.encoder.Patches;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Normalizations;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Fitting;

/**
 * The masked autoencoder (He, Chen, Xie, Li, Dollar and Girshick 2022, "Masked autoencoders are
 * scalable vision learners"): the encoder sees a quarter of the patches, a small decoder guesses
 * the pixels of the others. Equations and deviations are in the package's description.
 *
 * @param encoder sees the visible patches
 * @param decoder guesses the others; thrown away after training
 * @param options how much is masked, and what the target is
 */
public record MaskedAutoencoder(PatchEncoder encoder, Decoder decoder, Options options)
    implements ImageTask<MaskedAutoencoder.Example, MaskedAutoencoder.Batch> {

  /**
   * Settings.
   *
   * @param maskRatio part of the patches that is masked, in (0, 1)
   * @param decoder its size, where {@link #of} makes it
   * @param standardizePatches whether the target is each patch with mean 0 and variance 1
   * @param augmentation makes the image; its last step should normalise
   */
  public record Options(
      double maskRatio,
      Decoder.Sizes decoder,
      boolean standardizePatches,
      Augmentation augmentation) {

    /** Checks the ratio. */
    public Options {
      if (!(maskRatio > 0 && maskRatio < 1)) {
        throw new IllegalArgumentException(
            "maskRatio is " + maskRatio + ": it must be between 0 and 1, usually .75");
      }
    }

    /**
     * 75% masked, the decoder of 8 blocks (section 4.1), standardised targets (table 1d, "pixel (w/
     * norm)").
     */
    public static Options paper(Augmentation augmentation) {
      return new Options(0.75, Decoder.Sizes.paper(), true, augmentation);
    }

    /** The same with a smaller decoder, for images of about 32x32. */
    public static Options small(Augmentation augmentation) {
      return paper(augmentation).withDecoder(Decoder.Sizes.small());
    }

    /** The same with another part masked. */
    public Options withMaskRatio(double maskRatio) {
      return new Options(maskRatio, decoder, standardizePatches, augmentation);
    }

    /** The same with a decoder of another size. */
    public Options withDecoder(Decoder.Sizes decoder) {
      return new Options(maskRatio, decoder, standardizePatches, augmentation);
    }

    /** The same with each patch standardised as a target, or not. */
    public Options withStandardizePatches(boolean standardizePatches) {
      return new Options(maskRatio, decoder, standardizePatches, augmentation);
    }
  }

  /** An image, and noise [T] that decides which patches are masked. */
  public record Example(Image image, float[] noise) {}

  /** Images [N, C, H, W] and noise [N, T]. */
  public record Batch(Tensor image, Tensor noise) {}

  /** Refuses a ratio that leaves nothing to see or to guess, and another encoder's decoder. */
  public MaskedAutoencoder {
    Fitting.requireFeatures("the decoder", decoder.embed().inputs(), encoder);
    int patches = patches(encoder);
    int numbers = encoder.patchSize() * encoder.patchSize() * encoder.channels();
    int places = (int) decoder.positions().shape().size(1);
    Fitting.requireEqual(
        "the class token and patches of an image are",
        1 + patches,
        "the decoder has positions of",
        places);
    Fitting.requireEqual("a patch has", numbers, "the decoder gives", decoder.pixels().outputs());
    int kept = Masking.kept(patches, options.maskRatio);
    if (kept < 1 || kept >= patches) {
      throw new IllegalArgumentException(
          "maskRatio "
              + options.maskRatio
              + " of "
              + patches
              + " patches keeps "
              + kept
              + ": choose smaller patches or another ratio");
    }
  }

  /** With a fresh decoder. */
  public static MaskedAutoencoder of(PatchEncoder encoder, Options options, RandomStream random) {
    return new MaskedAutoencoder(
        encoder, Decoder.of(encoder, options.decoder, random.at("decoder")), options);
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    Image image = options.augmentation.apply(sample.value(), random.at("augmentation"));
    Fitting.requireChannels(image, encoder);
    requireSize(image.height(), image.width());
    RandomStream draws = random.at("noise");
    float[] noise = new float[patches(encoder)];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = draws.nextFloat();
    }
    return new Example(image, noise);
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Pass pass = step.pass();
    List<Tensor> inputs = List.of(batch.image(), masking(batch).all(pass.session()));
    return Loss.of(
        encoder.treatsImagesAlone()
            ? pass.meanInParts(inputs, this::errors)
            : errors(inputs, pass).mean());
  }

  /** Of images [N, C, H, W] and their patches, the visible ones first [N, T]: [N]. */
  private Tensor errors(List<Tensor> inputs, Pass pass) {
    Tensor images = inputs.get(0);
    Tensor order = inputs.get(1);
    Tensor guess = decoder.apply(latent(images, order, pass), order, pass);
    return errors(guess, target(images, hidden(order, guess)), pass);
  }

  /** Masks, encodes, decodes and compares. */
  public Reconstruction reconstruct(Batch batch, Pass pass) {
    Session session = pass.session();
    Masking masking = masking(batch);
    Tensor order = masking.all(session);
    Tensor guess = decoder.apply(latent(batch.image(), order, pass), order, pass); // [N, T - K, P]
    Tensor target = target(batch.image(), hidden(order, guess));
    return new Reconstruction(errors(guess, target, pass).mean(), guess, masking.back(session));
  }

  private Masking masking(Batch batch) {
    int n = (int) batch.image().size(0);
    int t = (int) batch.noise().size(1);
    requirePatches(batch.image(), t);
    return Masking.of(batch.noise().toDoubles(), n, t, options.maskRatio);
  }

  /** [N, 1 + K, D]: the class token and the visible patches. */
  private Tensor latent(Tensor images, Tensor order, Pass pass) {
    int kept = Masking.kept((int) order.size(1), options.maskRatio);
    Tensor visible = order.slice(1, 0, kept); // [N, K]
    return encoder.encode(encoder.embed(images, visible, pass), pass);
  }

  /** [N, T - K]: the patches that were guessed, of all in their order. */
  private static Tensor hidden(Tensor order, Tensor guess) {
    return order.slice(1, order.size(1) - guess.size(1), order.size(1));
  }

  private Tensor target(Tensor images, Tensor hidden) {
    return Patches.chosen(images, encoder.patchSize(), hidden);
  }

  /**
   * Mean squared error of each image (section 3, "reconstruction target").
   *
   * @param guess [N, M, P]
   * @param target [N, M, P], the pixels
   * @return [N]
   */
  Tensor errors(Tensor guess, Tensor target, Pass pass) {
    return Losses.squaredErrors(
        guess, options.standardizePatches ? standardized(target, pass) : target);
  }

  private void requirePatches(Tensor images, int patches) {
    requireSize(images.size(2), images.size(3));
    if (patches(encoder) != patches) {
      throw new ShapeException(
          "noise is for "
              + patches
              + " patches, the encoder has positions for "
              + patches(encoder)
              + ": draw a number for each");
    }
  }

  /** The decoder's positions are for one size of image. */
  private void requireSize(long height, long width) {
    int side = encoder.imageSize();
    if (height != side || width != side) {
      throw new ShapeException(
          "images of "
              + height
              + "x"
              + width
              + ", but the encoder has positions for "
              + side
              + "x"
              + side
              + ": let the augmentation give images of "
              + side);
    }
  }

  @Override
  public Map<String, Tensor> pictures(Batch batch, Pass pass) {
    Tensor images = batch.image();
    int size = encoder.patchSize();
    long rows = images.size(2) / size;
    long columns = images.size(3) / size;
    Reconstruction result = reconstruct(batch, pass);
    Tensor patches = Patches.of(images, size); // [N, T, P]
    Tensor guess = result.inPlace(result.guess());
    if (options.standardizePatches) { // the target's own mean and variance give it back its light
      Tensor variance = Reductions.varianceKeeping(patches, true, -1);
      guess = guess.times(variance.plus(1e-6).sqrt()).plus(Reductions.meanKeeping(patches, -1));
    }
    Tensor one = pass.session().full(guess.type(), 1, images.size(0), result.guess().size(1), 1);
    Tensor hidden = result.inPlace(one); // [N, T, 1], 1 where masked
    Tensor shown = patches.times(hidden.negated().plus(1));
    Map<String, Tensor> pictures = new LinkedHashMap<>();
    pictures.put("original", images);
    pictures.put("masked", Patches.toImages(shown, size, rows, columns));
    pictures.put(
        "filled in", Patches.toImages(shown.plus(guess.times(hidden)), size, rows, columns));
    return pictures;
  }

  /**
   * Each patch with mean 0 and variance 1, the unbiased one, as in the authors' code: a layer norm,
   * whose variance is the biased one, with other constants.
   */
  private static Tensor standardized(Tensor patches, Pass pass) {
    double biased = 1 - 1.0 / patches.size(-1); // biased variance over the unbiased one
    Session session = pass.session();
    Tensor scale = session.full(patches.type(), Math.sqrt(biased), patches.size(-1));
    Tensor shift = session.full(patches.type(), 0, patches.size(-1));
    return Normalizations.layerNorm(patches, scale, shift, 1e-6 * biased);
  }

  private static int patches(PatchEncoder encoder) {
    int side = encoder.imageSize() / encoder.patchSize();
    return side * side;
  }
}
