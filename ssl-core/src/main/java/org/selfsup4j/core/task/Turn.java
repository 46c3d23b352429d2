package org.selfsup4j.core.task;

import java.util.List;
import org.selfsup4j.core.module.Module;

/**
 * One forward and backward pass of a step with its own tape. Most tasks have one turn that trains
 * everything; an adversarial pair has two.
 *
 * @param name for logs and optimizer settings
 * @param trained the modules whose parameters this turn trains; others need no gradient in it
 * @param loss the turn's loss
 */
public record Turn<B>(String name, List<? extends Module> trained, LossOf<B> loss) {}
