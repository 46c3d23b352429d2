package org.selfsup4j.core.kernel.onednn;

/** What is prepared once for one operation on one set of shapes; owns native handles. */
interface Plan {

  /** Gives the native handles back; the plan must not be used any more. */
  void close();
}
