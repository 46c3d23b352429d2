/**
 * What tasks may ask of an encoder: features, tokens of chosen patches, maps of each stage, where
 * it looks.
 */
package org.selfsup4j.core.encoder;
