package org.selfsup4j.core.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.selfsup4j.core.format.SafeTensors;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.module.Components;
import org.selfsup4j.core.module.MismatchedWeightsException;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.NameMap;
import org.selfsup4j.core.module.WeightSource;
import org.selfsup4j.core.module.Weights;

/**
 * Trained weights as safetensors: a run's have the names of our parts, and a header that says where
 * they come from (task, settings, data, seed, versions).
 */
public final class EncoderFile {

  private EncoderFile() {}

  static Module encoderOf(Module task) {
    for (RecordComponent component : task.getClass().getRecordComponents()) {
      if (component.getName().equals("encoder")
          && Components.read(task, component) instanceof Module encoder) {
        return encoder;
      }
    }
    return task;
  }

  static void write(Path file, Module encoder, RunDescription run, long steps) {
    Map<String, String> header = new TreeMap<>();
    header.put("format", "selfsup4j encoder 1");
    header.put("task", run.settings().path("task").path("type").asText());
    header.put("settings", run.settings().toString());
    header.put("data", run.data());
    header.put("seed", Long.toString(run.seed()));
    header.put("steps", Long.toString(steps));
    header.put(
        "versions", new ObjectMapper().valueToTree(new TreeMap<>(run.versions())).toString());
    write(file, encoder, NameMap.OURS, header);
  }

  /**
   * Writes every parameter and buffer of {@code encoder} under {@code names}, such as timm's.
   *
   * @param header what a reader may want to know, as text
   */
  public static void write(Path file, Module encoder, NameMap names, Map<String, String> header) {
    Map<String, Block> tensors = new LinkedHashMap<>();
    Weights.named(encoder, names)
        .forEach((name, state) -> tensors.put(name, state.variable().value()));
    SafeTensors.write(file, header, tensors);
  }

  /**
   * What {@code file} says of itself: where its weights come from.
   *
   * @throws org.selfsup4j.core.format.CorruptFileException if the file is damaged
   */
  public static Map<String, String> header(Path file) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      return tensors.metadata();
    }
  }

  /**
   * Loads every parameter and buffer of {@code encoder} from {@code file}, or none.
   *
   * @return the header: where the weights come from
   * @throws MismatchedWeightsException naming all that is missing, unexpected or of another shape
   * @throws org.selfsup4j.core.format.CorruptFileException if the file is damaged
   */
  public static Map<String, String> load(Path file, Module encoder) {
    return load(file, encoder, NameMap.OURS);
  }

  /** The same for a file with names of elsewhere. */
  public static Map<String, String> load(Path file, Module encoder, NameMap names) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      Weights.load(encoder, file.toString(), new Tensors(tensors), names);
      return tensors.metadata();
    }
  }

  /** A file's tensors as doubles, which hold all that is read exactly (integers up to 2^53). */
  private record Tensors(SafeTensors file) implements WeightSource {
    private static final Set<String> READ = Set.of("F64", "F32", "F16", "BF16", "I64", "BOOL");

    @Override
    public Set<String> names() {
      return file.names();
    }

    /** Every shape is asked for before a number is written: here a wrong type does no harm yet. */
    @Override
    public long[] shape(String name) {
      if (!READ.contains(file.type(name))) {
        throw new IllegalArgumentException(
            file.file()
                + ": tensor "
                + name
                + " is "
                + file.type(name)
                + ", which is not read here: convert it to F32 in the program that wrote it");
      }
      return file.shape(name);
    }

    @Override
    public double[] values(String name) {
      return switch (file.type(name)) {
        case "F64" -> file.doubles(name);
        case "I64" -> Arrays.stream(file.longs(name)).asDoubleStream().toArray();
        case "BOOL" -> widened(file.booleans(name));
        default -> widened(file.floats(name));
      };
    }

    private static double[] widened(float[] values) {
      double[] wide = new double[values.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = values[i];
      }
      return wide;
    }

    private static double[] widened(boolean[] values) {
      double[] wide = new double[values.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = values[i] ? 1 : 0;
      }
      return wide;
    }
  }
}
