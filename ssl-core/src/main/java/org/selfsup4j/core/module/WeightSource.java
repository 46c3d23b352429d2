package org.selfsup4j.core.module;

import java.util.Set;

/** Numbers by name, wherever they are kept: a file, another framework. */
public interface WeightSource {

  /** Every name there is. */
  Set<String> names();

  /** The sizes of the axes of {@code name}. */
  long[] shape(String name);

  /** The numbers of {@code name} in row-major order. */
  double[] values(String name);
}
