package org.selfsup4j.core.kernel;

/** Makes a set of kernels; found by {@link java.util.ServiceLoader}. */
public interface KernelProvider {

  /** The set's name. */
  String name();

  /** The larger, the sooner it is tried. */
  int rank();

  /** Why the set can't be used on this machine, in words for a user; {@code null} if it can. */
  String obstacle();

  /** A new set. */
  Kernels open();
}
