package org.selfsup4j.core.train;

import org.selfsup4j.core.optim.Optimizer;
import org.selfsup4j.core.optim.Schedule;

/**
 * How one turn of a task's steps is trained, where it is not as the plan says for all.
 *
 * @param turn its name, as in the task's {@code turns()}
 * @param optimizer turns its gradients into steps
 * @param rate its learning rate over the run
 */
public record TurnOptimizer(String turn, Optimizer optimizer, Schedule rate) {}
