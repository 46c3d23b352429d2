package org.selfsup4j.pretext.jigsaw;

import java.util.Arrays;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.random.RandomStream;

/**
 * Gives a tile mean 0 and variance 1 in each channel, so that brightness and contrast, which
 * neighbours share, say nothing about its place (Noroozi and Favaro 2016, "Training the CFN"). An
 * even tile becomes 0.
 */
public record StandardizeTile() implements Augmentation {

  private static final double EPSILON = 1e-5; // under the root of the variance

  @Override
  public Image apply(Image tile, RandomStream random) {
    int channels = tile.channels();
    float[] pixels = tile.toFloats();
    int count = pixels.length / channels;
    double[] mean = new double[channels];
    double[] variance = new double[channels];
    for (int i = 0; i < pixels.length; i++) {
      mean[i % channels] += pixels[i];
    }
    Arrays.setAll(mean, c -> mean[c] / count); // exact where all pixels are equal
    for (int i = 0; i < pixels.length; i++) {
      double centred = pixels[i] - mean[i % channels];
      variance[i % channels] += centred * centred / count;
    }
    double[] scale = Arrays.stream(variance).map(v -> 1 / Math.sqrt(v + EPSILON)).toArray();
    for (int i = 0; i < pixels.length; i++) {
      int c = i % channels;
      pixels[i] = (float) ((pixels[i] - mean[c]) * scale[c]);
    }
    return Image.ofFloats(tile.height(), tile.width(), channels, pixels);
  }
}
