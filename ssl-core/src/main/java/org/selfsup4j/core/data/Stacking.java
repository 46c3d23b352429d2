package org.selfsup4j.core.data;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.selfsup4j.core.tensor.Tensor;

/**
 * How N examples become one batch: for each component of the example's record the batch's record
 * has one of the same name.
 *
 * <table>
 * <caption>What a component becomes</caption>
 * <tr><th>in the example</th><th>in the batch</th></tr>
 * <tr><td>{@link Image}</td><td>Tensor [N, C, H, W], FLOAT, channels-last memory</td></tr>
 * <tr><td>float or double</td><td>Tensor [N], FLOAT</td></tr>
 * <tr><td>int, long, short, byte</td><td>Tensor [N], INT64</td></tr>
 * <tr><td>boolean</td><td>Tensor [N], BOOL</td></tr>
 * <tr><td>{@code OptionalInt}</td><td>Tensor [N], INT64, -1 for none</td></tr>
 * <tr><td>{@code float[]}</td><td>Tensor [N, k], FLOAT</td></tr>
 * <tr><td>{@code int[]}, {@code long[]}</td><td>Tensor [N, k], INT64</td></tr>
 * <tr><td>{@code boolean[]}</td><td>Tensor [N, k], BOOL</td></tr>
 * <tr><td>a List of K of these, of equal sizes</td><td>Tensor [K, N, ...]</td></tr>
 * <tr><td>a List of K of these, of any sizes</td><td>{@code List<Tensor>}, each [N, ...]</td></tr>
 * <tr><td>a record</td><td>a record, by these rules</td></tr>
 * </table>
 *
 * <p>An example may also be one such value itself, and the batch one tensor or list of tensors.
 *
 * @param <E> the example
 * @param <B> the batch
 */
public final class Stacking<E, B> {

  private final Type example;
  private final Type batch;
  private final Stack root;

  private Stacking(Type example, Type batch) {
    this.example = example;
    this.batch = batch;
    this.root = stack("", example, batch);
  }

  /**
   * The stacking of examples of one class to batches of another.
   *
   * @throws IllegalArgumentException if the two do not fit; the message names the component
   */
  public static <E, B> Stacking<E, B> of(Class<E> example, Class<B> batch) {
    return new Stacking<>(example, batch);
  }

  /**
   * The stacking of a task, read off the types that its class puts in for the last two type
   * parameters of {@code role}.
   *
   * @param task whose class says what its examples and batches are; a lambda does not
   * @param role a generic interface that the task implements, directly or through others
   * @throws IllegalArgumentException if the class does not say it, or the two do not fit
   */
  public static <E, B> Stacking<E, B> of(Object task, Class<?> role) {
    Type[] arguments = TypeArguments.of(task.getClass(), role);
    if (arguments == null || arguments.length < 2) {
      throw new IllegalArgumentException(
          task.getClass().getName()
              + " does not implement "
              + role.getName()
              + " with a type for its examples and one for its batches");
    }
    Type example = arguments[arguments.length - 2];
    Type batch = arguments[arguments.length - 1];
    if (TypeArguments.rawClass(example) == null || TypeArguments.rawClass(batch) == null) {
      throw new IllegalArgumentException(
          task.getClass().getName()
              + " does not say what its examples and batches are ("
              + example.getTypeName()
              + ", "
              + batch.getTypeName()
              + "): write a class that"
              + " implements "
              + role.getSimpleName()
              + " with two records, or override stacking()"
              + " by Stacking.of(Example.class, Batch.class)");
    }
    return new Stacking<>(example, batch);
  }

  /** Where everything goes in the memory of a batch of up to {@code rows} examples like this. */
  Placement<E, B> place(E first, int rows) {
    Slot.Plan plan = new Slot.Plan();
    return new Placement<>(root.place(first, rows, plan), plan);
  }

