/**
 * Native memory: {@link org.selfsup4j.core.memory.Slab} is one piece of it, {@link
 * org.selfsup4j.core.memory.Arena} hands pieces out for a step and takes them back, and {@link
 * org.selfsup4j.core.memory.Block} is the strided view that kernels speak of.
 */
package org.selfsup4j.core.memory;
