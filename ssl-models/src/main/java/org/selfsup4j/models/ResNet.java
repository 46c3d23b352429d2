package org.selfsup4j.models;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.encoder.FeatureMapEncoder;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.module.NameMap;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Pooling;
import org.selfsup4j.core.tensor.ShapeException;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Residual networks (He et al. 2016, "Deep residual learning for image recognition") in the form of
 * torchvision; images of any size. Features are the means of the last maps.
 *
 * @param stem the convolution that reads the image
 * @param stages each but the first halves the size of the maps and doubles their number
 * @param options what the network was built of
 */
public record ResNet(
    NormedConvolution stem, List<List<ResidualBlock>> stages, ResNetOptions options)
    implements FeatureMapEncoder {

  /** How an image becomes the first maps. */
  public enum Stem {
    /** 3x3 convolution with stride 1 and no pooling: images of about 32x32 (CIFAR). */
    SMALL,
    /** 7x7 convolution with stride 2, then 3x3 max pool with stride 2: a quarter of the size. */
    LARGE
  }

  private static final Window LARGE_POOL = Window.square(3, 2, 1);

  /** Takes the lists over as they are. */
  public ResNet {
    stages = stages.stream().map(List::copyOf).toList();
  }

  /** ResNet-18: 64 to 512 maps, 11.2 million parameters. */
  public static ResNet resnet18(Stem stem, RandomStream random) {
    return of(ResNetOptions.resnet18(stem), random);
  }

  /** ResNet-18 at a quarter of its width: 16 to 128 maps, 0.7 million parameters. */
  public static ResNet narrow18(Stem stem, RandomStream random) {
    return of(ResNetOptions.resnet18(stem).withWidth(16), random);
  }

  /** ResNet-34: 64 to 512 maps, 21.3 million parameters. */
  public static ResNet resnet34(Stem stem, RandomStream random) {
    return of(ResNetOptions.resnet34(stem), random);
  }

  /** ResNet-50: bottlenecks, 256 to 2048 maps, 23.5 million parameters. */
  public static ResNet resnet50(Stem stem, RandomStream random) {
    return of(ResNetOptions.resnet50(stem), random);
  }

  /** A network of these options with fresh weights: He-normal (fan out), gamma 1, beta 0. */
  public static ResNet of(ResNetOptions options, RandomStream random) {
    Window window = options.stem() == Stem.SMALL ? Window.square(3, 1, 1) : Window.square(7, 2, 3);
    NormedConvolution stem =
        NormedConvolution.of(options.channels(), options.width(), window, random.at("stem"));
    List<List<ResidualBlock>> stages = new ArrayList<>();
    int inputs = options.width();
    for (int s = 0; s < options.depths().size(); s++) {
      List<ResidualBlock> stage = new ArrayList<>();
      for (int b = 0; b < options.depths().get(s); b++) {
        int stride = s > 0 && b == 0 ? 2 : 1;
        RandomStream own = random.at("stages").at(s).at(b);
        stage.add(
            options.bottleneck()
                ? ResidualBlock.bottleneck(inputs, options.width() << s, stride, own)
                : ResidualBlock.basic(inputs, options.width() << s, stride, own));
        inputs = options.maps(s);
      }
      stages.add(stage);
    }
    if (options.zeroLastGamma()) {
      stages.forEach(stage -> stage.forEach(ResNet::silence));
    }
    return new ResNet(stem, stages, options);
  }

  private static void silence(ResidualBlock block) {
    block.last().norm().weight().set(new double[block.last().norm().weight().toDoubles().length]);
  }

  @Override
  public Tensor features(Tensor images, Pass pass) {
    return pass.session()
        .scope(
            () -> {
              Tensor last = after(stages.size(), images, pass);
              return Pooling.globalAveragePool(pass.widen(last)); // [N, D]
            });
  }

  @Override
  public List<Tensor> maps(Tensor images, Pass pass) {
    List<Tensor> maps = new ArrayList<>();
    Tensor x = after(0, images, pass); // [N, C, H', W']
    for (List<ResidualBlock> stage : stages) {
      x = through(stage, stage.size(), x, pass);
      maps.add(pass.widen(x)); // [N, C 2^s, H' / 2^s, W' / 2^s]
    }
    return maps;
  }

  /**
   * The maps that the first stage is given.
   *
   * @param images [N, C, H, W]
   * @return [N, width, H', W']: the image's size with {@link Stem#SMALL}, a quarter with {@link
   *     Stem#LARGE}
   */
  public Tensor stemMaps(Tensor images, Pass pass) {
    return pass.widen(narrowStemMaps(images, pass));
  }

  private Tensor narrowStemMaps(Tensor images, Pass pass) {
    if (images.rank() != 4 || images.size(1) != channels()) {
      throw new ShapeException(
          "images must be [N, "
              + channels()
              + ", H, W], got "
              + images.shape()
              + ": convert the images, or build the encoder with their number of channels");
    }
    return pass.session()
        .scope(
            () -> {
              Tensor x = stem.applyRelu(pass.narrow(images), pass);
              return options.stem() == Stem.SMALL ? x : Pooling.maxPool2d(x, LARGE_POOL);
            });
  }

  // Each scope below holds the scope of what comes before it: where no tape runs, a result is given
  // back as soon as the next one is there, and evaluation needs the memory of one block.

  private Tensor after(int count, Tensor images, Pass pass) {
    if (count == 0) {
      return narrowStemMaps(images, pass);
    }
    List<ResidualBlock> stage = stages.get(count - 1);
    return pass.session()
        .scope(() -> through(stage, stage.size(), after(count - 1, images, pass), pass));
  }

  private static Tensor through(List<ResidualBlock> stage, int count, Tensor x, Pass pass) {
    if (count == 0) {
      return x;
    }
    return pass.session()
        .scope(() -> stage.get(count - 1).apply(through(stage, count - 1, x, pass), pass));
  }

  @Override
  public int width() {
    return options.maps(options.depths().size() - 1);
  }

  @Override
  public int channels() {
    return options.channels();
  }

  /** What torchvision calls the parts: {@code layer2.0.downsample.1.weight}. */
  public NameMap torchvisionNames() {
    return new TorchvisionResNetNames();
  }
}
