package org.selfsup4j.pretext.clustering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.indexer.UByteRawIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.HOGDescriptor;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.random.RandomStream;

class OrientedGradientsTest {

  private static final int SIDE = 32;

  /** Waves and noise in 8 bits. */
  private static byte[] pixels(int channels, long seed) {
    RandomStream random = RandomStream.of(seed);
    double down = random.uniform(-0.5, 0.5);
    double across = random.uniform(-0.5, 0.5);
    byte[] pixels = new byte[SIDE * SIDE * channels];
    for (int i = 0; i < pixels.length; i++) {
      int y = i / channels / SIDE;
      int x = i / channels % SIDE;
      double wave = Math.sin(down * y + across * x * (1 + i % channels) + 0.01 * x * y);
      pixels[i] = (byte) (128 + 90 * wave + random.nextInt(20));
    }
    return pixels;
  }

  /**
   * OpenCV's descriptor of the same settings, in the block that touches no border, where OpenCV
   * mirrors the image. Its Gaussian lies half a pixel beside the middle and its constants of the
   * lengths differ, so the two agree but roughly.
   */
  @Test
  void agreesWithOpenCv() {
    for (int channels : new int[] {1, 3}) {
      for (long seed = 0; seed < 5; seed++) {
        byte[] pixels = pixels(channels, seed);
        float[] got = OrientedGradients.paper().of(Image.ofBytes(SIDE, SIDE, channels, pixels));
        float[] want = openCv(pixels, channels);
        assertThat(want).hasSize(got.length);
        double product = 0;
        double gots = 0;
        double wants = 0;
        for (int i = 0; i < 36; i++) {
          int cell = i / 9;
          float mine = got[4 * 36 + i]; // the middle block
          float theirs =
              want[4 * 36 + (cell % 2 * 2 + cell / 2) * 9 + i % 9]; // cells go down first
          assertThat(mine).isCloseTo(theirs, within(0.02f));
          product += mine * theirs;
          gots += mine * mine;
          wants += theirs * theirs;
        }
        assertThat(product / Math.sqrt(gots * wants)).isGreaterThan(0.999);
      }
    }
  }

  private static float[] openCv(byte[] pixels, int channels) {
    int type = channels == 1 ? opencv_core.CV_8UC1 : opencv_core.CV_8UC3;
    try (Mat mat = new Mat(SIDE, SIDE, type);
        UByteRawIndexer to = mat.createIndexer();
        HOGDescriptor descriptor =
            new HOGDescriptor(
                new Size(SIDE, SIDE), new Size(16, 16), new Size(8, 8), new Size(8, 8), 9);
        FloatPointer found = new FloatPointer()) {
      for (int i = 0; i < pixels.length; i++) {
        to.put((long) i / channels / SIDE, i / channels % SIDE, i % channels, pixels[i] & 0xff);
      }
      descriptor.winSigma(8); // half the block's side; its own default is a quarter
      descriptor.gammaCorrection(false);
      descriptor.compute(mat, found);
      float[] all = new float[(int) found.limit()];
      found.get(all);
      return all;
    }
  }

  @Test
  void anEdgeVotesForItsDirectionInTheCellsThatItRunsThrough() {
    float[] pixels = new float[16 * 16];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 16 < 2 ? 0 : 1; // a vertical edge in the left cells
    }
    float[] block = OrientedGradients.paper().of(Image.ofFloats(16, 16, 1, pixels));
    assertThat(block).hasSize(36);
    for (int i = 0; i < 36; i++) {
      int bin = i % 9;
      boolean horizontalGradient = bin == 0 || bin == 8; // 0 degrees lies between these
      assertThat(block[i] > 0.01f)
          .as("number %s", i)
          .isEqualTo(horizontalGradient && i / 9 % 2 == 0);
    }
    assertThat(block[0]).isCloseTo(block[8], within(1e-6f));
  }

  @Test
  void brightnessAndContrastChangeLittleAndFlatImagesAreZero() {
    byte[] some = pixels(1, 3);
    float[] dark = new float[some.length];
    for (int i = 0; i < dark.length; i++) {
      dark[i] = 0.1f + (some[i] & 0xff) / 255f * 0.5f;
    }
    float[] one = OrientedGradients.paper().of(Image.ofBytes(SIDE, SIDE, 1, some));
    float[] two = OrientedGradients.paper().of(Image.ofFloats(SIDE, SIDE, 1, dark));
    for (int i = 0; i < one.length; i++) {
      assertThat(two[i]).isCloseTo(one[i], within(1e-3f));
    }
    float[] flat = OrientedGradients.paper().of(Image.ofFloats(16, 16, 3, new float[16 * 16 * 3]));
    assertThat(flat).containsOnly(0);
  }

  @Test
  void sizesThatHoldNoBlockAreRefused() {
    assertThat(OrientedGradients.paper().width(32, 32)).isEqualTo(324);
    assertThat(OrientedGradients.paper().width(128, 64)).isEqualTo(3780); // the paper's window
    Image small = Image.ofFloats(15, 32, 1, new float[15 * 32]);
    assertThatThrownBy(() -> OrientedGradients.paper().of(small))
        .hasMessageContaining("side of 15 pixels")
        .hasMessageContaining("at least 16");
    assertThatThrownBy(() -> new OrientedGradients(1, 9)).hasMessageContaining("cell is 1");
  }
}
