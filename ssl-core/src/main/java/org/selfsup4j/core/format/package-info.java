/**
 * Files that hold numbers: {@link org.selfsup4j.core.format.SafeTensors} for weights that other
 * programs read too, {@link org.selfsup4j.core.format.CheckpointFile} for a run that goes on,
 * {@link org.selfsup4j.core.format.AtomicFile} for files that are old or new but never half. Knows
 * memory, not tensors.
 */
package org.selfsup4j.core.format;
