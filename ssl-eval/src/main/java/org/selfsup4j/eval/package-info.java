/**
 * How good features are: {@link org.selfsup4j.eval.Evaluation} compares an encoder with itself
 * untrained and with raw pixels, by weighted nearest neighbours and a linear probe. Every score
 * names its protocol.
 */
package org.selfsup4j.eval;
