/** Parts that several methods share, each tested on its own. */
package org.selfsup4j.pretext.parts;
