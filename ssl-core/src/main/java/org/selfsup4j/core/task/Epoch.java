package org.selfsup4j.core.task;

import org.selfsup4j.core.random.RandomStream;

/**
 * What a task may know at the start of an epoch.
 *
 * @param number counted from 0
 * @param epochs of the whole run
 * @param random draws addressed by seed and epoch
 */
public record Epoch(long number, long epochs, RandomStream random) {}
