/** The operations of tensors: their gradients in every layout, and PyTorch's values. */
package org.selfsup4j.testkit.operations;
