/**
 * Tensors and their gradients. {@link org.selfsup4j.core.tensor.Tensor} is a view of memory that
 * belongs to a {@link org.selfsup4j.core.tensor.Session}; each family of operations is a class of
 * static functions; {@link org.selfsup4j.core.tensor.Operation} is how an operation is written, and
 * {@link org.selfsup4j.core.tensor.CustomOperation} how a user writes one with ND4J.
 */
package org.selfsup4j.core.tensor;
