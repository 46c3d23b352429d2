package org.selfsup4j.core.task;

/**
 * A setting that is neither a number, a text nor a record, and says itself what it is. A run keeps
 * the text, and refuses to go on with a setting of another one; of a class that is not described it
 * keeps the name alone.
 */
public interface Described {

  /**
   * All that makes it differ from another of its class, in some words; a checksum of long lists.
   */
  String description();
}
