package org.selfsup4j.pretext.jigsaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.data.Augmentation;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.Loss;
import org.selfsup4j.core.task.Step;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/** The loss and its gradients against plain loops, in double. */
class JigsawLossTest {

  private static final Augmentation NONE = (image, random) -> image;
  private static final int IMAGES = 3;
  private static final int TILES = 4;
  private static final int PIXELS = 4;

  private final double[] tiles = random(TILES * IMAGES * PIXELS); // [K, N, 1, 2, 2]
  private final long[] permutations = {5, 0, 2};

  private static double[] random(int count) {
    RandomStream random = RandomStream.of(7);
    double[] values = new double[count];
    Arrays.setAll(values, i -> random.uniform(-1, 1));
    return values;
  }

  @Test
  void equalTenPlainLines() {
    Jigsaw.Options options =
        new Jigsaw.Options(4, 5, new TileGrid(4, 2, 0, 0), 6, 0, 0, 0, NONE, NONE);
    Jigsaw task = Jigsaw.of(FlatEncoder.of(2, 1, 3), options, RandomStream.of(3));
    Parts parts = Parts.of(task);
    parts.convertTo(ElementType.DOUBLE);
    Map<String, double[]> weights = new LinkedHashMap<>();
    parts.parameters().forEach((name, p) -> weights.put(name, p.variable().toDoubles()));
    assertThat(weights).containsKeys("encoder.map.weight", "perTile.bias", "head.layers.1.weight");
    try (Arena arena = new Arena();
        Session session = Session.training(KernelSets.open("nd4j"), arena, "test")) {
      Tensor x = session.tensor(ElementType.DOUBLE, tiles, TILES, IMAGES, 1, 2, 2);
      Jigsaw.Batch batch = new Jigsaw.Batch(x, session.ids(permutations, IMAGES));
      Pass pass = new Pass(true, RandomStream.of(1), session);
      Loss loss = task.loss(batch, new Step(0, 0, 0, pass));
      assertThat(loss.value().item()).isCloseTo(loss(weights), within(1e-12));
      session.backward(loss.value());
    }
    parts.parameters().forEach((name, p) -> requireGradient(name, p, weights));
  }

  private void requireGradient(String name, Parameter parameter, Map<String, double[]> weights) {
    double[] values = weights.get(name);
    double[] got = gradient(parameter);
    for (int i = 0; i < values.length; i++) {
      double kept = values[i];
      values[i] = kept + 1e-5;
      double above = loss(weights);
      values[i] = kept - 1e-5;
      double below = loss(weights);
      values[i] = kept;
      assertThat(got[i])
          .as("gradient %s of %s", i, name)
          .isCloseTo((above - below) / 2e-5, within(1e-8));
    }
  }

  /** Each tile through encoder and fc6, all of an image's tiles joined through fc7 and fc8. */
  private double loss(Map<String, double[]> weights) {
    double loss = 0;
    for (int n = 0; n < IMAGES; n++) {
      double[] joined = {};
      for (int k = 0; k < TILES; k++) {
        int from = (k * IMAGES + n) * PIXELS;
        double[] tile = Arrays.copyOfRange(tiles, from, from + PIXELS);
        double[] code = relu(dense(weights, "perTile", dense(weights, "encoder.map", tile)));
        joined = Arrays.copyOf(joined, joined.length + code.length);
        System.arraycopy(code, 0, joined, k * code.length, code.length);
      }
      double[] hidden = relu(dense(weights, "head.layers.0", joined));
      double[] logits = dense(weights, "head.layers.1", hidden);
      double all = Arrays.stream(logits).map(Math::exp).sum();
      loss += (Math.log(all) - logits[(int) permutations[n]]) / IMAGES;
    }
    return loss;
  }

  private static double[] dense(Map<String, double[]> weights, String name, double[] x) {
    double[] weight = weights.get(name + ".weight");
    double[] y = weights.get(name + ".bias").clone();
    for (int i = 0; i < weight.length; i++) {
      y[i / x.length] += weight[i] * x[i % x.length];
    }
    return y;
  }

  private static double[] relu(double[] x) {
    return Arrays.stream(x).map(v -> Math.max(0, v)).toArray();
  }

  private static double[] gradient(Parameter parameter) {
    try (Arena arena = new Arena();
        Session session = Session.evaluation(KernelSets.open("nd4j"), arena, "read")) {
      return session.constant(parameter.variable().gradient()).toDoubles();
    }
  }
}
