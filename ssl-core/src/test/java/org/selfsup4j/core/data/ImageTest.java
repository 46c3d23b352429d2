package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ImageTest {

  /** Rows 1 2 3 and 4 5 6, one channel. */
  private final Image two = Image.ofFloats(2, 3, 1, new float[] {1, 2, 3, 4, 5, 6});

  @Test
  void turnsCounterClockwise() {
    assertThat(two.rotate90(1)).isEqualTo(Image.ofFloats(3, 2, 1, new float[] {3, 6, 2, 5, 1, 4}));
    assertThat(two.rotate90(2)).isEqualTo(Image.ofFloats(2, 3, 1, new float[] {6, 5, 4, 3, 2, 1}));
    assertThat(two.rotate90(3)).isEqualTo(Image.ofFloats(3, 2, 1, new float[] {4, 1, 5, 2, 6, 3}));
    assertThat(two.rotate90(-1)).isEqualTo(two.rotate90(3));
    assertThat(two.rotate90(4)).isEqualTo(two);
  }

  @Test
  void flips() {
    assertThat(two.flipHorizontal().toFloats()).containsExactly(3, 2, 1, 6, 5, 4);
    assertThat(two.flipVertical().toFloats()).containsExactly(4, 5, 6, 1, 2, 3);
  }

  @Test
  void keepsThePixelsOfAllChannelsTogether() {
    Image image = Image.ofBytes(1, 2, 3, new byte[] {1, 2, 3, 4, 5, 6});
    assertThat(image.flipHorizontal())
        .isEqualTo(Image.ofBytes(1, 2, 3, new byte[] {4, 5, 6, 1, 2, 3}));
    assertThat(image.rotate90(1)).isEqualTo(Image.ofBytes(2, 1, 3, new byte[] {4, 5, 6, 1, 2, 3}));
  }

  @Test
  void padsByEachBorder() {
    Image row = Image.ofFloats(1, 3, 1, new float[] {1, 2, 3});
    assertThat(row.pad(0, 0, 2, 1, Border.ZERO).toFloats()).containsExactly(0, 0, 1, 2, 3, 0);
    assertThat(row.pad(0, 0, 2, 1, Border.EDGE).toFloats()).containsExactly(1, 1, 1, 2, 3, 3);
    assertThat(row.pad(0, 0, 2, 1, Border.REFLECT).toFloats()).containsExactly(3, 2, 1, 2, 3, 2);
    // wider than the image: mirrored again and again
    assertThat(row.pad(0, 0, 5, 0, Border.REFLECT).toFloats())
        .containsExactly(2, 1, 2, 3, 2, 1, 2, 3);
    assertThat(two.pad(1, Border.ZERO).toFloats())
        .containsExactly(0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void givesTheValueOf8BitsAs255ths() {
    Image image = Image.ofBytes(1, 1, 3, new byte[] {0, 51, (byte) 255});
    assertThat(image.toFloats()).containsExactly(0f, 51 / 255f, 1f);
    assertThat(image.value(0, 0, 1)).isEqualTo(51 / 255f);
    assertThat(image.toFloat().toBytes()).isEqualTo(image);
  }

  @Test
  void roundsAndCutsOffWhenItGoesTo8Bits() {
    Image image = Image.ofFloats(1, 4, 1, new float[] {-1, 0.499f / 255, 0.501f / 255, 2});
    assertThat(image.toBytes()).isEqualTo(Image.ofBytes(1, 4, 1, new byte[] {0, 0, 1, -1}));
  }

  @Test
  void writesToArraysAndBuffersInTheOrderRowColumnChannel() {
    Image image = Pictures.noise8Bit(3, 5, 4, 1);
    float[] expected = new float[60];
    for (int y = 0, i = 0; y < 3; y++) {
      for (int x = 0; x < 5; x++) {
        for (int c = 0; c < 4; c++) {
          expected[i++] = image.value(y, x, c);
        }
      }
    }
    float[] target = new float[62];
    image.writeTo(target, 2);
    assertThat(Arrays.copyOfRange(target, 2, 62)).containsExactly(expected);
    for (Image each : new Image[] {image, image.toFloat()}) {
      FloatBuffer buffer = FloatBuffer.allocate(61).position(1);
      each.writeTo(buffer);
      assertThat(buffer.position()).isEqualTo(61);
      assertThat(Arrays.copyOfRange(buffer.array(), 1, 61)).containsExactly(expected);
    }
  }

  @Test
  void doesNotChangeWhenItsArrayDoes() {
    byte[] bytes = {1, 2, 3};
    Image image = Image.ofBytes(1, 1, 3, bytes);
    bytes[0] = 9;
    assertThat(image.value(0, 0, 0)).isEqualTo(1 / 255f);
    float[] floats = {1, 2, 3};
    Image other = Image.ofFloats(1, 1, 3, floats);
    floats[0] = 9;
    other.toFloats()[0] = 9;
    assertThat(other.value(0, 0, 0)).isEqualTo(1);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> Image.ofBytes(2, 2, 3, new byte[11]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("image of height 2, width 2 and 3 channels has 12 values, 11 were given");
    assertThatThrownBy(() -> Image.ofFloats(0, 2, 3, new float[0]))
        .hasMessageContaining("each must be at least 1");
    assertThatThrownBy(() -> two.crop(1, 0, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a window of 2x3 at row 1, column 0 does not lie inside of image 2x3x1 (float)");
    assertThatThrownBy(() -> two.resize(0, 4)).hasMessageContaining("newHeight is 0");
    assertThatThrownBy(() -> two.pad(-1, Border.ZERO)).hasMessageContaining("use crop");
    assertThatThrownBy(() -> two.value(2, 0, 0)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
