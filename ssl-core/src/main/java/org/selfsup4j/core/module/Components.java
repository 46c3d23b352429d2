package org.selfsup4j.core.module;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the components of records, and tells parts from settings. */
public final class Components {

  private Components() {}

  /**
   * The value of one component of {@code record}, which need not be public.
   *
   * @throws IllegalStateException if its accessor throws or cannot be called
   */
  public static Object read(Object record, RecordComponent component) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true); // records nested in tests and examples need not be public
      return accessor.invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(
          "component '"
              + component.getName()
              + "' of "
              + record.getClass().getName()
              + " can't be read: "
              + e,
          e);
    }
  }

  /**
   * Refuses a setting that hides parts where they would not be found: a part silently skipped would
   * be a layer that never trains.
   */
  static void requireSetting(String name, Object value) {
    requireSetting(name, value, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static void requireSetting(String name, Object value, Set<Object> seen) {
    if (value == null || isPlain(value.getClass()) || !seen.add(value)) {
      return;
    }
    if (value instanceof Module || value instanceof State) {
      throw hidden(name, value, "holds parts where they can't be found");
    }
    if (value instanceof Optional<?> optional) {
      optional.ifPresent(inner -> requireSetting(name, inner, seen));
    } else if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, inner) -> {
            requireSetting(name, key, seen);
            requireSetting(name, inner, seen);
          });
    } else if (value instanceof Collection<?> collection) {
      collection.forEach(inner -> requireSetting(name, inner, seen));
    } else if (value instanceof Object[] array) {
      Arrays.asList(array).forEach(inner -> requireSetting(name, inner, seen));
    } else if (value instanceof Record) {
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        requireSetting(name + "." + component.getName(), read(value, component), seen);
      }
    } else {
      requireNoPartFields(name, value, seen);
    }
  }

  private static void requireNoPartFields(String name, Object value, Set<Object> seen) {
    for (Class<?> c = value.getClass(); c != null && !isPlain(c); c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())) {
          continue;
        }
        String part = name + "." + field.getName();
        Class<?> type = field.getType();
        while (type.isArray()) {
          type = type.getComponentType();
        }
        if (Module.class.isAssignableFrom(type) || State.class.isAssignableFrom(type)) {
          throw hidden(part, value, "holds parts where they can't be found");
        }
        if (!type.isPrimitive() && field.trySetAccessible()) {
          requireSetting(part, read(value, field), seen);
        }
      }
    }
  }

  private static Object read(Object value, Field field) {
    try {
      return field.get(value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field + " can't be read: " + e, e);
    }
  }

  private static boolean isPlain(Class<?> type) {
    if (type.isArray()) {
      return type.getComponentType().isPrimitive();
    }
    boolean container =
        Collection.class.isAssignableFrom(type)
            || Map.class.isAssignableFrom(type)
            || type == Optional.class;
    return type.isPrimitive()
        || type.isEnum()
        || (type.getName().startsWith("java.") && !container);
  }

  private static IllegalArgumentException hidden(String name, Object value, String what) {
    return new IllegalArgumentException(
        "component '"
            + name
            + "' ("
            + value.getClass().getName()
            + ") "
            + what
            + ": parts are found only as components of records that implement Module, alone, in an"
            + " Optional or in a List");
  }
}
