package org.selfsup4j.core.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** JSON headers of files, read without mercy: valid UTF-8, one object, no name twice, no rest. */
final class StrictJson {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /** An empty object to fill. */
  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** The object that {@code bytes} are the text of. */
  static ObjectNode parse(Path file, String section, byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (!text.startsWith("{")) {
        throw new CorruptFileException(
            file, section, "starts with " + quoted(text) + ", expected a JSON object");
      }
      JsonNode node = MAPPER.readTree(text);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new CorruptFileException(file, section, "is no JSON object");
    } catch (CharacterCodingException e) {
      throw new CorruptFileException(file, section, "is not UTF-8 text", e);
    } catch (JsonProcessingException e) {
      throw new CorruptFileException(
          file, section, "is not the JSON it should be: " + e.getOriginalMessage(), e);
    }
  }

  /** The text of {@code object} in UTF-8. */
  static byte[] bytes(ObjectNode object) {
    try {
      return MAPPER.writeValueAsBytes(object);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
    }
  }

  private static String quoted(String text) {
    return text.isEmpty() ? "nothing" : "\"" + text.substring(0, Math.min(8, text.length())) + "\"";
  }
}
