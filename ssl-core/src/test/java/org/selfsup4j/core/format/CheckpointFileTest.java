package org.selfsup4j.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

class CheckpointFileTest {

  @TempDir Path folder;
  private Path file;
  private final Map<String, Block> tensors = new LinkedHashMap<>();
  private final ObjectNode settings = JsonNodeFactory.instance.objectNode().put("seed", 17);
  private final ObjectNode progress = JsonNodeFactory.instance.objectNode().put("step", 1200);

  @BeforeEach
  void write() {
    file = folder.resolve("step-1200.ckpt");
    tensors.put("encoder.weight", Memory.permuted(ElementType.FLOAT, longs(2, 3), ints(1, 0), 1));
    tensors.put("queue", Memory.permuted(ElementType.DOUBLE, longs(3, 2), ints(0, 1), 2));
    tensors.put("ids", Memory.permuted(ElementType.INT64, longs(2, 1), ints(0, 1), 3));
    tensors.put("mask", Memory.permuted(ElementType.BOOL, longs(5), ints(0), 4));
    tensors.put("nothing", Block.contiguous(Slab.allocate(ElementType.FLOAT, 0), 0, 0, 4));
    tensors.put("scale", Block.contiguous(Memory.random(ElementType.FLOAT, 1, 5), 0));
    CheckpointFile.write(file, settings, progress, tensors);
  }

  @AfterEach
  void close() {
    tensors.values().forEach(Memory::close);
  }

  @Test
  void givesBackEveryBitInAnyLayout() {
    try (CheckpointFile checkpoint = CheckpointFile.open(file)) {
      assertThat(checkpoint.settings()).isEqualTo(settings);
      assertThat(checkpoint.progress()).isEqualTo(progress);
      assertThat(checkpoint.names())
          .containsExactly("encoder.weight", "queue", "ids", "mask", "nothing", "scale");
      for (Map.Entry<String, Block> entry : tensors.entrySet()) {
        Block written = entry.getValue();
        assertThat(checkpoint.shape(entry.getKey())).containsExactly(written.shape());
        assertThat(checkpoint.type(entry.getKey())).isEqualTo(written.type());
        Slab slab = Memory.random(written.type(), Math.max(1, written.count()), 99);
        Block read = Block.contiguous(slab, 0, written.shape());
        checkpoint.read(entry.getKey(), read);
        assertThat(Memory.bits(read)).containsExactly(Memory.bits(written));
        slab.close();
      }
    }
  }

