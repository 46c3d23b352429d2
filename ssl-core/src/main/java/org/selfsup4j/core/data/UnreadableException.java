package org.selfsup4j.core.data;

/**
 * One item of a source cannot be read: a damaged file, a file that vanished. A loader puts the next
 * readable item in its place, reports the name once and counts it; whoever reads an item directly
 * sees this exception.
 */
public final class UnreadableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String name;
  private final String reason;

  /** The item called {@code name} cannot be read because of {@code reason}. */
  public UnreadableException(String name, String reason) {
    this(name, reason, null);
  }

  /** The same with what was caught. */
  public UnreadableException(String name, String reason, Throwable cause) {
    super(name + " cannot be read: " + reason, cause);
    this.name = name;
    this.reason = reason;
  }

  /** The name of the item in its source. */
  public String name() {
    return name;
  }

  /** Why it cannot be read, without its name. */
  public String reason() {
    return reason;
  }
}
