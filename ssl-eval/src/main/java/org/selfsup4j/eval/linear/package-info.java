/** A linear classifier on frozen features: {@link org.selfsup4j.eval.linear.LinearProbe}. */
package org.selfsup4j.eval.linear;
