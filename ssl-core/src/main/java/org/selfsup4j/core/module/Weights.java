package org.selfsup4j.core.module;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes the numbers of a module in and out, under our names or under those of elsewhere. */
public final class Weights {

  private Weights() {}

  /**
   * Every parameter and buffer of {@code module} by its name in {@code names}, in the order of the
   * components; not copied.
   *
   * @throws IllegalStateException if {@code names} gives two parts one name
   */
  public static Map<String, State> named(Module module, NameMap names) {
    Map<String, State> named = new LinkedHashMap<>();
    Parts.of(module)
        .states()
        .forEach(
            (part, state) -> {
              if (named.put(names.foreign(part), state) != null) {
                throw new IllegalStateException(
                    "two parts are called '" + names.foreign(part) + "', one of them is " + part);
              }
            });
    return named;
  }

  /**
   * Writes the numbers of {@code source} into every parameter and buffer of {@code module}: all of
   * them, or none.
   *
   * @param from what messages call the source, for example the file
   * @throws MismatchedWeightsException if a name is missing, unexpected or of another shape
   */
  public static void load(Module module, String from, WeightSource source, NameMap names) {
    Map<String, State> wanted = named(module, names);
    Set<String> given = source.names();
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    wanted.forEach(
        (name, state) -> {
          if (!given.contains(name)) {
            missing.add(name);
          } else if (!Arrays.equals(source.shape(name), state.shape().toArray())) {
            String got = Arrays.toString(source.shape(name));
            misshapen.add(name + " is " + got + ", expected " + state.shape());
          }
        });
    Set<String> rest = new LinkedHashSet<>(given);
    rest.removeAll(wanted.keySet());
    rest.removeIf(names::ignores);
    if (!missing.isEmpty() || !rest.isEmpty() || !misshapen.isEmpty()) {
      throw new MismatchedWeightsException(from, missing, List.copyOf(rest), misshapen);
    }
    wanted.forEach((name, state) -> state.set(source.values(name)));
  }
}
