/**
 * The portable set of kernels: ND4J operations alone, so it runs wherever ND4J runs. Every kernel
 * exists in float and in double; the other sets are held to this one.
 *
 * <p>No loop in Java touches native memory here, ids apart. Operands are brought to as few axes as
 * their strides allow ({@link org.selfsup4j.core.kernel.nd4j.Loop}), temporaries come from an arena
 * that is emptied after each call ({@link org.selfsup4j.core.kernel.nd4j.Scratch}).
 */
package org.selfsup4j.core.kernel.nd4j;
