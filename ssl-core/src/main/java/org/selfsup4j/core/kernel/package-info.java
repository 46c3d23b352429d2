/**
 * The seam between gradients and arithmetic: {@link org.selfsup4j.core.kernel.Kernels} is what a
 * set of kernels can do; {@code kernel.nd4j} does all of it wherever ND4J runs, {@code
 * kernel.onednn} does the hot part fast on CPUs.
 */
package org.selfsup4j.core.kernel;
