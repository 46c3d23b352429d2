package org.selfsup4j.pretext.instance;

import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Fitting;
import org.selfsup4j.pretext.parts.Head;
import org.selfsup4j.pretext.parts.InfoNce;
import org.selfsup4j.pretext.parts.MemoryBank;
import org.selfsup4j.pretext.parts.Momentum;
import org.selfsup4j.pretext.parts.NormedHead;
import org.selfsup4j.pretext.parts.ProjectionHead;
import org.selfsup4j.pretext.parts.Temperature;

/**
 * Instance discrimination (Wu, Xiong, Yu and Lin 2018, "Unsupervised feature learning via
 * non-parametric instance discrimination"): an image's embedding shall be nearest to the row that a
 * memory bank holds of the same image. Deviations: see the package.
 *
 * @param encoder what is trained for
 * @param projector to the space of the bank
 * @param bank a row for each image
 * @param noise the loss against drawn rows; unused where the softmax is over the whole bank
 * @param options what is compared with, and how the bank follows
 */
public record InstanceDiscrimination(
    ImageEncoder encoder, Head projector, MemoryBank bank, NoiseContrast noise, Options options)
    implements ImageTask<InstanceDiscrimination.Example, InstanceDiscrimination.Batch> {

  /** {@code negatives} of an exact softmax. */
  public static final int WHOLE_BANK = 0;

  /**
   * Settings.
   *
   * @param dimension d of embeddings and rows
   * @param normed whether {@link #of} puts a batch norm without scale behind the linear head, so
   *     that embeddings are spread from the first step on
   * @param negatives m, rows that each embedding is told from by noise-contrastive estimation, or
   *     {@link #WHOLE_BANK} for the softmax over all rows
   * @param temperature T of the softmax
   * @param bankMomentum share of its old self that a row of the bank keeps, in [0, 1)
   * @param proximity lambda of the proximal term, 0 for none
   * @param augmentation makes a view; its last step should normalise
   */
  public record Options(
      int dimension,
      boolean normed,
      int negatives,
      double temperature,
      double bankMomentum,
      double proximity,
      Augmentation augmentation) {

    /** Checks the ranges. */
    public Options {
      if (dimension < 1 || negatives < 0) {
        throw new IllegalArgumentException(
            "dimension is "
                + dimension
                + ", negatives "
                + negatives
                + ": they must be at least 1 and 0, which compares with the whole bank");
      }
      Momentum.require("bankMomentum", bankMomentum);
      Temperature.require("temperature", temperature);
      if (!(proximity >= 0 && proximity < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "proximity is " + proximity + ": it must be 0, for none, or more");
      }
    }

    /**
     * d = 128, m = 4,096, T = .07 (sections 3.1, 3.2 and 4.1), bank momentum .5 (the authors'
     * code): for ImageNet.
     */
    public static Options paper(Augmentation augmentation) {
      return new Options(128, false, 4096, 0.07, 0.5, 0, augmentation);
    }

    /**
     * The softmax over all rows at T = .1, the authors' values for CIFAR-10, behind a normed head:
     * for up to some ten thousand images of about 32x32 and tens of epochs.
     */
    public static Options small(Augmentation augmentation) {
      return new Options(128, true, WHOLE_BANK, 0.1, 0.5, 0, augmentation);
    }

    /** The same with embeddings and rows of another number of dimensions. */
    public Options withDimension(int dimension) {
      return new Options(
          dimension, normed, negatives, temperature, bankMomentum, proximity, augmentation);
    }

    /** The same with or without a batch norm behind the head. */
    public Options withNormed(boolean normed) {
      return new Options(
          dimension, normed, negatives, temperature, bankMomentum, proximity, augmentation);
    }

    /** The same with another number of negatives; {@link #WHOLE_BANK} for the exact softmax. */
    public Options withNegatives(int negatives) {
      return new Options(
          dimension, normed, negatives, temperature, bankMomentum, proximity, augmentation);
    }

    /** The same with another temperature. */
    public Options withTemperature(double temperature) {
      return new Options(
          dimension, normed, negatives, temperature, bankMomentum, proximity, augmentation);
    }

    /** The same with another momentum of the bank. */
    public Options withBankMomentum(double bankMomentum) {
      return new Options(
          dimension, normed, negatives, temperature, bankMomentum, proximity, augmentation);
    }

    /** The same with a proximal term (the paper's equation 9). */
    public Options withProximity(double proximity) {
      return new Options(
          dimension, normed, negatives, temperature, bankMomentum, proximity, augmentation);
    }
  }

  /** A view of an image, and the image's index in its source. */
  public record Example(Image image, long index) {}

  /** Views [N, C, H, W] and indices [N]. */
  public record Batch(Tensor image, Tensor index) {}

  /** Refuses a projector that fits neither encoder nor bank, and fewer rows than are drawn. */
  public InstanceDiscrimination {
    Fitting.requireFeatures("the projector", projector.width(), encoder);
    Fitting.requireEqual(
        "the projector gives", projector.dimension(), "the bank holds rows of", bank.dimension());
    Fitting.requireEqual(
        "the options ask for", options.dimension, "the projector gives", projector.dimension());
    if (options.negatives > bank.size()) {
      throw new IllegalArgumentException(
          "negatives is "
              + options.negatives
              + ", the bank holds "
              + bank.size()
              + " images: draw fewer, or compare with the whole bank (negatives = 0)");
    }
  }

  /**
   * With a fresh linear head, normed if the options say so, and a random bank.
   *
   * @param images in the source that it will be trained on: {@code source.size()}
   */
  public static InstanceDiscrimination of(
      ImageEncoder encoder, long images, Options options, RandomStream random) {
    RandomStream weights = random.at("projector");
    return new InstanceDiscrimination(
        encoder,
        options.normed
            ? NormedHead.of(weights, encoder.width(), options.dimension)
            : ProjectionHead.of(weights, encoder.width(), options.dimension),
        MemoryBank.of(Fitting.count(images), options.dimension, random.at("bank")),
        NoiseContrast.unestimated(),
        options);
  }

  @Override
  public void check(int batchSize, Source<Image> source) {
    source.requireIndexed("a memory bank keeps a row for each image");
    check(batchSize, source.size());
  }

  @Override
  public void check(int batchSize, long samples) {
    if (projector instanceof NormedHead && batchSize < 2) {
      throw new IllegalArgumentException(
          "batchSize is "
              + batchSize
              + ": the batch norm behind the head makes every image alike where it is alone; take 2"
              + " or more, or withNormed(false)");
    }
    Fitting.requireRows("the bank holds rows", bank.size(), samples);
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    Image image = options.augmentation.apply(sample.value(), random);
    return new Example(Fitting.requireImage(image, encoder), sample.index());
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Pass pass = step.pass();
    Tensor index = batch.index(); // [N]
    Tensor embeddings = projector.apply(encoder.features(batch.image(), pass), pass); // [N, d]
    Loss contrast =
        options.negatives == WHOLE_BANK
            ? exact(embeddings, index, pass)
            : estimated(embeddings, index, pass);
    Loss loss =
        options.proximity == 0 ? contrast : withProximity(contrast, embeddings, index, pass);
    bank.update(index, embeddings, options.bankMomentum, pass);
    return loss.watch("projection", embeddings);
  }

  /** The softmax over the whole bank, equations 2 and 3. */
  private Loss exact(Tensor embeddings, Tensor index, Pass pass) {
    Tensor rows = bank.snapshot(pass); // [n, d]: the backward pass reads them after the update
    InfoNce result = InfoNce.withBank(embeddings, rows, index, options.temperature);
    return Loss.of(result.loss()).with("accuracy", result.accuracy());
  }

  /** Noise-contrastive estimation, equation 7. */
  private Loss estimated(Tensor embeddings, Tensor index, Pass pass) {
    Tensor negatives = draw((int) index.size(0), pass); // [N, m]
    NoiseContrast.Result result =
        noise.apply(embeddings, bank, index, negatives, options.temperature, pass);
    return Loss.of(result.loss()).with("accuracy", result.accuracy());
  }

  /** Rows [N, m], each of the bank's equally likely. */
  private Tensor draw(int batchSize, Pass pass) {
    RandomStream random = pass.random().at("negatives");
    long[] rows = new long[Math.multiplyExact(batchSize, options.negatives)];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.nextInt(bank.size());
    }
    return pass.session().ids(rows, batchSize, options.negatives);
  }

  private Loss withProximity(Loss contrast, Tensor embeddings, Tensor index, Pass pass) {
    Tensor distance = proximity(embeddings, bank.gather(index, pass));
    Tensor sum = contrast.value().plus(distance.times(options.proximity)); // equation 9
    return new Loss(sum, contrast.measures(), contrast.watched()).with("proximity", distance);
  }

  /** The mean over the batch of {@code |v - f|^2}: embeddings [N, d] of any length, rows [N, d]. */
  static Tensor proximity(Tensor embeddings, Tensor rows) {
    Tensor moves = Reductions.l2Normalize(embeddings).minus(rows); // [N, d]
    return moves.squared().sum().dividedBy((double) rows.size(0));
  }
}
