package org.selfsup4j.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.format.CorruptFileException;

class CifarBinaryTest {

  @TempDir Path folder;

  /** Records whose image {@code i} has label {@code i % 10}, red row + i, green column, blue i. */
  private Path write(String name, int count) throws IOException {
    byte[] content = new byte[count * 3073];
    for (int i = 0; i < count; i++) {
      content[i * 3073] = (byte) (i % 10);
      for (int p = 0; p < 1024; p++) {
        content[i * 3073 + 1 + p] = (byte) (p / 32 + i);
        content[i * 3073 + 1025 + p] = (byte) (p % 32);
        content[i * 3073 + 2049 + p] = (byte) i;
      }
    }
    return Files.write(folder.resolve(name), content);
  }

  @Test
  void readsPlanesIntoPixels() throws IOException {
    write("data_batch_2.bin", 5);
    write("data_batch_1.bin", 13);
    write("test_batch.bin", 3);
    CifarBinary train = CifarBinary.train(folder);
    assertThat(train.size()).isEqualTo(18);
    assertThat(train.name(12)).isEqualTo("data_batch_1.bin record 12");
    assertThat(train.name(13)).isEqualTo("data_batch_2.bin record 0");
    assertThat(train.label(12)).isEqualTo(OptionalInt.of(2));
    assertThat(train.label(17)).isEqualTo(OptionalInt.of(4));
    assertThat(train.classes()).hasSize(10).contains("frog");
    Image image = train.get(12);
    assertThat(image.value(30, 20, 0)).isEqualTo(42 / 255f);
    assertThat(image.value(30, 20, 1)).isEqualTo(20 / 255f);
    assertThat(image.value(30, 20, 2)).isEqualTo(12 / 255f);
    assertThat(train.get(17).value(0, 0, 2)).isEqualTo(4 / 255f);
    assertThat(train.description()).startsWith("CIFAR-10 train (18 images, checksum ");
    assertThat(CifarBinary.test(folder).size()).isEqualTo(3);
    assertThatThrownBy(() -> train.get(18)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aTruncatedFileIsRefusedByName() throws IOException {
    Path file = write("test_batch.bin", 4);
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 10_000));
    assertThatThrownBy(() -> CifarBinary.test(folder))
        .isInstanceOf(CorruptFileException.class)
        .hasMessage(
            file
                + ", length: it has 10,000 bytes, but is made of records of 3,073 bytes (usually"
                + " 10,000 records: 30,730,000 bytes); it ends 781 bytes into a record; fetch it"
                + " again");
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> CifarBinary.test(folder)).hasMessageContaining("it has 0 bytes");
  }

  @Test
  void aForeignFileIsRefusedByItsLabels() throws IOException {
    Path file = write("test_batch.bin", 4);
    byte[] content = Files.readAllBytes(file);
    content[2 * 3073] = 77;
    Files.write(file, content);
    assertThatThrownBy(() -> CifarBinary.test(folder))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageStartingWith(file + ", record 2: its label is 77, CIFAR-10 has 0 to 9");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> CifarBinary.test(folder))
        .hasMessage(
            folder.resolve("test_batch.bin")
                + " does not exist: give a file of CIFAR-10's binary version");
    assertThatThrownBy(() -> CifarBinary.train(folder))
        .hasMessageContaining("holds no data_batch_1.bin");
  }
}
