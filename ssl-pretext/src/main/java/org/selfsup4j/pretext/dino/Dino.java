package org.selfsup4j.pretext.dino;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.RandomResizedCrop;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.encoder.AttentionEncoder;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Buffer;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.Teacher;
import org.selfsup4j.core.optim.Schedule;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.task.Turn;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.pretext.parts.Branch;
import org.selfsup4j.pretext.parts.Fitting;
import org.selfsup4j.pretext.parts.Momentum;
import org.selfsup4j.pretext.parts.MultiCrop;
import org.selfsup4j.pretext.parts.Temperature;

/**
 * DINO (Caron, Touvron, Misra, Jegou, Mairal, Bojanowski and Joulin 2021, "Emerging properties in
 * self-supervised vision transformers"): a student that sees large and small crops of an image
 * guesses what its own moving average says of the large ones. Equations and deviations are in the
 * package's description.
 *
 * @param encoder f of the student g = h(f(x)); the teacher's is {@code teacher.module().encoder()}
 * @param projector h of the student
 * @param teacher follows both, without gradients
 * @param centre [K], moving mean of the teacher's outputs
 * @param options crops, temperatures, momenta
 */
public record Dino(
    ImageEncoder encoder,
    DinoHead projector,
    Teacher<Branch> teacher,
    Buffer centre,
    Options options)
    implements ImageTask<Dino.Example, Dino.Batch> {

  private static final int PICTURES = 8;

  /**
   * Settings.
   *
   * @param projector its widths, where {@link #of} makes it
   * @param crops the views of an image
   * @param studentTemperature tau_s of equation 1
   * @param teacherTemperature tau_t, by epoch
   * @param teacherMomentum lambda, by step
   * @param centreMomentum m of equation 4, in [0, 1)
   * @param frozenEpochs for how many epochs the prototypes rest at first
   */
  public record Options(
      DinoHead.Sizes projector,
      MultiCrop crops,
      double studentTemperature,
      Warmup teacherTemperature,
      Schedule teacherMomentum,
      double centreMomentum,
      int frozenEpochs) {

    /** Checks the ranges. */
    public Options {
      Temperature.require("studentTemperature", studentTemperature);
      Momentum.require("teacherMomentum", teacherMomentum);
      Momentum.require("centreMomentum", centreMomentum);
      if (frozenEpochs < 0) {
        throw new IllegalArgumentException(
            "frozenEpochs is " + frozenEpochs + ": it must not be negative, usually 1");
      }
    }

    /**
     * Section 3.2 and appendix C, for images of 224: 65,536 prototypes, eight local crops of 96,
     * temperatures .1 and .04 to .07 in 30 epochs, momentum .996 to 1, centre .9; one epoch frozen
     * as in the authors' code.
     *
     * @param last done to every crop at the end, see {@link MultiCrop#of}
     */
    public static Options paper(Augmentation last) {
      return new Options(
          DinoHead.Sizes.paper(),
          MultiCrop.of(224, 96, 8, last),
          0.1,
          new Warmup(0.04, 0.07, 30),
          Schedule.cosine(0.996, 1),
          0.9,
          1);
    }

    /**
     * For images of about 32, small encoders and some minutes: 1,024 prototypes, four local crops
     * of half the side as {@link MultiCrop#small} makes them, a teacher of constant temperature .04
     * and constant momentum .99, prototypes that learn from the first step. Not of the paper.
     */
    public static Options small(int side, Augmentation last) {
      return new Options(
          DinoHead.Sizes.small(),
          MultiCrop.small(side, side / 2, 4, last),
          0.1,
          Warmup.none(0.04),
          Schedule.constant(0.99),
          0.9,
          0);
    }

    /** The same with a projector of other widths. */
    public Options withProjector(DinoHead.Sizes projector) {
      return with(copy -> copy.projector = projector);
    }

    /** The same with other crops. */
    public Options withCrops(MultiCrop crops) {
      return with(copy -> copy.crops = crops);
    }

    /** The same with another temperature of the student. */
    public Options withStudentTemperature(double studentTemperature) {
      return with(copy -> copy.studentTemperature = studentTemperature);
    }

    /** The same with another temperature of the teacher. */
    public Options withTeacherTemperature(Warmup teacherTemperature) {
      return with(copy -> copy.teacherTemperature = teacherTemperature);
    }

    /** The same with another momentum of the teacher. */
    public Options withTeacherMomentum(Schedule teacherMomentum) {
      return with(copy -> copy.teacherMomentum = teacherMomentum);
    }

    /** The same with another momentum of the centre. */
    public Options withCentreMomentum(double centreMomentum) {
      return with(copy -> copy.centreMomentum = centreMomentum);
    }

    /** The same with the prototypes frozen for other epochs. */
    public Options withFrozenEpochs(int frozenEpochs) {
      return with(copy -> copy.frozenEpochs = frozenEpochs);
    }

    /** The same but for what {@code change} sets. */
    private Options with(Consumer<Copy> change) {
      Copy copy = new Copy(this);
      change.accept(copy);
      return copy.options();
    }

    /** The components, each of which may be set once more. */
    private static final class Copy {
      private DinoHead.Sizes projector;
      private MultiCrop crops;
      private double studentTemperature;
      private Warmup teacherTemperature;
      private Schedule teacherMomentum;
      private double centreMomentum;
      private int frozenEpochs;

      Copy(Options options) {
        projector = options.projector;
        crops = options.crops;
        studentTemperature = options.studentTemperature;
        teacherTemperature = options.teacherTemperature;
        teacherMomentum = options.teacherMomentum;
        centreMomentum = options.centreMomentum;
        frozenEpochs = options.frozenEpochs;
      }

      Options options() {
        return new Options(
            projector,
            crops,
            studentTemperature,
            teacherTemperature,
            teacherMomentum,
            centreMomentum,
            frozenEpochs);
      }
    }
  }

  /** All crops of one image, the two global ones first. */
  public record Example(List<Image> crops) {}

  /** Crops [N, C, H, W] each, the two global ones first. */
  public record Batch(List<Tensor> crops) {}

  /** Refuses crops that the encoder cannot cut into patches, and a head that is not its own. */
  public Dino {
    RandomResizedCrop global = options.crops.global();
    Fitting.requireWholePatches("global crops", global.height(), global.width(), encoder);
    if (options.crops.locals() > 0) {
      RandomResizedCrop local = options.crops.local();
      Fitting.requireWholePatches("local crops", local.height(), local.width(), encoder);
    }
    Fitting.requireFeatures("the projector", projector.width(), encoder);
    Fitting.requireEqual(
        "the options ask for prototypes of",
        options.projector.prototypes(),
        "the projector gives",
        projector.dimension());
    int kept = Math.toIntExact(centre.shape().count());
    Fitting.requireEqual("the projector gives", projector.dimension(), "the centre has", kept);
    teacher.requireCopyOf(new Branch(encoder, projector));
  }

  /** With a fresh projector, a teacher that equals the student, and a centre of zeros. */
  public static Dino of(ImageEncoder encoder, Options options, RandomStream random) {
    DinoHead.Sizes sizes = options.projector;
    DinoHead projector = DinoHead.of(encoder.width(), sizes, random.at("head"));
    return new Dino(
        encoder,
        projector,
        Teacher.of(new Branch(encoder, projector)),
        Buffer.of(new double[sizes.prototypes()], sizes.prototypes()),
        options);
  }

  @Override
  public Example example(Sample<Image> sample, RandomStream random) {
    return new Example(Fitting.requireImages(options.crops.apply(sample.value(), random), encoder));
  }

  /** One that trains the student; the prototypes rest at first. */
  @Override
  public List<Turn<Batch>> turns() {
    Turn<Batch> student = new Turn<>("all", List.of(this), this::loss);
    return List.of(student.freezing(projector.prototypes(), options.frozenEpochs));
  }

  @Override
  public Loss loss(Batch batch, Step step) {
    Pass pass = step.pass();
    Session session = pass.session();
    List<Tensor> crops = batch.crops();
    int globals = MultiCrop.GLOBALS;
    Tensor large = join(crops.subList(0, globals)); // [2N, C, H, W]
    double temperature = options.teacherTemperature.at(step.epoch());
    Tensor targets = session.withoutGradient(() -> teach(large, temperature, pass)); // [2N, K]

    Tensor features = encoder.features(large, pass); // [2N, D]
    if (crops.size() > globals) {
      Tensor small = join(crops.subList(globals, crops.size())); // [(V - 2) N, C, h, w]
      features = Joins.concatenate(0, features, encoder.features(small, pass)); // [V N, D]
    }
    Tensor z = projector.bottleneck(features, pass); // [V N, d]
    Tensor student = projector.prototypes().apply(z, pass); // [V N, K]
    return Loss.of(Distillation.loss(student, targets, options.studentTemperature))
        .with("teacher_entropy", Distillation.relativeEntropy(targets))
        .with("teacher_temperature", temperature)
        .with("teacher_momentum", step.at(options.teacherMomentum))
        .watch("projection", z.slice(0, 0, large.size(0)));
  }

  /** The teacher's distributions [2N, K]; then the centre moves to the mean of its outputs. */
  private Tensor teach(Tensor images, double temperature, Pass pass) {
    // Batch norms measure, as the student's do, but no branch is dropped.
    Pass steady = pass.withoutDropping();
    Tensor output = teacher.module().apply(images, steady); // [2N, K]
    Tensor targets = Distillation.targets(output, centre.in(pass), temperature);
    centre.blend(output.mean(0), 1 - options.centreMomentum, 1, pass); // equation 4
    return targets;
  }

  private static Tensor join(List<Tensor> crops) {
    return Joins.concatenate(0, crops.toArray(Tensor[]::new));
  }

  @Override
  public void afterStep(Step step) {
    double momentum = step.at(options.teacherMomentum);
    teacher.follow(new Branch(encoder, projector), momentum, step.pass().session().kernels());
  }

  /**
   * Where the teacher's class token looks in the last block, a picture for each head, the largest
   * weight white; nothing where the encoder can't tell.
   */
  @Override
  public Map<String, Tensor> pictures(Batch batch, Pass pass) {
    if (!(teacher.module().encoder() instanceof AttentionEncoder looking)) {
      return Map.of();
    }
    Tensor crop = batch.crops().get(0);
    Tensor images = crop.slice(0, 0, Math.min(PICTURES, crop.size(0))); // [N, C, H, W]
    Tensor attention = looking.attention(images, pass); // [N, heads, rows, columns]
    Map<String, Tensor> pictures = new LinkedHashMap<>();
    pictures.put("original", images);
    List<Tensor> heads = Joins.split(attention, 1, (int) attention.size(1));
    for (int i = 0; i < heads.size(); i++) {
      pictures.put("head " + (i + 1), AttentionPicture.of(heads.get(i), images));
    }
    return pictures;
  }
}
