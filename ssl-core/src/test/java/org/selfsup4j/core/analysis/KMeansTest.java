package org.selfsup4j.core.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.random.RandomStream;

class KMeansTest {

  private final Kernels kernels = KernelSets.choose();

  private static FeatureRows gaussian(int count, int width, RandomStream random) {
    float[] values = new float[count * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new FeatureRows(count, width, values);
  }

  /** {@code number} clouds far apart, one after the other. */
  private static FeatureRows clouds(int number, int each, int width, RandomStream random) {
    float[] values = new float[number * each * width];
    FeatureRows middles = gaussian(number, width, random);
    for (int i = 0; i < values.length; i++) {
      int cloud = i / width / each;
      values[i] =
          (float) (20 * middles.values()[cloud * width + i % width] + random.nextGaussian());
    }
    return new FeatureRows(number * each, width, values);
  }

  private static double[][] lists(FeatureRows rows) {
    double[][] lists = new double[rows.count()][rows.width()];
    for (int i = 0; i < rows.values().length; i++) {
      lists[i / rows.width()][i % rows.width()] = rows.values()[i];
    }
    return lists;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  /** Lloyd's algorithm in plain loops: centres in place, assignment returned. */
  private static int[] lloyd(double[][] x, double[][] centres, int iterations) {
    int[] nearest = new int[x.length];
    for (int round = 0; round <= iterations; round++) {
      for (int n = 0; n < x.length; n++) {
        for (int c = 0; c < centres.length; c++) {
          nearest[n] =
              distance(x[n], centres[c]) < distance(x[n], centres[nearest[n]]) ? c : nearest[n];
        }
      }
      for (int c = 0; c < centres.length && round < iterations; c++) {
        double[] sum = new double[x[0].length];
        int count = 0;
        for (int n = 0; n < x.length; n++) {
          for (int i = 0; i < sum.length && nearest[n] == c; i++) {
            sum[i] += x[n][i];
          }
          count += nearest[n] == c ? 1 : 0;
        }
        for (int i = 0; i < sum.length; i++) {
          centres[c][i] = sum[i] / count;
        }
      }
    }
    return nearest;
  }

  @Test
  void findsWhatPlainLoopsFindFromTheSameCentres() {
    FeatureRows rows = gaussian(400, 6, RandomStream.of(1));
    float[] seeds = Arrays.copyOf(rows.values(), 9 * 6);
    double[][] x = lists(rows);
    double[][] centres = Arrays.copyOf(lists(rows), 9);
    int[] want = lloyd(x, centres, 12);
    double inertia = 0;
    for (int n = 0; n < x.length; n++) {
      inertia += distance(x[n], centres[want[n]]);
    }
    try (Arena arena = new Arena()) {
      Clusters found = KMeans.of(9, 12).fit(rows, seeds, kernels, arena);

      assertThat(found.assignment()).containsExactly(want);
      assertThat(found.inertia()).hasSize(13);
      assertThat(found.inertia().get(12)).isCloseTo(inertia, within(1e-6 * inertia));
      for (int i = 0; i < found.centres().length; i++) {
        assertThat((double) found.centres()[i]).isCloseTo(centres[i / 6][i % 6], within(1e-5));
      }
    }
  }

  @Property(tries = 60)
  void inertiaNeverRisesEveryRowIsWithItsNearestCentreAndNoClusterIsEmpty(
      @ForAll @IntRange(min = 2, max = 120) int count,
      @ForAll @IntRange(min = 1, max = 8) int width,
      @ForAll @IntRange(min = 1, max = 30) int wanted,
      @ForAll boolean plusPlus,
      @ForAll boolean far,
      @ForAll long seed) {
    RandomStream random = RandomStream.of(seed);
    int clusters = Math.min(wanted, count);
    FeatureRows near = gaussian(count, width, random.at("rows"));
    float[] values = near.values().clone();
    for (int i = 0; i < values.length && far; i++) {
      values[i] += 50; // far from the origin: distances are small beside lengths
    }
    FeatureRows rows = new FeatureRows(count, width, values);
    KMeans.Seeding seeding = plusPlus ? KMeans.Seeding.PLUS_PLUS : KMeans.Seeding.RANDOM;
    List<Integer> heard = new ArrayList<>();
    try (Arena arena = new Arena()) {
      Clusters found =
          new KMeans(clusters, 10, seeding)
              .fit(rows, random.at("seeds"), kernels, arena, (i, inertia, moved) -> heard.add(i));

      requireWhole(rows, found);
      assertThat(heard).hasSize(found.inertia().size());
      int[] nearest = found.nearest(rows, kernels, arena);
      for (int row = 0; row < count; row++) { // the same, unless two centres are equally near
        assertThat(rows.squaredDistance(row, found.centres(), nearest[row]))
            .isCloseTo(
                rows.squaredDistance(row, found.centres(), found.assignment()[row]), within(1e-4));
      }
    }
  }

  @Test
  void rowsThatFloatHardlyTellsApartAreStillDivided() {
    float[] values = new float[20];
    for (int i = 0; i < values.length; i++) {
      values[i] = 50 + i * Math.ulp(50f); // a step of one unit in the last place each
    }
    FeatureRows rows = new FeatureRows(20, 1, values);
    try (Arena arena = new Arena()) {
      for (int seed = 0; seed < 20; seed++) {
        Clusters found =
            KMeans.of(17, 10)
                .fit(rows, RandomStream.of(seed), kernels, arena, KMeans.Progress.NONE);
        assertThat(Arrays.stream(found.sizes()).min().orElseThrow()).isPositive();
      }
    }
  }

  private static void requireWhole(FeatureRows rows, Clusters found) {
    List<Double> inertia = found.inertia();
    for (int i = 1; i < inertia.size(); i++) {
      assertThat(inertia.get(i)).isLessThanOrEqualTo(inertia.get(i - 1) + 1e-5 * rows.count());
    }
    assertThat(Arrays.stream(found.sizes()).min().orElseThrow()).isPositive();
    for (int row = 0; row < rows.count(); row++) {
      double own = rows.squaredDistance(row, found.centres(), found.assignment()[row]);
      for (int c = 0; c < found.number(); c++) {
        assertThat(own).isLessThanOrEqualTo(rows.squaredDistance(row, found.centres(), c) + 1e-4);
      }
    }
  }

  @Test
  void cloudsFarApartAreFoundByPlusPlus() {
    FeatureRows rows = clouds(12, 30, 16, RandomStream.of(4));
    KMeans means = new KMeans(12, 20, KMeans.Seeding.PLUS_PLUS);
    try (Arena arena = new Arena()) {
      List<Integer> seeds = new ArrayList<>();
      List<Double> inertia = new ArrayList<>();
      KMeans.Progress progress =
          new KMeans.Progress() {
            @Override
            public void seed(int chosen) {
              seeds.add(chosen);
            }

            @Override
            public void iteration(int iteration, double sum, int moved) {
              inertia.add(sum);
            }
          };
      Clusters found = means.fit(rows, RandomStream.of(5), kernels, arena, progress);

      assertThat(seeds).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
      assertThat(inertia).isEqualTo(found.inertia());
      assertThat(found.sizes()).containsOnly(30);
      for (int row = 0; row < rows.count(); row++) {
        assertThat(found.assignment()[row]).isEqualTo(found.assignment()[row / 30 * 30]);
      }
    }
  }

  @Test
  void aClusterWithoutRowsGetsAPartOfTheLargest() {
    FeatureRows rows = clouds(2, 40, 3, RandomStream.of(6));
    float[] seeds = new float[4 * 3]; // the first row, and three places far from every row
    System.arraycopy(rows.values(), 0, seeds, 0, 3);
    Arrays.fill(seeds, 3, 12, 1e4f);
    try (Arena arena = new Arena()) {
      requireWhole(rows, KMeans.of(4, 5).fit(rows, seeds, kernels, arena));
    }
  }

  @Test
  void equalStreamsFindEqualClusters() {
    FeatureRows rows = gaussian(300, 5, RandomStream.of(7));
    try (Arena arena = new Arena()) {
      KMeans means = KMeans.of(20, 5);
      Clusters one = means.fit(rows, RandomStream.of(8), kernels, arena, KMeans.Progress.NONE);
      Clusters two = means.fit(rows, RandomStream.of(8), kernels, arena, KMeans.Progress.NONE);
      Clusters other = means.fit(rows, RandomStream.of(9), kernels, arena, KMeans.Progress.NONE);
      assertThat(two.centres()).containsExactly(one.centres());
      assertThat(other.centres()).isNotEqualTo(one.centres());
    }
  }

  @Test
  void moreClustersThanRowsOrDistinctRowsAreRefused() {
    FeatureRows rows = gaussian(10, 2, RandomStream.of(1));
    float[] twice = new float[40];
    System.arraycopy(rows.values(), 0, twice, 0, 20);
    System.arraycopy(rows.values(), 0, twice, 20, 20);
    FeatureRows doubled = new FeatureRows(20, 2, twice);
    try (Arena arena = new Arena()) {
      assertThatThrownBy(() -> fit(KMeans.of(11, 5), rows, arena))
          .hasMessageContaining("clusters is 11 but there are only 10 rows");
      assertThatThrownBy(() -> fit(KMeans.of(11, 5), doubled, arena))
          .hasMessageContaining("clusters is 11 but there are fewer rows that differ");
      assertThat(fit(KMeans.of(10, 5), doubled, arena).inertia())
          .last()
          .satisfies(inertia -> assertThat(inertia).isCloseTo(0, within(1e-9)));
    }
    assertThatThrownBy(() -> KMeans.of(0, 5)).hasMessageContaining("clusters is 0");
  }

  private Clusters fit(KMeans means, FeatureRows rows, Arena arena) {
    return means.fit(rows, RandomStream.of(2), kernels, arena, KMeans.Progress.NONE);
  }

  @Test
  void agreementKnowsNoNames() {
    int[] a = {0, 0, 1, 1, 2, 2};
    assertThat(Agreement.normalizedMutualInformation(a, new int[] {5, 5, 3, 3, 4, 4}))
        .isCloseTo(1, within(1e-12));
    assertThat(Agreement.normalizedMutualInformation(a, new int[] {0, 1, 0, 1, 0, 1}))
        .isCloseTo(0, within(1e-12));
    assertThat(Agreement.normalizedMutualInformation(a, new int[6])).isZero();
    // I = log 2 of two halves of each of which the other knows 2 of 3: 0.0566 / 0.6931
    double half =
        Agreement.normalizedMutualInformation(
            new int[] {0, 0, 0, 1, 1, 1}, new int[] {0, 0, 1, 1, 1, 0});
    double want = Math.log(2) + 2 / 3.0 * Math.log(2 / 3.0) + 1 / 3.0 * Math.log(1 / 3.0);
    assertThat(half).isCloseTo(want / Math.log(2), within(1e-12));
  }
}
