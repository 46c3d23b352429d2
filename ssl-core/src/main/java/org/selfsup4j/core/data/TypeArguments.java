package org.selfsup4j.core.data;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a class puts in for the type parameters of an interface, through all that lies between. */
final class TypeArguments {

  private TypeArguments() {}

  /**
   * The arguments of {@code role} as {@code implementation} binds them; type variables stay where
   * nothing is bound. Null if {@code implementation} does not implement {@code role}.
   */
  static Type[] of(Class<?> implementation, Class<?> role) {
    return find(implementation, implementation.getTypeParameters(), role);
  }

  private static Type[] find(Class<?> type, Type[] arguments, Class<?> role) {
    if (type == role) {
      return arguments;
    }
    Map<TypeVariable<?>, Type> bound = bindings(type, arguments);
    for (Type parent : type.getGenericInterfaces()) {
      Type[] found = findParent(parent, bound, role);
      if (found != null) {
        return found;
      }
    }
    Type parent = type.getGenericSuperclass();
    return parent == null ? null : findParent(parent, bound, role);
  }

  private static Type[] findParent(Type parent, Map<TypeVariable<?>, Type> bound, Class<?> role) {
    if (parent instanceof ParameterizedType generic) {
      Type[] arguments = substitute(generic.getActualTypeArguments(), bound);
      return find((Class<?>) generic.getRawType(), arguments, role);
    }
    Class<?> raw = (Class<?>) parent;
    return find(raw, raw.getTypeParameters(), role);
  }

  /** {@code type} with its variables replaced by what they are bound to, at any depth. */
  static Type substitute(Type type, Map<TypeVariable<?>, Type> bound) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = substitute(generic.getActualTypeArguments(), bound);
      return new Applied((Class<?>) generic.getRawType(), List.of(arguments));
    }
    return type instanceof TypeVariable<?> variable ? bound.getOrDefault(variable, type) : type;
  }

  private static Type[] substitute(Type[] types, Map<TypeVariable<?>, Type> bound) {
    return Stream.of(types).map(type -> substitute(type, bound)).toArray(Type[]::new);
  }

  /** A generic class with its arguments. */
  private record Applied(Class<?> raw, List<Type> arguments) implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return arguments.toArray(Type[]::new);
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public Type getOwnerType() {
      return raw.getDeclaringClass();
    }

    @Override
    public String getTypeName() {
      return arguments.stream()
          .map(Type::getTypeName)
          .collect(Collectors.joining(", ", raw.getName() + "<", ">"));
    }
  }

  /** The class of a type, or null for a variable or a wildcard. */
  static Class<?> rawClass(Type type) {
    if (type instanceof ParameterizedType generic) {
      return (Class<?>) generic.getRawType();
    }
    return type instanceof Class<?> c ? c : null;
  }

  /** What the parameters of a generic record stand for in {@code type}. */
  static Map<TypeVariable<?>, Type> bindings(Type type) {
    return type instanceof ParameterizedType generic
        ? bindings((Class<?>) generic.getRawType(), generic.getActualTypeArguments())
        : Map.of();
  }

  private static Map<TypeVariable<?>, Type> bindings(Class<?> type, Type[] arguments) {
    Map<TypeVariable<?>, Type> bound = new HashMap<>();
    TypeVariable<?>[] variables = type.getTypeParameters();
    for (int i = 0; i < variables.length; i++) {
      bound.put(variables[i], arguments[i]);
    }
    return bound;
  }
}
