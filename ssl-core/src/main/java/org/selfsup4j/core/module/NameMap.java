package org.selfsup4j.core.module;

/** What the parts of a module are called elsewhere. */
public interface NameMap {

  /** Our names, and nothing left aside. */
  NameMap OURS = part -> part;

  /** The name elsewhere of the parameter or buffer that {@link Parts} calls {@code part}. */
  String foreign(String part);

  /**
   * Whether a name elsewhere stands for nothing here and may be passed over: the weights of a
   * classifier behind the encoder, a counter of batches.
   */
  default boolean ignores(String foreign) {
    return false;
  }
}
