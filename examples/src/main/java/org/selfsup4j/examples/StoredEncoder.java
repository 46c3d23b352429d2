package org.selfsup4j.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.MismatchedWeightsException;
import org.selfsup4j.core.train.EncoderFile;
import org.selfsup4j.models.VisionTransformer;

/**
 * The encoder in a run's file, and the same as it was before.
 *
 * @param untrained of the seed that the run began with
 * @param pretrained with the file's weights
 * @param header what the file says of itself
 */
record StoredEncoder(ImageEncoder untrained, ImageEncoder pretrained, Map<String, String> header) {

  /**
   * Finds out which encoder the weights of {@code file} are of, and loads them.
   *
   * @throws IllegalArgumentException if they are of none that {@link EncoderChoice} names
   */
  static StoredEncoder open(Path file, int side) {
    Map<String, String> header = EncoderFile.header(file);
    long seed = seed(file, header.getOrDefault("seed", "0"));
    for (EncoderChoice kind : EncoderChoice.values()) {
      ImageEncoder encoder = pooled(kind.make(side, seed), header);
      if (fits(file, encoder)) {
        return new StoredEncoder(pooled(kind.make(side, seed), header), encoder, header);
      }
    }
    throw new IllegalArgumentException(
        "the weights in "
            + file
            + " are of none of the encoders "
            + Arrays.toString(EncoderChoice.values())
            + " for images of side "
            + side
            + ": give the file of a run of these, and its --side");
  }

  private static long seed(Path file, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          file + " says that its seed is '" + text + "': it must be a whole number", e);
    }
  }

  /** Loads the weights, or tells that they are another encoder's. */
  private static boolean fits(Path file, ImageEncoder encoder) {
    try {
      EncoderFile.load(file, encoder);
      return true;
    } catch (MismatchedWeightsException e) {
      return false;
    }
  }

  /** With the features that the run's encoder gave, be they the class token or a mean. */
  private static ImageEncoder pooled(ImageEncoder encoder, Map<String, String> header) {
    if (!(encoder instanceof VisionTransformer transformer)) {
      return encoder;
    }
    try {
      String pool =
          new ObjectMapper()
              .readTree(header.getOrDefault("settings", "{}"))
              .at("/task/encoder/options/pool")
              .asText();
      return Arrays.stream(VisionTransformer.Pool.values())
          .filter(known -> known.name().equals(pool))
          .findFirst()
          .map(transformer::withPool)
          .orElse(transformer);
    } catch (JsonProcessingException e) {
      return encoder; // a file of elsewhere
    }
  }
}
