package org.selfsup4j.core.module;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/** Copies modules with all their parameters and buffers; shared parts stay shared in the copy. */
public final class Copies {

  private final IdentityHashMap<Object, Object> done = new IdentityHashMap<>();

  private Copies() {}

  /** A module of the same records and settings with parameters and buffers of its own. */
  @SuppressWarnings("unchecked")
  public static <M extends Module> M copy(M module) {
    return (M) new Copies().copyOf(module);
  }

  private Object copyOf(Object value) {
    if (value instanceof Parameter parameter) {
      return done.computeIfAbsent(parameter, p -> parameter.copy());
    }
    if (value instanceof Buffer buffer) {
      return done.computeIfAbsent(buffer, b -> buffer.copy());
    }
    if (value instanceof Optional<?> optional) {
      return optional.map(this::copyOf);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(this::copyOf).toList();
    }
    if (value instanceof Module module) {
      Object known = done.get(module);
      if (known == null) {
        known = rebuild(module);
        done.put(module, known);
      }
      return known;
    }
    return value; // a setting: immutable
  }

  private Object rebuild(Module module) {
    RecordComponent[] components = module.getClass().getRecordComponents();
    if (components == null) {
      throw new IllegalArgumentException(
          module.getClass().getName() + " is not a record: a module must be one to be copied");
    }
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = copyOf(Components.read(module, components[i]));
    }
    try {
      Constructor<?> canonical = module.getClass().getDeclaredConstructor(types);
      canonical.setAccessible(true);
      return canonical.newInstance(values);
    } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException(module.getClass().getName() + " can't be copied: " + e, e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(
          module.getClass().getName() + " can't be copied: " + e.getCause(), e.getCause());
    }
  }
}
