/** What tasks may ask of an encoder: features, tokens of chosen patches, maps of each stage. */
package org.selfsup4j.core.encoder;
