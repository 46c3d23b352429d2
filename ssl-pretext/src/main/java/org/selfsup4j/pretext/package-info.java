/**
 * Self-supervised methods, one package each. Each has the task, a record; its {@code Options} with
 * the values of the paper and those for small images; and a description with the paper, its
 * equations, the plan that belongs to it, and every deviation. What they share is in {@code parts}.
 */
package org.selfsup4j.pretext;
