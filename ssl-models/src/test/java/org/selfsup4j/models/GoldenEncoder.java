package org.selfsup4j.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.assertj.core.api.SoftAssertions;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.NameMap;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.module.State;
import org.selfsup4j.core.module.WeightSource;
import org.selfsup4j.core.module.Weights;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.core.tensor.Variable;
import org.selfsup4j.testkit.golden.Filled;
import org.selfsup4j.testkit.golden.GoldenFile;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.GoldenTensor;
import org.selfsup4j.testkit.golden.Tolerance;

/**
 * An encoder filled as a file of reference values says, and held to it pass by pass: {@code loss =
 * sum(features * cotangent)}.
 */
final class GoldenEncoder<M extends ImageEncoder> {

  /** How the gradients of a pass are compared. */
  enum Gradients {
    BY_ENTRY,
    /**
     * By their norms, in float32: one relu in a million takes another side than in double, which
     * moves the gradients in front of it by up to .4 percent. Which one does depends on the
     * machine.
     */
    ACROSS_KINKS
  }

  private static final Tolerance KINKS = new Tolerance(1e-2, 1e-7);

  private final GoldenFile file;
  private final M encoder;
  private final NameMap names;
  private final Setting setting;

  GoldenEncoder(GoldenFile file, M encoder, NameMap names, Setting setting) {
    this.file = file;
    this.encoder = encoder;
    this.names = names;
    this.setting = setting;
    Parts.of(encoder).convertTo(setting.type());
    Weights.load(encoder, file.name(), described(file), names);
  }

  M encoder() {
    return encoder;
  }

  /** The tensors that the file describes, by their PyTorch names. */
  private static WeightSource described(GoldenFile file) {
    Map<String, Filled> tensors = new LinkedHashMap<>();
    for (String list : new String[] {"parameters", "buffers"}) {
      if (file.root().has(list)) {
        file.cases(list).forEach(node -> tensors.put(node.at("name").text(), node.filled()));
      }
    }
    return new WeightSource() {
      @Override
      public Set<String> names() {
        return tensors.keySet();
      }

      @Override
      public long[] shape(String name) {
        return tensors.get(name).shape();
      }

      @Override
      public double[] values(String name) {
        return tensors.get(name).values();
      }
    };
  }

  /**
   * Runs forward and back and compares with {@code want}: features, loss, every intermediate tensor
   * that the file has, the gradient of the image and of every parameter the file has, and in
   * training mode every buffer.
   *
   * @param forward gives tensors by the names they have in the file; "features" among them
   */
  void check(
      GoldenNode want,
      boolean training,
      Gradients gradients,
      BiFunction<Tensor, Pass, Map<String, Tensor>> forward) {
    Filled input = file.at("input").filled();
    Filled cotangent = file.at("cotangent").filled();
    Variable image = Variable.of(setting.type(), input.values(), input.shape());
    SoftAssertions softly = new SoftAssertions();
    Kernels kernels = setting.open();
    try (Arena arena = new Arena();
        Session session = Session.training(kernels, arena, file.name())) {
      Pass pass = new Pass(training, RandomStream.of(1), session);
      Map<String, Tensor> tensors = new LinkedHashMap<>(forward.apply(session.open(image), pass));
      Tensor features = tensors.remove("features");
      softly.check(() -> compare(want.at("features").tensor(), features));
      for (String name : want.at("intermediate").keys()) {
        Tensor got = tensors.remove(name);
        assertThat(got).as("intermediate tensor %s", name).isNotNull();
        softly.check(() -> compare(want.at("intermediate").at(name).tensor(), got));
      }
      assertThat(tensors).as("intermediate tensors that the file does not have").isEmpty();
      Tensor weights = session.tensor(setting.type(), cotangent.values(), cotangent.shape());
      Tensor loss = features.times(weights).sum();
      softly.check(() -> want.at("loss").assertNumber(loss.item(), setting.tolerance()));
      session.backward(loss);
      softly.check(() -> compare(want.at("grad_input").tensor(), session, image, gradients));
      Map<String, State> states = Weights.named(encoder, names);
      for (String name : want.at("gradients").keys()) {
        if (!name.contains(" ")) { // "pos_embed (resampled)" is no parameter
          assertThat(states).containsKey(name);
          GoldenTensor gradient = want.at("gradients").at(name).tensor();
          softly.check(() -> compare(gradient, session, states.get(name).variable(), gradients));
        }
      }
    }
    setting.assertServedBy(kernels);
    if (training) {
      GoldenNode buffers = want.at("updated_buffers");
      Map<String, State> states = Weights.named(encoder, names);
      assertThat(states.keySet()).containsAll(buffers.keys());
      for (String name : buffers.keys()) {
        softly.check(
            () ->
                buffers
                    .at(name)
                    .tensor()
                    .assertMatches(
                        states.get(name).shape().toArray(),
                        states.get(name).toDoubles(),
                        setting.tolerance()));
      }
    }
    softly.assertAll();
  }

  private void compare(GoldenTensor want, Tensor got) {
    want.assertMatches(got.shape().toArray(), got.toDoubles(), setting.tolerance());
  }

  private void compare(GoldenTensor want, Session session, Variable variable, Gradients gradients) {
    Tensor gradient = session.constant(variable.gradient());
    if (gradients == Gradients.ACROSS_KINKS) {
      want.assertL2Matches(gradient.toDoubles(), KINKS);
    } else {
      compare(want, gradient);
    }
  }
}
