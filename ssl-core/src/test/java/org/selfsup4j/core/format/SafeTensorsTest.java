package org.selfsup4j.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;

class SafeTensorsTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void choose() {
    file = folder.resolve("weights.safetensors");
  }

  @Test
  void givesBackWhatWasWrittenWhateverTheLayout() {
    Map<String, Block> tensors = new LinkedHashMap<>();
    tensors.put("mask", Memory.permuted(ElementType.BOOL, new long[] {3, 5}, new int[] {1, 0}, 1));
    tensors.put(
        "conv.weight",
        Memory.permuted(ElementType.FLOAT, new long[] {8, 3, 3, 3}, new int[] {0, 2, 3, 1}, 2));
    tensors.put("ids", Memory.permuted(ElementType.INT64, new long[] {4}, new int[] {0}, 3));
    tensors.put("exact", Block.contiguous(Memory.random(ElementType.DOUBLE, 1, 4), 0));
    tensors.put("empty", Block.contiguous(Slab.allocate(ElementType.FLOAT, 0), 0, 0, 7));
    SafeTensors.write(file, Map.of("task", "rotation", "name", "Bärbel"), tensors);

    try (SafeTensors read = SafeTensors.open(file)) {
      assertThat(read.file()).isEqualTo(file);
      assertThat(read.metadata())
          .containsOnly(Map.entry("task", "rotation"), Map.entry("name", "Bärbel"));
      assertThat(read.names()).containsExactly("ids", "exact", "conv.weight", "empty", "mask");
      assertThat(read.shape("conv.weight")).containsExactly(8, 3, 3, 3);
      assertThat(read.type("conv.weight")).isEqualTo("F32");

      float[] weights = read.floats("conv.weight");
      long[] want = Memory.bits(tensors.get("conv.weight"));
      for (int i = 0; i < want.length; i++) {
        assertThat((long) Float.floatToRawIntBits(weights[i])).isEqualTo(want[i]);
      }
      assertThat(read.longs("ids")).containsExactly(Memory.bits(tensors.get("ids")));
      assertThat(Double.doubleToRawLongBits(read.doubles("exact")[0]))
          .isEqualTo(Memory.bits(tensors.get("exact"))[0]);
      long[] mask = Memory.bits(tensors.get("mask"));
      for (int i = 0; i < mask.length; i++) {
        assertThat(read.booleans("mask")[i]).isEqualTo(mask[i] == 1);
      }
      assertThat(read.floats("empty")).isEmpty();

      for (Map.Entry<String, Block> entry : tensors.entrySet()) {
        Block written = entry.getValue();
        Slab slab = Memory.random(written.type(), Math.max(1, written.count()), 99);
        Block into = Block.contiguous(slab, 0, written.shape());
        read.read(entry.getKey(), into);
        assertThat(Memory.bits(into)).containsExactly(Memory.bits(written));
        slab.close();
      }
    }
    tensors.values().forEach(Memory::close);
  }

  @Test
  void isTheFormatThatOthersRead() throws IOException {
    Slab slab = Memory.random(ElementType.FLOAT, 6, 5);
    Block transposed = Block.contiguous(slab, 0, 2, 3).transposed();
    SafeTensors.write(file, Map.of("k", "v"), Map.of("w", transposed));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(header);
    assertThat(header.length % 8).isZero();
    assertThat(new String(header, StandardCharsets.UTF_8).strip())
        .isEqualTo(
            "{\"__metadata__\":{\"k\":\"v\"},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[0,24]}}");
    for (int i : new int[] {0, 3, 1, 4, 2, 5}) {
      assertThat((long) bytes.getInt()).isEqualTo(Memory.bits(slab, i));
    }
    assertThat(bytes.hasRemaining()).isFalse();
    slab.close();
  }

  @Test
  void smallFloatsAreWidenedExactly() throws IOException {
    ByteBuffer all = ByteBuffer.allocate(4 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 2 << 16; i++) {
      all.putShort((short) i);
    }
    compose(
        "{\"half\":{\"dtype\":\"F16\",\"shape\":[65536],\"data_offsets\":[0,131072]},"
            + "\"brain\":{\"dtype\":\"BF16\",\"shape\":[65536],\"data_offsets\":[131072,262144]}}",
        all.array());
    Slab slab = Slab.allocate(ElementType.FLOAT, 1 << 16);
    try (SafeTensors read = SafeTensors.open(file)) {
      float[] half = read.floats("half");
      float[] brain = read.floats("brain");
      for (int i = 0; i < 1 << 16; i++) {
        int sign = i >= 1 << 15 ? -1 : 1;
        assertThat(half[i]).isEqualTo((Float) (sign * value(i >> 10 & 31, i & 1023, 5, 10)));
        assertThat(brain[i]).isEqualTo((Float) (sign * value(i >> 7 & 255, i & 127, 8, 7)));
      }
      read.read("half", Block.contiguous(slab, 0, 1 << 16));
      for (int i = 0; i < 1 << 16; i++) {
        assertThat((int) Memory.bits(slab, i)).isEqualTo(Float.floatToRawIntBits(half[i]));
      }
    }
    slab.close();
  }

  /** What sign-less bits stand for by the definition of IEEE 754. */
  private static float value(int exponent, int fraction, int exponentBits, int fractionBits) {
    int bias = (1 << (exponentBits - 1)) - 1;
    double part = fraction / (double) (1 << fractionBits);
    if (exponent == (1 << exponentBits) - 1) {
      return fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    }
    return (float)
        (exponent == 0 ? part * Math.pow(2, 1 - bias) : (1 + part) * Math.pow(2, exponent - bias));
  }

  @Test
  void otherTypesOfTheFormatStayInTheFileUnread() throws IOException {
    compose(
        "{\"positions\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}}",
        new byte[] {1, 0, 0, 0, 2, 0, 0, 0, 0, 0, (byte) 0x80, 0x3f});
    try (SafeTensors read = SafeTensors.open(file)) {
      assertThat(read.floats("w")).containsExactly(1f);
      assertThat(read.type("positions")).isEqualTo("I32");
      assertThatThrownBy(() -> read.longs("positions"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(file + ": tensor positions is I32[2], expected [I64]");
      assertThatThrownBy(() -> read.doubles("w"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(file + ": tensor w is F32[], expected [F64]");
      assertThatThrownBy(() -> read.floats("v"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(file + " has no tensor \"v\", it has [positions, w]");
    }
  }

  @Test
  void memoryOfAnotherShapeOrTypeIsRefused() {
    Slab floats = Memory.random(ElementType.FLOAT, 6, 6);
    Slab doubles = Memory.random(ElementType.DOUBLE, 6, 7);
    SafeTensors.write(file, Map.of(), Map.of("w", Block.contiguous(floats, 0, 2, 3)));
    try (SafeTensors read = SafeTensors.open(file)) {
      assertThatThrownBy(() -> read.read("w", Block.contiguous(floats, 0, 3, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tensor w is F32[2, 3], it cannot be read into FLOAT[3, 2]");
      assertThatThrownBy(() -> read.read("w", Block.contiguous(doubles, 0, 2, 3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("it cannot be read into DOUBLE[2, 3]");
    }
    floats.close();
    doubles.close();
  }

  @Test
  void anyShorterOrLongerFileIsRefused() throws IOException {
    Slab slab = Memory.random(ElementType.FLOAT, 6, 8);
    SafeTensors.write(file, Map.of("k", "v"), Map.of("w", Block.contiguous(slab, 0, 2, 3)));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length + 9; length++) {
      if (length != whole.length) {
        Files.write(file, Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> SafeTensors.open(file))
            .as("%d of %d bytes", length, whole.length)
            .isInstanceOf(CorruptFileException.class)
            .hasMessageContaining("weights.safetensors");
      }
    }
    slab.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
            + "'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}"
            + "| tensor b: starts at byte 4 of the data, expected 8: it overlaps another",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
            + "'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}}"
            + "| tensor b: starts at byte 8 of the data, expected 4: there is a gap before it",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}"
            + "| tensor a: starts at byte 4 of the data, expected 0: there is a gap before it",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}"
            + "| data: has 12 bytes, the header describes 8",
        "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}"
            + "| tensor a: data_offsets [0,16] do not lie in the 12 bytes of data: the file is cut",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}}"
            + "| tensor a: F32[2] takes 8 bytes, data_offsets [0,12] span 12",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[12,0]}}"
            + "| tensor a: data_offsets [12,0] do not lie in the 12 bytes",
        "{'a':{'dtype':'F12','shape':[3],'data_offsets':[0,12]}}"
            + "| tensor a: dtype \"F12\" is unknown, expected one of [F64, F32, F16,",
        "{'a':{'dtype':'F32','shape':[-3],'data_offsets':[0,12]}}"
            + "| tensor a: shape [-3] are not whole numbers from 0",
        "{'a':{'dtype':'F32','shape':[1.5,2],'data_offsets':[0,12]}}"
            + "| tensor a: shape [1.5,2] are not whole numbers from 0",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296,3],'data_offsets':[0,12]}}"
            + "| tensor a: shape [4294967296,4294967296,3] has more elements than can be",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12],'extra':1}}"
            + "| tensor a: is described by [data_offsets, dtype, extra, shape], expected",
        "{'a':{'dtype':'F32','shape':[3]}} | tensor a: is described by [dtype, shape], expected",
        "{'a':3} | tensor a: is described by []",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
            + "'a':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}"
            + "| header: is not the JSON it should be: Duplicate field 'a'",
        "{'__metadata__':{'k':1},'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}"
            + "| header: __metadata__ \"k\" is no text",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}} {}"
            + "| header: is not the JSON it should be: Trailing token",
        "['a'] | header: starts with \"[\"a\"]\", expected a JSON object",
      })
  void aHeaderThatIsWrongIsRefusedByName(String header, String message) throws IOException {
    compose(header.replace('\'', '"').strip(), new byte[12]);
    assertThatThrownBy(() -> SafeTensors.open(file))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining(file + ", " + message);
  }

  @Test
  void foreignFilesAreRefused() throws IOException {
    Files.write(file, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13});
    assertThatThrownBy(() -> SafeTensors.open(file))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("it is cut, or not a safetensors file");
    Files.write(file, new byte[64]);
    assertThatThrownBy(() -> SafeTensors.open(file)).isInstanceOf(CorruptFileException.class);
    byte[] notUtf8 = {'{', (byte) 0xff, '}'};
    Files.write(
        file,
        ByteBuffer.allocate(11).order(ByteOrder.LITTLE_ENDIAN).putLong(3).put(notUtf8).array());
    assertThatThrownBy(() -> SafeTensors.open(file))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("header: is not UTF-8 text");
    assertThatThrownBy(() -> SafeTensors.open(folder.resolve("none")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("there is no file");
  }

  @Test
  void aByteThatIsNoBooleanIsRefused() throws IOException {
    compose(
        "{\"m\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[0,3]}}", new byte[] {0, 1, 7});
    try (SafeTensors read = SafeTensors.open(file)) {
      assertThatThrownBy(() -> read.booleans("m"))
          .isInstanceOf(CorruptFileException.class)
          .hasMessageContaining("tensor m: a BOOL is the byte 7, not 0 or 1");
    }
  }

  @Test
  void theNameOfTheTextsIsRefusedForATensor() {
    Slab slab = Memory.random(ElementType.FLOAT, 1, 9);
    assertThatThrownBy(
            () ->
                SafeTensors.write(
                    file, Map.of(), Map.of("__metadata__", Block.contiguous(slab, 0, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the format keeps that name for texts");
    slab.close();
  }

  private void compose(String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).put(data);
    Files.write(file, bytes.array());
  }
}
