/**
 * Optimizers, schedules, clipping. {@link org.selfsup4j.core.optim.Optimization} gathers parameters
 * into long runs of memory, so that an update is a few passes over them.
 */
package org.selfsup4j.core.optim;