  private static Stack stack(String name, Type example, Type batch) {
    RowKind kind = RowKind.of(example);
    if (kind != null) {
      if (batch != Tensor.class) {
        throw mismatch(name, example, batch, "Tensor");
      }
      return new Stack.Single(name, kind);
    }
    if (TypeArguments.rawClass(example) == List.class) {
      return list(name, example, batch);
    }
    Class<?> from = TypeArguments.rawClass(example);
    Class<?> to = TypeArguments.rawClass(batch);
    if (from == null || !from.isRecord()) {
      throw new IllegalArgumentException(
          named(name, "the example")
              + " is "
              + example.getTypeName()
              + ", which cannot be stacked:"
              + " use Image, a number, boolean, OptionalInt, float[], int[], long[], boolean[], a"
              + " List of one of these, or a record of them");
    }
    if (to == null || !to.isRecord()) {
      throw mismatch(name, example, batch, "a record with the same components");
    }
    return whole(name, example, batch, from, to);
  }

  private static Stack list(String name, Type example, Type batch) {
    Type element =
        example instanceof ParameterizedType generic ? generic.getActualTypeArguments()[0] : null;
    RowKind kind = RowKind.of(element);
    if (kind == null) {
      throw new IllegalArgumentException(
          named(name, "the example")
              + " is "
              + example.getTypeName()
              + ": a list can be stacked"
              + " if it is written with its elements' type, one of Image, a boxed number, Boolean,"
              + " OptionalInt, float[], int[], long[], boolean[]");
    }
    boolean tensors =
        batch instanceof ParameterizedType generic
            && generic.getRawType() == List.class
            && generic.getActualTypeArguments()[0] == Tensor.class;
    if (!tensors && batch != Tensor.class) {
      throw mismatch(name, example, batch, "Tensor or List<Tensor>");
    }
    return new Stack.Many(name, kind, !tensors);
  }

  private static Stack whole(String name, Type example, Type batch, Class<?> from, Class<?> to) {
    Map<String, RecordComponent> source = new LinkedHashMap<>();
    for (RecordComponent component : from.getRecordComponents()) {
      source.put(component.getName(), component);
    }
    List<String> names = Stream.of(to.getRecordComponents()).map(RecordComponent::getName).toList();
    if (!source.keySet().equals(Set.copyOf(names))) {
      throw new IllegalArgumentException(
          from.getName()
              + " has the components "
              + source.keySet()
              + " but "
              + to.getName()
              + " has "
              + names
              + ": each must have one of the same name in the other");
    }
    Map<TypeVariable<?>, Type> fromTypes = TypeArguments.bindings(example);
    Map<TypeVariable<?>, Type> toTypes = TypeArguments.bindings(batch);
    List<Method> accessors = new ArrayList<>();
    List<Stack> parts = new ArrayList<>();
    for (RecordComponent target : to.getRecordComponents()) {
      RecordComponent component = source.get(target.getName());
      Method accessor = component.getAccessor();
      accessor.setAccessible(true); // records nested in tasks need not be public
      accessors.add(accessor);
      String path = name.isEmpty() ? target.getName() : name + "." + target.getName();
      Type part = TypeArguments.substitute(component.getGenericType(), fromTypes);
      Type result = TypeArguments.substitute(target.getGenericType(), toTypes);
      parts.add(stack(path, part, result));
    }
    return new Stack.Whole(name, from, List.copyOf(accessors), constructor(to), parts);
  }

  private static Constructor<?> constructor(Class<?> record) {
    Class<?>[] types =
        Stream.of(record.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = record.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(
          record.getName() + " has no constructor of " + Arrays.toString(types), e);
    }
  }

  private static IllegalArgumentException mismatch(
      String name, Type example, Type batch, String expected) {
    return new IllegalArgumentException(
        named(name, "the example")
            + " is "
            + example.getTypeName()
            + " in the example and "
            + batch.getTypeName()
            + " in the batch: there it must be "
            + expected);
  }

  private static String named(String name, String root) {
    return name.isEmpty() ? root : "component '" + name + "'";
  }

  /** For messages: both types. */
  @Override
  public String toString() {
    return example.getTypeName() + " -> " + batch.getTypeName();
  }
}
