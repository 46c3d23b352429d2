package org.selfsup4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.data.EmbeddedDigits;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ImageFiles;
import org.selfsup4j.core.data.Source;
import picocli.CommandLine;

class DataChoiceTest {

  @TempDir private Path folder;

  private Path photos(int count) throws IOException {
    EmbeddedDigits digits = EmbeddedDigits.load();
    Path photos = Files.createDirectories(folder.resolve(count + "-photos"));
    for (int i = 0; i < count; i++) {
      Files.write(photos.resolve(i + ".png"), ImageFiles.encodePng(digits.get(i)));
    }
    return photos;
  }

  private static void assertSame(Source<Image> given, Source<Image> expected) {
    assertThat(given.size()).isEqualTo(expected.size());
    assertThat(given.description()).isEqualTo(expected.description());
    for (long i = 0; i < given.size(); i++) {
      assertThat(given.get(i)).isEqualTo(expected.get(i));
      assertThat(given.label(i)).isEqualTo(expected.label(i));
    }
  }

  @Test
  void aCacheOfAFolderChangesNoImage() throws IOException {
    Path cache = folder.resolve("new/cache");
    String photos = photos(10).toString();
    for (int run = 0; run < 2; run++) {
      DataChoice cached = DataChoice.of(photos, cache, 0);
      assertSame(cached.train(), DataChoice.of(photos).train());
      assertSame(cached.test(), DataChoice.of(photos).test());
    }
    assertThat(cache.resolve("decoded.images")).isNotEmptyFile();
  }

  @Test
  void allPhotosWithoutLabelsAreTrainedOn() throws IOException {
    DataChoice choice = DataChoice.of(photos(10).toString());
    assertThat(choice.isLabelled()).isFalse();
    assertThat(choice.train().size()).isEqualTo(10);
  }

  @Test
  void ofEachClassEveryFifthPhotoIsHeldOut() throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    for (int label = 0; label < 2; label++) {
      Files.move(photos(10), classes.resolve("class-" + label));
    }
    DataChoice choice = DataChoice.of(classes.toString());
    assertThat(choice.isLabelled()).isTrue();
    assertThat(choice.train().size()).isEqualTo(16);
    assertThat(choice.test().size()).isEqualTo(4);
  }

  @Test
  void aCacheOfOtherPhotosOrAnotherSideIsRefused() throws IOException {
    Path cache = folder.resolve("cache");
    assertThat(DataChoice.of(photos(10).toString(), cache, 32).train().get(0).width())
        .isEqualTo(32);
    assertThatThrownBy(() -> DataChoice.of(photos(11).toString(), cache, 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds 10 images of folder 10-photos");
    assertThatThrownBy(() -> DataChoice.of(photos(10).toString(), cache, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("resized to a shorter side of at most 32, not 10 of folder");
  }

  @Test
  void dataThatIsDecodedAlreadyNeedsNoCache() throws IOException {
    Files.createFile(folder.resolve("test_batch.bin"));
    assertThatThrownBy(() -> DataChoice.of(folder.toString(), folder.resolve("cache"), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("CIFAR-10's files hold decoded images; leave it out");
  }

  @Test
  void aSideOfTheCacheNeedsACacheAndPixelsEnough() {
    String[][] wrong = {
      {"--cache-side", "64"}, {"--cache", folder.resolve("cache").toString(), "--cache-side", "16"}
    };
    for (String[] options : wrong) {
      StringWriter err = new StringWriter();
      CommandLine commands = SelfSup.commandLine();
      commands.setErr(new PrintWriter(err));
      String[] arguments = new String[options.length + 4];
      System.arraycopy(options, 0, arguments, 4, options.length);
      System.arraycopy(
          new String[] {"pretrain", "simclr", "--out", folder.resolve("run").toString()},
          0,
          arguments,
          0,
          4);
      assertThat(commands.execute(arguments)).isEqualTo(2);
      assertThat(err.toString())
          .contains("it needs --cache DIR, and must be at least --side, which is 32");
    }
  }
}
