package org.selfsup4j.pretext.mae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.selfsup4j.core.kernel.KernelSets;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.TransformerBlock;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Joins;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;
import org.selfsup4j.models.VisionTransformer;
import org.selfsup4j.models.VisionTransformerOptions;

/** The decoder, which saves what masked tokens have in common, beside the paper's plain one. */
class DecoderTest {

  private static final int N = 3;
  private static final int PATCHES = 16;
  private static final int VISIBLE = 5;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void guessesAndGradientsAreThoseOfAllTokensThroughAllBlocks(int depth) {
    VisionTransformer encoder =
        VisionTransformer.of(VisionTransformerOptions.of(16, 4, 12, 1, 2), RandomStream.of(1));
    Decoder decoder = Decoder.of(encoder, new Decoder.Sizes(8, depth, 2), RandomStream.of(2));
    Parts.of(decoder).convertTo(ElementType.DOUBLE);
    double[] numbers = new Random(3).doubles(N * (1 + VISIBLE) * 12L, -1, 1).toArray();
    Variable latent = Variable.of(ElementType.DOUBLE, numbers, N, 1 + VISIBLE, 12);
    long[] order = orders();

    Map<String, double[]> saving = step(decoder, latent, order, true);
    Map<String, double[]> plain = step(decoder, latent, order, false);
    assertThat(saving.keySet()).isEqualTo(plain.keySet()).contains("latent", "maskToken");
    plain.forEach(
        (name, want) -> assertThat(saving.get(name)).as(name).containsExactly(want, within(1e-11)));
  }

  private static long[] orders() {
    RandomStream random = RandomStream.of(4);
    long[] orders = new long[N * PATCHES];
    for (int n = 0; n < N; n++) {
      int[] order = random.permutation(PATCHES);
      for (int i = 0; i < PATCHES; i++) {
        orders[n * PATCHES + i] = order[i];
      }
    }
    return orders;
  }

  private static Map<String, double[]> step(
      Decoder decoder, Variable latent, long[] orders, boolean saving) {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    try (Arena arena = new Arena(1 << 16);
        Session session = Session.training(KernelSets.open("nd4j"), arena, "step")) {
      Pass pass = new Pass(true, RandomStream.of(1), session);
      Tensor z = session.open(latent);
      Tensor guess =
          saving
              ? decoder.apply(z, session.ids(orders, N, PATCHES), pass)
              : plain(decoder, z, orders, pass);
      numbers.put("guess", guess.detach().toDoubles());
      session.backward(guess.times(guess).mean());
      numbers.put("latent", session.constant(latent.gradient()).toDoubles());
      Parts.of(decoder)
          .parameters()
          .forEach(
              (name, p) ->
                  numbers.put(name, session.constant(p.variable().gradient()).toDoubles()));
    }
    return numbers;
  }

  /** He et al. 2022, section 3: all tokens in the image's order, through every block. */
  private static Tensor plain(Decoder decoder, Tensor latent, long[] orders, Pass pass) {
    Tensor z = decoder.embed().apply(latent, pass); // [N, 1 + K, d]
    List<Tensor> images = new ArrayList<>();
    for (int n = 0; n < N; n++) {
      Tensor[] tokens = new Tensor[1 + PATCHES];
      Tensor own = z.slice(0, n, n + 1); // [1, 1 + K, d]
      tokens[0] = own.slice(1, 0, 1);
      for (int i = 0; i < PATCHES; i++) {
        int patch = (int) orders[n * PATCHES + i];
        tokens[1 + patch] =
            i < VISIBLE ? own.slice(1, 1 + i, 2 + i) : decoder.maskToken().in(pass).times(1);
      }
      images.add(Joins.concatenate(1, tokens).plus(decoder.positions().in(pass)));
    }
    Tensor x = Joins.concatenate(0, images.toArray(Tensor[]::new));
    for (TransformerBlock block : decoder.blocks()) {
      x = block.apply(x, pass);
    }
    Tensor all = decoder.pixels().apply(decoder.norm().apply(x, pass), pass); // [N, 1 + T, ..]
    long[] masked = new long[N * (PATCHES - VISIBLE)];
    for (int i = 0; i < masked.length; i++) {
      int n = i / (PATCHES - VISIBLE);
      masked[i] = 1 + orders[n * PATCHES + VISIBLE + i % (PATCHES - VISIBLE)];
    }
    return Rows.gatherTokens(all, pass.session().ids(masked, N, PATCHES - VISIBLE));
  }
}
