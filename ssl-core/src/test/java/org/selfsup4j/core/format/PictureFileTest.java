package org.selfsup4j.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.format.PictureFile.Picture;

class PictureFileTest {

  @TempDir Path folder;

  private static final List<Picture> PICTURES =
      List.of(
          new Picture(2, 3, 1, new byte[] {1, 2, 3, 4, 5, (byte) 250}),
          Picture.missing("cut short \u2014 sorry"),
          new Picture(1, 1, 3, new byte[] {7, 8, 9}));

  private Path written() {
    Path file = folder.resolve("it.images");
    ObjectNode header = JsonNodeFactory.instance.objectNode().put("source", "three");
    PictureFileWriter.write(file, header, PICTURES.iterator());
    return file;
  }

  @Test
  void picturesAreWhatTheyWere() {
    PictureFile file = PictureFile.open(written());
    assertThat(file.header().path("source").asText()).isEqualTo("three");
    assertThat(file.size()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      Picture picture = file.picture(i);
      assertThat(picture.bytes()).isEqualTo(PICTURES.get(i).bytes());
      assertThat(List.of(picture.height(), picture.width(), picture.channels()))
          .isEqualTo(
              List.of(
                  PICTURES.get(i).height(), PICTURES.get(i).width(), PICTURES.get(i).channels()));
    }
    assertThat(file.picture(1).isMissing()).isTrue();
    assertThat(file.picture(1).reason()).isEqualTo("cut short \u2014 sorry");
    assertThatThrownBy(() -> file.picture(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(file.bytes()).isEqualTo(9 + PICTURES.get(1).width());
  }

  @Test
  void everyChangedByteIsSeen() throws IOException {
    byte[] whole = Files.readAllBytes(written());
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 0x10;
      Path file = Files.write(folder.resolve("changed"), changed);
      assertThatThrownBy(() -> readAll(file))
          .as("byte " + i + " of " + whole.length)
          .isInstanceOf(CorruptFileException.class);
    }
  }

  @Test
  void whatIsMissingOrTooMuchIsSeen() throws IOException {
    byte[] whole = Files.readAllBytes(written());
    for (int length = 0; length < whole.length; length++) {
      Path file = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> readAll(file))
          .as(length + " bytes of " + whole.length)
          .isInstanceOf(CorruptFileException.class);
    }
    Path longer = Files.write(folder.resolve("longer"), Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> readAll(longer)).isInstanceOf(CorruptFileException.class);
  }

  private static void readAll(Path path) {
    PictureFile file = PictureFile.open(path);
    for (int i = 0; i < file.size(); i++) {
      file.picture(i);
    }
  }

  @Test
  void otherFilesAndNoneAreNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "a text that is long enough for it");
    assertThatThrownBy(() -> PictureFile.open(text))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageStartingWith(text + ", prologue: ");
    assertThatThrownBy(() -> PictureFile.open(folder.resolve("none")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("there is no file " + folder.resolve("none"));
  }

  @Test
  void aFileThatFailsHalfwayIsNotThere() throws IOException {
    Path file = folder.resolve("half");
    Picture wrong = new Picture(2, 2, 3, new byte[11]);
    assertThatThrownBy(
            () ->
                PictureFileWriter.write(
                    file,
                    JsonNodeFactory.instance.objectNode(),
                    List.of(PICTURES.get(0), wrong).iterator()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "picture 1 of height 2, width 2 and 3 channels has 11 bytes: there must be as many");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void theHeaderCanBeReadByPeople() throws IOException {
    byte[] whole = Files.readAllBytes(written());
    assertThat(new String(whole, StandardCharsets.UTF_8)).contains("{\"source\":\"three\"}");
  }
}
