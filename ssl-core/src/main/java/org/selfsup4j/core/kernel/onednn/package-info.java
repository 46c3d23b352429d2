/**
 * The fast set of kernels for CPUs: oneDNN's primitives on the same memory that ND4J allocated.
 *
 * <p>A primitive is made once for the shapes, strides and settings of a call and kept with its
 * argument list ({@code Call}); later calls only point the arguments to the operands. Layouts that
 * oneDNN has fast code for run in place, others are copied into scratch memory first. What the set
 * does not compute itself goes to the portable set, and {@code calls()} says so.
 */
package org.selfsup4j.core.kernel.onednn;
