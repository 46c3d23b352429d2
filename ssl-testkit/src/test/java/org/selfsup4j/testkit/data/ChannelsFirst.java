package org.selfsup4j.testkit.data;

import org.selfsup4j.core.data.Image;

/** Images in PyTorch's order, channel, row, column. */
final class ChannelsFirst {

  private ChannelsFirst() {}

  static Image image(int channels, int height, int width, float[] values) {
    float[] pixels = new float[values.length];
    for (int c = 0, i = 0; c < channels; c++) {
      for (int p = 0; p < height * width; p++) {
        pixels[p * channels + c] = values[i++];
      }
    }
    return Image.ofFloats(height, width, channels, pixels);
  }

  static double[] values(Image image) {
    double[] values = new double[image.channels() * image.height() * image.width()];
    int i = 0;
    for (int c = 0; c < image.channels(); c++) {
      for (int y = 0; y < image.height(); y++) {
        for (int x = 0; x < image.width(); x++) {
          values[i++] = image.value(y, x, c);
        }
      }
    }
    return values;
  }
}
