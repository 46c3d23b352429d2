package org.selfsup4j.pretext.parts;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parameter;
import org.selfsup4j.core.module.Parts;

/**
 * Chosen parameters of a module, for a {@link org.selfsup4j.core.task.Turn} that leaves the others
 * as they are: they get no gradient, no decay, and stay in the checkpoint.
 *
 * @param parameters that are trained
 */
public record Trained(List<Parameter> parameters) implements Module {

  /** Copies the list. */
  public Trained {
    parameters = List.copyOf(parameters);
  }

  /**
   * All that is trained in {@code module} but what belongs to {@code frozen}.
   *
   * @throws IllegalArgumentException if {@code frozen} is no part of {@code module}, or all of it
   */
  public static Trained allBut(Module frozen, Module module) {
    Set<Parameter> left = Collections.newSetFromMap(new IdentityHashMap<>());
    left.addAll(Parts.of(frozen).parameters().values());
    List<Parameter> all = List.copyOf(Parts.of(module).parameters().values());
    List<Parameter> trained = all.stream().filter(each -> !left.contains(each)).toList();
    if (trained.isEmpty() || trained.size() + left.size() != all.size()) {
      throw new IllegalArgumentException(
          "what is frozen has "
              + left.size()
              + " parameters, of which "
              + (all.size() - trained.size())
              + " are among the "
              + all.size()
              + " of the module: freeze a part of it");
    }
    return new Trained(trained);
  }
}
