package org.selfsup4j.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Arena;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.models.ResNet.Stem;

/**
 * The fast kernels in float32 against the portable ones in double, in a network whose relus are far
 * from their kinks (large betas): there every entry of every gradient can be held to float32's
 * precision, which the reference values do not allow.
 */
class ResNetFloatTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyGradientIsThatOfDouble(boolean training) {
    Map<String, double[]> want = gradients(Setting.PORTABLE_DOUBLE, training);
    Map<String, double[]> got = gradients(Setting.ONEDNN_FLOAT, training);
    assertThat(got.keySet()).isEqualTo(want.keySet()).hasSize(60);
    // In training, norms subtract means of many deviations, and shifts in front of a norm cancel.
    double tolerance = training ? 3e-3 : 1e-4;
    want.forEach((name, values) -> assertClose(name, got.get(name), values, tolerance));
  }

  private static Map<String, double[]> gradients(Setting setting, boolean training) {
    ResNet encoder = ResNet.narrow18(Stem.SMALL, RandomStream.of(1));
    Parts parts = Parts.of(encoder);
    parts.convertTo(setting.type());
    for (var module : parts.modules().values()) {
      if (module instanceof BatchNorm norm) {
        double[] beta = norm.bias().toDoubles();
        Arrays.fill(beta, 8); // eight deviations: no normed value is that far below 0
        norm.bias().set(beta);
      }
    }
    Map<String, double[]> gradients = new LinkedHashMap<>();
    Kernels kernels = setting.open();
    try (Arena arena = new Arena();
        Session session = Session.training(kernels, arena, "gradients")) {
      Pass pass = new Pass(training, RandomStream.of(1), session);
      Tensor images = Passes.noise(pass, 4, 3, 16, 16).to(setting.type());
      Tensor weights = Passes.noise(pass, 4, encoder.width()).to(setting.type());
      session.backward(encoder.features(images, pass).times(weights).sum());
      parts
          .parameters()
          .forEach(
              (name, parameter) ->
                  gradients.put(
                      name, session.constant(parameter.variable().gradient()).toDoubles()));
    }
    setting.assertServedBy(kernels);
    return gradients;
  }

  private static void assertClose(String name, double[] got, double[] want, double tolerance) {
    double squares = 0;
    for (double value : want) {
      squares += value * value;
    }
    double rms = Math.sqrt(squares / want.length);
    for (int i = 0; i < want.length; i++) {
      assertThat(Math.abs(got[i] - want[i]))
          .as("%s[%d]: got %s, want %s", name, i, got[i], want[i])
          .isLessThanOrEqualTo(tolerance * Math.max(Math.abs(want[i]), rms) + 1e-7);
    }
  }
}
