package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.format.CorruptFileException;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.module.Convolution;
import org.selfsup4j.core.module.LayerNorm;
import org.selfsup4j.core.module.MismatchedWeightsException;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.random.RandomStream;

/** An encoder's file gives back the weights and their origin, or says all that is wrong with it. */
class EncoderFileTest {

  @TempDir Path temporary;
  private Path file;
  private final TinyTask.Encoder encoder = TinyTask.Encoder.of(8, RandomStream.of(1));

  /** Shares a part with the tiny encoder, of another shape, and has another one besides. */
  private record Other(Convolution convolution, LayerNorm last) implements Module {
    static Other of(int width) {
      return new Other(
          Convolution.withoutBias(3, width, Window.square(3, 1, 1), RandomStream.of(2)),
          LayerNorm.of(width, 1e-6));
    }
  }

  @BeforeEach
  void write() {
    file = temporary.resolve("encoder.safetensors");
    RunDescription run =
        RunDescription.of(JsonNodeFactory.instance.objectNode(), 17, "noise", 1, "nd4j");
    EncoderFile.write(file, encoder, run, 40);
  }

  private static double[] values(Parameter parameter) {
    return parameter.variable().toDoubles();
  }

  @Test
  void theWeightsComeBackWithTheirOrigin() {
    TinyTask.Encoder empty = TinyTask.Encoder.of(8, RandomStream.of(2));
    assertThat(values(empty.convolution().weight()))
        .isNotEqualTo(values(encoder.convolution().weight()));
    Map<String, String> origin = EncoderFile.load(file, empty);
    assertThat(values(empty.convolution().weight()))
        .containsExactly(values(encoder.convolution().weight()));
    assertThat(origin)
        .containsEntry("seed", "17")
        .containsEntry("data", "noise")
        .containsEntry("steps", "40");
  }

  @Test
  void weightsOfAnotherNetworkAreRefusedWithAllThatDoesNotFit() {
    Other other = Other.of(16);
    double[] before = values(other.convolution().weight());
    assertThatThrownBy(() -> EncoderFile.load(file, other))
        .isInstanceOfSatisfying(
            MismatchedWeightsException.class,
            e -> {
              assertThat(e.missing()).containsExactlyInAnyOrder("last.weight", "last.bias");
              assertThat(e.unexpected())
                  .containsExactlyInAnyOrder(
                      "norm.weight", "norm.bias", "norm.runningMean", "norm.runningVariance");
              assertThat(e.misshapen())
                  .singleElement()
                  .asString()
                  .startsWith("convolution.weight is [8, 3, 3, 3], expected")
                  .contains("16, 3, 3, 3");
            })
        .hasMessageContaining(file.toString())
        .hasMessageContaining("nothing was loaded");
    assertThat(values(other.convolution().weight())).containsExactly(before);
  }

  @Test
  void aTruncatedFileIsRefusedByName() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    double[] before = values(encoder.convolution().weight());
    for (int length : new int[] {0, 7, 100, bytes.length / 2, bytes.length - 1}) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> EncoderFile.load(file, encoder))
          .as("%s of %s bytes", length, bytes.length)
          .isInstanceOf(CorruptFileException.class)
          .hasMessageContaining("encoder.safetensors");
    }
    assertThat(values(encoder.convolution().weight())).containsExactly(before);
  }

  @Test
  void aFileOfSomethingElseIsRefusedByName() throws IOException {
    Files.write(file, "<html><body>404 not found</body></html>".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> EncoderFile.load(file, encoder))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("encoder.safetensors");
  }
}
