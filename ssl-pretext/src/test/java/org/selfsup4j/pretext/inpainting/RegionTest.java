package org.selfsup4j.pretext.inpainting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.random.RandomStream;

class RegionTest {

  private static int count(boolean[] pixels) {
    int count = 0;
    for (boolean pixel : pixels) {
      count += pixel ? 1 : 0;
    }
    return count;
  }

  @Test
  void theCentreIsHalfAsWideLessTheOverlapOnEachSide() {
    Region centre = new Region.Centre();
    assertThat(centre.predictedSize(128)).isEqualTo(64);
    boolean[] hidden = centre.hidden(128, 7, RandomStream.of(1));
    for (int i = 0; i < hidden.length; i++) {
      int row = i / 128;
      int column = i % 128;
      boolean inside = row >= 39 && row < 89 && column >= 39 && column < 89; // 32 + 7, 96 - 7
      assertThat(hidden[i]).as("row %s, column %s", row, column).isEqualTo(inside);
    }
  }

  @Test
  void blocksHideAtMostAQuarterAndDifferFromImageToImage() {
    Region blocks = new Region.Blocks(6);
    assertThat(blocks.predictedSize(32)).isEqualTo(32);
    int most = 0;
    for (int i = 0; i < 200; i++) {
      boolean[] hidden = blocks.hidden(32, 2, RandomStream.of(i));
      assertThat(count(hidden)).isBetween(16, 256); // the smallest block is 4 x 4
      most = Math.max(most, count(hidden));
      assertThat(hidden).isEqualTo(blocks.hidden(32, 2, RandomStream.of(i)));
    }
    assertThat(most).as("the fullest of 200").isGreaterThan(200);
    assertThat(
            Arrays.equals(
                blocks.hidden(32, 2, RandomStream.of(1)), blocks.hidden(32, 2, RandomStream.of(2))))
        .isFalse();
  }

  @Test
  void shapesHideExactlyTheirShareAndHoldTogether() {
    Region shapes = new Region.Shapes(0.25, 8);
    int[] places = new int[64 * 64];
    for (int i = 0; i < 200; i++) {
      boolean[] hidden = shapes.hidden(64, 4, RandomStream.of(i));
      assertThat(count(hidden)).isEqualTo(64 * 64 / 4);
      int borders = 0;
      for (int p = 0; p < hidden.length; p++) {
        places[p] += hidden[p] ? 1 : 0;
        borders += p % 64 < 63 && hidden[p] != hidden[p + 1] ? 1 : 0;
      }
      assertThat(borders).as("changes along rows; lone pixels would make 1512").isLessThan(500);
    }
    for (int count : places) {
      assertThat(count / 200.0).as("how often a pixel is hidden").isBetween(0.08, 0.45);
    }
  }

  @Test
  void theBorderOfAHoleWeighsTenTimesAlsoAcrossCorners() {
    boolean[] hidden = new boolean[8 * 8];
    hidden[3 * 8 + 2] = true;
    hidden[3 * 8 + 3] = true;
    hidden[7 * 8 + 7] = true; // in the corner of the image
    Hole hole = Hole.of(hidden, 8, 2, 10);
    for (int row = 0; row < 8; row++) {
      for (int column = 0; column < 8; column++) {
        float want = 0;
        for (int r = 0; r < 8; r++) {
          for (int c = 0; c < 8; c++) {
            boolean near = Math.abs(r - row) <= 2 && Math.abs(c - column) <= 2;
            want = hidden[r * 8 + c] && near ? 10 : want;
          }
        }
        want = hidden[row * 8 + column] ? 1 : want;
        assertThat(hole.weight().value(row, column, 0)).isEqualTo(want);
        assertThat(hole.hidden().value(row, column, 0)).isEqualTo(want == 1 ? 1 : 0);
      }
    }
  }

  @Test
  void theCentresHoleAndBorderAreTheWholeGuessedSquare() {
    boolean[] hidden = new Region.Centre().hidden(32, 2, RandomStream.of(1));
    Hole hole = Hole.of(hidden, 32, 2, 10);
    for (int row = 0; row < 32; row++) {
      for (int column = 0; column < 32; column++) {
        boolean guessed = row >= 8 && row < 24 && column >= 8 && column < 24;
        assertThat(hole.weight().value(row, column, 0) > 0).isEqualTo(guessed);
      }
    }
  }

  @Test
  void nonsenseIsRefusedByName() {
    assertThatThrownBy(() -> new Region.Blocks(0)).hasMessageContaining("count is 0");
    assertThatThrownBy(() -> new Region.Shapes(1, 8)).hasMessageContaining("share is 1.0");
    assertThatThrownBy(() -> new Region.Shapes(0.25, 1)).hasMessageContaining("cells is 1");
  }
}
