/** Self-supervised methods, one package each; what two of them share is in {@code parts}. */
package org.selfsup4j.pretext;
