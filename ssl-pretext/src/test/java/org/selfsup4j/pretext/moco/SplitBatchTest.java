package org.selfsup4j.pretext.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/** What the batch statistics of a split batch see. */
class SplitBatchTest {

  private static final int N = 8;
  private static final int NUMBERS = 2 * 2 * 3; // H, W, C

  private static final int[] ORDER = shuffle().permutation(N);

  private static RandomStream shuffle() {
    return RandomStream.of(5).at("shuffle");
  }

  private static float[] images() {
    RandomStream random = RandomStream.of(2);
    float[] pixels = new float[N * NUMBERS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.uniform(-1, 1);
    }
    return pixels;
  }

  /** Batch norm and then the mean over all places: [N, C, H, W] to [N, C]. */
  private static UnaryOperator<Tensor> normed(Pass pass) {
    BatchNorm norm = BatchNorm.of(3);
    return images -> norm.apply(images, pass).squared().mean(2, 3);
  }

  private static double[][] run(float[] pixels, BiFunction<Tensor, Pass, Tensor> use) {
    try (Arena arena = new Arena(1 << 12);
        Session session = Session.evaluation(KernelSets.choose(), arena, "test")) {
      Tensor images = session.tensor(pixels, N, 2, 2, 3).permute(0, 3, 1, 2); // [N, C, H, W]
      Pass pass = new Pass(true, RandomStream.of(1), session);
      double[] all = use.apply(images, pass).toDoubles();
      double[][] rows = new double[N][];
      for (int i = 0; i < N; i++) {
        rows[i] = Arrays.copyOfRange(all, i * 3, (i + 1) * 3);
      }
      return rows;
    }
  }

  private static double[][] shuffledNormed(float[] pixels, int splits) {
    return run(
        pixels, (images, pass) -> SplitBatch.shuffled(images, splits, shuffle(), normed(pass)));
  }

  @Test
  void statisticsDoNotLeakFromOnePartIntoAnother() {
    double[][] before = shuffledNormed(images(), 2);
    float[] other = images();
    int changed = ORDER[0];
    other[changed * NUMBERS] += 3;
    double[][] after = shuffledNormed(other, 2);
    for (int place = 1; place < N; place++) {
      int image = ORDER[place];
      boolean same = Arrays.equals(before[image], after[image]);
      assertThat(same)
          .as("key of image %s when image %s of %s changes", image, changed, Arrays.toString(ORDER))
          .isEqualTo(place >= N / 2);
    }
    assertThat(shuffledNormed(images(), 1)[ORDER[N - 1]])
        .as("a batch that is not split sees all of its images")
        .isNotEqualTo(shuffledNormed(other, 1)[ORDER[N - 1]]);
  }

  @Test
  void aQueryAndItsKeyAreNormalisedWithOtherImages() {
    Set<Integer> keys = Arrays.stream(ORDER, 0, N / 2).boxed().collect(Collectors.toSet());
    assertThat(keys).isNotEqualTo(Set.of(0, 1, 2, 3)).isNotEqualTo(Set.of(4, 5, 6, 7));
    double[][] queries =
        run(images(), (images, pass) -> SplitBatch.inOrder(images, 2, normed(pass)));
    assertThat(queries[0]).isNotEqualTo(shuffledNormed(images(), 2)[0]);
  }

  @Test
  void eachPartHasItsOwnStatistics() {
    float[] pixels = images();
    double[][] got = shuffledNormed(pixels, 2);
    for (int part = 0; part < 2; part++) {
      int[] members = Arrays.copyOfRange(ORDER, part * N / 2, (part + 1) * N / 2);
      for (int c = 0; c < 3; c++) {
        int count = members.length * 4;
        double mean = 0;
        double squares = 0;
        for (int image : members) {
          for (int i = image * NUMBERS + c; i < (image + 1) * NUMBERS; i += 3) {
            mean += pixels[i] / (double) count;
            squares += pixels[i] * (double) pixels[i] / count;
          }
        }
        for (int image : members) {
          double want = 0;
          for (int i = image * NUMBERS + c; i < (image + 1) * NUMBERS; i += 3) {
            want += Math.pow(pixels[i] - mean, 2) / (squares - mean * mean + 1e-5) / 4;
          }
          assertThat(got[image][c]).isCloseTo(want, within(1e-4));
        }
      }
    }
  }

  @Test
  void withoutBatchNormTheShuffleChangesNothing() {
    double[][] want = run(images(), (images, pass) -> images.mean(2, 3));
    for (int splits : new int[] {1, 2, 4}) {
      double[][] shuffled =
          run(
              images(),
              (images, pass) ->
                  SplitBatch.shuffled(images, splits, shuffle(), part -> part.mean(2, 3)));
      double[][] inOrder =
          run(
              images(),
              (images, pass) -> SplitBatch.inOrder(images, splits, part -> part.mean(2, 3)));
      assertThat(shuffled).as("%s splits", splits).isDeepEqualTo(want);
      assertThat(inOrder).as("%s splits", splits).isDeepEqualTo(want);
    }
  }
}
