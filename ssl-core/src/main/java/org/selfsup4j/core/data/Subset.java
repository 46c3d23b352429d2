package org.selfsup4j.core.data;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/** Some items of a source, in a given order. */
final class Subset<T> implements Source<T> {

  private final Source<T> source;
  private final long[] indices;
  private final String description;

  private Subset(Source<T> source, long[] indices, String description) {
    this.source = source;
    this.indices = indices;
    this.description = description;
  }

  static <T> Subset<T> of(Source<T> source, long... indices) {
    return of(source, indices.length + " chosen items", indices);
  }

  static <T> Subset<T> of(Source<T> source, String which, long... indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException(
          which + " of " + source.description() + ": the selection is empty");
    }
    for (long index : indices) {
      Objects.checkIndex(index, source.size());
    }
    return new Subset<>(source, indices.clone(), which + " of " + source.description());
  }

  private long at(long index) {
    return indices[(int) Objects.checkIndex(index, (long) indices.length)];
  }

  @Override
  public long size() {
    return indices.length;
  }

  @Override
  public T get(long index) {
    return source.get(at(index));
  }

  @Override
  public boolean isIndexed() {
    return source.isIndexed();
  }

  @Override
  public String name(long index) {
    return source.name(at(index));
  }

  @Override
  public OptionalInt label(long index) {
    return source.label(at(index));
  }

  @Override
  public List<String> classes() {
    return source.classes();
  }

  @Override
  public Origin origin(long index) {
    return source.origin(at(index));
  }

  @Override
  public String description() {
    return description;
  }
}
