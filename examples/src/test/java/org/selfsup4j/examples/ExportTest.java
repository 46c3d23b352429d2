package org.selfsup4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.format.SafeTensors;
import org.selfsup4j.core.module.NameMap;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.train.EncoderFile;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.VisionTransformer;

class ExportTest {

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int export(Path file, Path to) {
    return SelfSup.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute("export", "--encoder-file", file.toString(), "--out", to.toString());
  }

  /** A file as a run of {@code kind} writes it. */
  private Path stored(EncoderChoice kind) {
    Path file = folder.resolve(kind + ".safetensors");
    ImageEncoder encoder = kind.make(32, 3);
    EncoderFile.write(file, encoder, NameMap.OURS, Map.of("seed", "3", "data", "hands"));
    return file;
  }

  @ParameterizedTest
  @CsvSource({
    "VIT_TINY, timm's, blocks.11.attn.qkv.weight",
    "NARROW18, torchvision's, layer4.1.bn2.running_var"
  })
  void weightsGetTheNamesOfTheirLibrary(EncoderChoice kind, String owner, String name) {
    Path to = folder.resolve("exported.safetensors");
    assertThat(export(stored(kind), to)).as(err.toString()).isZero();
    assertThat(out.toString()).contains("under " + owner + " names");
    try (SafeTensors tensors = SafeTensors.open(to)) {
      assertThat(tensors.names()).contains(name);
      assertThat(tensors.metadata()).containsEntry("data", "hands");
    }
    ImageEncoder want = kind.make(32, 3);
    ImageEncoder got = kind.make(32, 4);
    EncoderFile.load(to, got, names(got));
    Parts.of(want)
        .parameters()
        .forEach(
            (part, parameter) ->
                assertThat(Parts.of(got).parameters().get(part).variable().toDoubles())
                    .as(part)
                    .isEqualTo(parameter.variable().toDoubles()));
  }

  private static NameMap names(ImageEncoder encoder) {
    return encoder instanceof VisionTransformer transformer
        ? transformer.timmNames()
        : ((ResNet) encoder).torchvisionNames();
  }

  @Test
  void whatIsThereIsNotOverwritten() throws Exception {
    Path to = Files.writeString(folder.resolve("mine"), "precious");
    assertThat(export(stored(EncoderChoice.NARROW18), to)).isNotZero();
    assertThat(err.toString()).contains("which exists: name a new file");
    assertThat(to).hasContent("precious");
  }

  @Test
  void weightsOfAnotherEncoderAreRefused() {
    Path file = folder.resolve("other.safetensors");
    ResNet other = ResNet.narrow18(ResNet.Stem.LARGE, RandomStream.of(1));
    EncoderFile.write(file, other, NameMap.OURS, Map.of());
    assertThat(export(file, folder.resolve("to"))).isNotZero();
    assertThat(err.toString()).contains("are of none of the encoders");
    assertThat(folder.resolve("to")).doesNotExist();
  }
}
