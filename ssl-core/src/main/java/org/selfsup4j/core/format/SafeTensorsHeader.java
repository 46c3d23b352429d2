package org.selfsup4j.core.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The JSON header of a safetensors file, in both directions; {@link SafeTensors} has the grammar.
 */
final class SafeTensorsHeader {

  private static final String METADATA = "__metadata__";
  private static final String SECTION = "header";

  private final Map<String, String> metadata;
  private final Map<String, StoredTensor> tensors;

  private SafeTensorsHeader(Map<String, String> metadata, Map<String, StoredTensor> tensors) {
    this.metadata = metadata;
    this.tensors = tensors;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /** By name, in the order of the file. */
  Map<String, StoredTensor> tensors() {
    return tensors;
  }

  /** Checks a header against the {@code dataBytes} that follow it. */
  static SafeTensorsHeader parse(Path file, byte[] bytes, long dataBytes) {
    ObjectNode json = StrictJson.parse(file, SECTION, bytes);
    Map<String, String> metadata = new LinkedHashMap<>();
    List<StoredTensor> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      if (entry.getKey().equals(METADATA)) {
        readMetadata(file, entry.getValue(), metadata);
      } else {
        found.add(tensor(file, entry.getKey(), entry.getValue(), dataBytes));
      }
    }
    found.sort(Comparator.comparingLong(StoredTensor::begin).thenComparing(StoredTensor::end));
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    long end = 0;
    for (StoredTensor tensor : found) {
      if (tensor.begin() != end) {
        throw new CorruptFileException(
            file,
            "tensor " + tensor.name(),
            "starts at byte "
                + tensor.begin()
                + " of the data, expected "
                + end
                + (tensor.begin() < end ? ": it overlaps another" : ": there is a gap before it"));
      }
      end = tensor.end();
      tensors.put(tensor.name(), tensor);
    }
    if (end != dataBytes) {
      throw new CorruptFileException(
          file, "data", "has " + dataBytes + " bytes, the header describes " + end);
    }
    return new SafeTensorsHeader(metadata, tensors);
  }

  /**
   * The header that describes {@code tensors} one after the other, padded to a multiple of 8 bytes
   * as readers that map files into memory like it.
   */
  static byte[] compose(Map<String, String> metadata, Collection<StoredTensor> tensors) {
    ObjectNode json = StrictJson.object();
    if (!metadata.isEmpty()) {
      ObjectNode texts = json.putObject(METADATA);
      metadata.forEach(texts::put);
    }
    for (StoredTensor tensor : tensors) {
      ObjectNode entry = json.putObject(tensor.name());
      entry.put("dtype", tensor.type().name());
      ArrayNode shape = entry.putArray("shape");
      for (long size : tensor.shape()) {
        shape.add(size);
      }
      entry.putArray("data_offsets").add(tensor.begin()).add(tensor.end());
    }
    byte[] text = StrictJson.bytes(json);
    byte[] padded = new byte[(text.length + 7) / 8 * 8];
    Arrays.fill(padded, (byte) ' ');
    System.arraycopy(text, 0, padded, 0, text.length);
    return padded;
  }

  /** Refuses a name that the format keeps for itself. */
  static void checkName(String name) {
    if (name.equals(METADATA)) {
      throw new IllegalArgumentException(
          "a tensor cannot be called \"" + METADATA + "\": the format keeps that name for texts");
    }
  }

  private static void readMetadata(Path file, JsonNode json, Map<String, String> metadata) {
    if (!json.isObject()) {
      throw new CorruptFileException(file, SECTION, METADATA + " is no object of texts");
    }
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      if (!entry.getValue().isTextual()) {
        throw new CorruptFileException(
            file, SECTION, METADATA + " \"" + entry.getKey() + "\" is no text");
      }
      metadata.put(entry.getKey(), entry.getValue().textValue());
    }
  }

  private static StoredTensor tensor(Path file, String name, JsonNode json, long dataBytes) {
    String section = "tensor " + name;
    Set<String> keys = new TreeSet<>();
    json.fieldNames().forEachRemaining(keys::add);
    if (!keys.equals(Set.of("dtype", "shape", "data_offsets"))) {
      throw new CorruptFileException(
          file, section, "is described by " + keys + ", expected data_offsets, dtype, shape");
    }
    StoredType type = StoredType.named(json.get("dtype").asText());
    if (type == null) {
      throw new CorruptFileException(
          file,
          section,
          "dtype "
              + json.get("dtype")
              + " is unknown, expected one of "
              + List.of(StoredType.values()));
    }
    long[] shape = numbers(file, section, json.get("shape"), "shape");
    long[] offsets = numbers(file, section, json.get("data_offsets"), "data_offsets");
    if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes) {
      throw new CorruptFileException(
          file,
          section,
          "data_offsets "
              + json.get("data_offsets")
              + " do not lie in the "
              + dataBytes
              + " bytes of data: the file is cut or damaged");
    }
    try {
      StoredTensor tensor = new StoredTensor(name, type, shape, offsets[0], offsets[1]);
      long bytes = Math.multiplyExact(tensor.count(), (long) type.bytes());
      if (bytes == offsets[1] - offsets[0]) {
        return tensor;
      }
      throw new CorruptFileException(
          file,
          section,
          tensor
              + " takes "
              + bytes
              + " bytes, data_offsets "
              + json.get("data_offsets")
              + " span "
              + (offsets[1] - offsets[0]));
    } catch (ArithmeticException e) {
      throw new CorruptFileException(
          file, section, "shape " + json.get("shape") + " has more elements than can be", e);
    }
  }

  private static long[] numbers(Path file, String section, JsonNode json, String key) {
    if (!json.isArray()) {
      throw new CorruptFileException(file, section, key + " is no list");
    }
    long[] numbers = new long[json.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode number = json.get(i);
      if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
        throw new CorruptFileException(
            file, section, key + " " + json + " are not whole numbers from 0");
      }
      numbers[i] = number.longValue();
    }
    return numbers;
  }
}
