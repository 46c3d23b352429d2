package org.selfsup4j.core.module;

import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.selfsup4j.core.memory.ElementType;

/**
 * The parameters and buffers of a module with their names, in the order of the components. A part
 * that is shared appears once, under the first of its names, and is trained if one of its places is
 * outside of all teachers. Walked once and kept, never in a step.
 */
public final class Parts {

  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, State> states = new LinkedHashMap<>();
  private final IdentityHashMap<State, String> names = new IdentityHashMap<>();
  private final Map<String, Module> modules = new LinkedHashMap<>();

  private Parts() {}

  /**
   * Walks {@code root}.
   *
   * @throws IllegalArgumentException naming a component that holds parts where they can't be found
   */
  public static Parts of(Module root) {
    Parts parts = new Parts();
    parts.walk("", root, false);
    return parts;
  }

  /** The trained parameters; those of a {@link Teacher} are not among them. */
  public Map<String, Parameter> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  /** Everything that is kept between steps and saved: parameters, buffers, teachers. */
  public Map<String, State> states() {
    return Collections.unmodifiableMap(states);
  }

  /** All modules by name; the root's name is empty. */
  public Map<String, Module> modules() {
    return Collections.unmodifiableMap(modules);
  }

  /** The name of {@code state}, or null if it is not a part of this module. */
  public String name(State state) {
    return names.get(state);
  }

  /** How many numbers are trained. */
  public long parameterCount() {
    return parameters.values().stream().mapToLong(p -> p.shape().count()).sum();
  }

  /** Converts every real parameter and buffer to {@code type}: DOUBLE for gradient checks. */
  public void convertTo(ElementType type) {
    for (State state : states.values()) {
      if (state.variable().type().isReal()) {
        state.variable().moveOut(type);
      }
    }
  }

  private void walk(String name, Object value, boolean followed) {
    if (value instanceof State state) {
      if (names.putIfAbsent(state, name) == null) {
        states.put(name, state);
      }
      if (state instanceof Parameter parameter && !followed) {
        parameters.put(names.get(state), parameter); // also where a teacher shares it
      }
    } else if (value instanceof Module module) {
      walkModule(name, module, followed || value instanceof Teacher<?>);
    } else if (value instanceof Optional<?> optional) {
      optional.ifPresent(inner -> walk(name, inner, followed));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        walk(join(name, Integer.toString(i)), list.get(i), followed);
      }
    } else {
      Components.requireSetting(name, value);
    }
  }

  private void walkModule(String name, Module module, boolean followed) {
    RecordComponent[] components = module.getClass().getRecordComponents();
    if (components == null) {
      throw new IllegalArgumentException(
          "module '"
              + name
              + "' is of "
              + module.getClass().getName()
              + ", which is not a record: make it one, so that its parts can be found");
    }
    modules.putIfAbsent(name, module);
    for (RecordComponent component : components) {
      // A teacher's parts are named as if they stood in its place: teacher.blocks.0.weight.
      String part = module instanceof Teacher<?> ? name : join(name, component.getName());
      walk(part, Components.read(module, component), followed);
    }
  }

  private static String join(String prefix, String name) {
    return prefix.isEmpty() ? name : prefix + "." + name;
  }
}
