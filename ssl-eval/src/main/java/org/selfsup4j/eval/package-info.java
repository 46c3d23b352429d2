/** Evaluation of encoders: a score names its protocol. */
package org.selfsup4j.eval;