  @Test
  void isWhatItsGrammarSays() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    bytes.get(magic);
    assertThat(magic).containsExactly(0x89, 'S', 'S', 'L', '\r', '\n', 0x1a, '\n');
    assertThat(bytes.getInt()).isEqualTo(1);
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.getInt();
    bytes.get(header);
    assertThat(new String(header, StandardCharsets.UTF_8))
        .startsWith("{\"settings\":{\"seed\":17},\"progress\":{\"step\":1200},\"tensors\":[")
        .contains("{\"name\":\"encoder.weight\",\"type\":\"FLOAT\",\"shape\":[2,3]}");
    bytes.getInt();
    for (long want : Memory.bits(tensors.get("encoder.weight"))) {
      assertThat((long) bytes.getInt()).isEqualTo(want);
    }
  }

  @Test
  void aChangeOfAnyOneByteIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Path damaged = folder.resolve("damaged.ckpt");
    for (int at = 0; at < whole.length; at++) {
      for (int change : new int[] {0x01, 0x80, 0xff}) {
        byte[] bytes = whole.clone();
        bytes[at] ^= (byte) change;
        Files.write(damaged, bytes);
        assertThatThrownBy(() -> CheckpointFile.open(damaged))
            .as("byte %d changed by %02x", at, change)
            .isInstanceOf(CorruptFileException.class)
            .hasMessageContaining("damaged.ckpt");
      }
    }
  }

  @Test
  void anyLengthButItsOwnIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Path damaged = folder.resolve("damaged.ckpt");
    for (int length = 0; length < whole.length + 5; length++) {
      if (length != whole.length) {
        Files.write(damaged, Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> CheckpointFile.open(damaged))
            .as("%d of %d bytes", length, whole.length)
            .isInstanceOf(CorruptFileException.class);
      }
    }
  }

  @Test
  void aByteMissingOrExtraAnywhereIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Path damaged = folder.resolve("damaged.ckpt");
    for (int at = 0; at < whole.length; at++) {
      ByteBuffer missing = ByteBuffer.allocate(whole.length - 1);
      missing.put(whole, 0, at).put(whole, at + 1, whole.length - at - 1);
      Files.write(damaged, missing.array());
      assertThatThrownBy(() -> CheckpointFile.open(damaged))
          .as("byte %d missing", at)
          .isInstanceOf(CorruptFileException.class);

      ByteBuffer extra = ByteBuffer.allocate(whole.length + 1);
      extra.put(whole, 0, at).put(whole[at]).put(whole, at, whole.length - at);
      Files.write(damaged, extra.array());
      assertThatThrownBy(() -> CheckpointFile.open(damaged))
          .as("byte %d twice", at)
          .isInstanceOf(CorruptFileException.class);
    }
  }

  @Test
  void theDamagedSectionIsNamed() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    int header = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong(12);
    int data = 24 + header + 4;
    assertThat(sectionOf(whole, 3)).isEqualTo("prologue");
    assertThat(sectionOf(whole, 9)).isEqualTo("prologue");
    assertThat(sectionOf(whole, 24 + 5)).isEqualTo("header");
    assertThat(sectionOf(whole, data)).isEqualTo("tensor encoder.weight");
    assertThat(sectionOf(whole, data + 24 + 4)).isEqualTo("tensor queue");
    assertThat(sectionOf(whole, whole.length - 1)).isEqualTo("tensor scale");
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> CheckpointFile.open(file))
        .isInstanceOfSatisfying(
            CorruptFileException.class,
            e -> {
              assertThat(e.section()).isEqualTo("end");
              assertThat(e.file()).isEqualTo(file);
            })
        .hasMessageContaining(
            "the file has " + (whole.length + 1) + " bytes, expected " + whole.length);
  }

  @Test
  void tensorsThatChangedPlacesAreRefused() throws IOException {
    Block first = Block.contiguous(Memory.random(ElementType.FLOAT, 4, 6), 0, 4);
    Block second = Block.contiguous(Memory.random(ElementType.FLOAT, 4, 7), 0, 4);
    Map<String, Block> pair = new LinkedHashMap<>();
    pair.put("bank", first);
    pair.put("centre", second);
    CheckpointFile.write(file, settings, progress, pair);
    byte[] bytes = Files.readAllBytes(file);
    byte[] swapped = bytes.clone();
    int size = 4 * 4 + 4; // data and sum
    System.arraycopy(bytes, bytes.length - size, swapped, bytes.length - 2 * size, size);
    System.arraycopy(bytes, bytes.length - 2 * size, swapped, bytes.length - size, size);
    Files.write(file, swapped);
    assertThatThrownBy(() -> CheckpointFile.open(file))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("tensor bank: checksum");
    Memory.close(first, second);
  }

  @Test
  void whatIsNoCheckpointIsSaidToBeNone() throws IOException {
    Files.write(file, new byte[100]);
    assertThatThrownBy(() -> CheckpointFile.open(file))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("prologue: this is not a checkpoint of selfsup4j");
    assertThatThrownBy(() -> CheckpointFile.open(folder.resolve("none.ckpt")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("there is no file");
  }

  @Test
  void memoryOfAnotherShapeOrTypeIsRefused() {
    Block matrix = Block.contiguous(Memory.random(ElementType.FLOAT, 6, 8), 0, 3, 2);
    Block integers = Block.contiguous(Memory.random(ElementType.INT64, 6, 9), 0, 2, 3);
    try (CheckpointFile checkpoint = CheckpointFile.open(file)) {
      assertThatThrownBy(() -> checkpoint.read("encoder.weight", matrix))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(
              "encoder.weight is FLOAT[2, 3], it cannot be read into FLOAT[3, 2]");
      assertThatThrownBy(() -> checkpoint.read("encoder.weight", integers))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot be read into INT64[2, 3]");
      assertThatThrownBy(() -> checkpoint.read("encoder.bias", matrix))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("has no tensor \"encoder.bias\", it has [encoder.weight, queue,");
    }
    Memory.close(matrix, integers);
  }

  @Test
  void tensorsLargerThanAPieceKeepEveryBit() {
    long[] shape = {3, 16, 70, 61}; // 205,000 elements, [N, C, H, W] kept as [N, H, W, C]
    Block large = Memory.permuted(ElementType.FLOAT, shape, ints(0, 2, 3, 1), 10);
    CheckpointFile.write(file, settings, progress, Map.of("maps", large));
    Block read = Memory.permuted(ElementType.FLOAT, shape, ints(3, 1, 0, 2), 11);
    try (CheckpointFile checkpoint = CheckpointFile.open(file)) {
      checkpoint.read("maps", read);
    }
    assertThat(Memory.bits(read)).containsExactly(Memory.bits(large));
    Memory.close(large, read);
  }

  @Test
  void aFailedWriteKeepsTheOldCheckpoint() throws IOException {
    byte[] before = Files.readAllBytes(file);
    Slab closed = Slab.allocate(ElementType.FLOAT, 4);
    Block gone = Block.contiguous(closed, 0, 4);
    closed.close();
    assertThatThrownBy(() -> CheckpointFile.write(file, settings, progress, Map.of("gone", gone)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Files.readAllBytes(file)).containsExactly(before);
  }

  private String sectionOf(byte[] whole, int at) throws IOException {
    byte[] bytes = whole.clone();
    bytes[at] ^= 1;
    Path damaged = folder.resolve("damaged.ckpt");
    Files.write(damaged, bytes);
    try (CheckpointFile checkpoint = CheckpointFile.open(damaged)) {
      return "opened " + checkpoint.file();
    } catch (CorruptFileException e) {
      return e.section();
    }
  }

  private static long[] longs(long... values) {
    return values;
  }

  private static int[] ints(int... values) {
    return values;
  }
}
