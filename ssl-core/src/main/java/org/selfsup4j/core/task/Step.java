package org.selfsup4j.core.task;

import org.selfsup4j.core.module.Pass;

/**
 * What a task may know of the training step it is in.
 *
 * @param number counted from 0 over the whole run
 * @param epoch counted from 0
 * @param progress part of the whole run that is done, in [0, 1)
 * @param pass for the layers
 */
public record Step(long number, long epoch, double progress, Pass pass) {}
