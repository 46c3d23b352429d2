package org.selfsup4j.core.task;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.module.Module;

/**
 * One forward and backward pass of a step with its own tape. Most tasks have one turn that trains
 * everything; an adversarial pair has two.
 *
 * @param name for logs and optimizer settings
 * @param trained the modules whose parameters this turn trains; others need no gradient in it
 * @param loss the turn's loss
 * @param frozen which of the trained modules rest at first, and for how long
 */
public record Turn<B>(
    String name, List<? extends Module> trained, LossOf<B> loss, List<Frozen> frozen) {

  /**
   * A module that is not trained from the start.
   *
   * @param epochs for which it rests; {@link Long#MAX_VALUE} for the whole run
   */
  public record Frozen(Module module, long epochs) {}

  /** Copies the list of what rests. */
  public Turn {
    frozen = List.copyOf(frozen);
  }

  /** A turn in which nothing rests. */
  public Turn(String name, List<? extends Module> trained, LossOf<B> loss) {
    this(name, trained, loss, List.of());
  }

  /**
   * The same, but for the first {@code epochs} epochs the parameters of {@code module} get no
   * gradient, and the optimizer leaves them and what it remembers of them as they are: no decay, no
   * moments. Their first step afterwards is the optimizer's first for them.
   */
  public Turn<B> freezing(Module module, long epochs) {
    List<Frozen> more = new ArrayList<>(frozen);
    more.add(new Frozen(module, epochs));
    return new Turn<>(name, trained, loss, more);
  }
}
