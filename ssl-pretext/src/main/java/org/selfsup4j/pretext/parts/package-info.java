/**
 * Parts that methods share, and parts that a method of your own may take: pairs of views, crops of
 * two sizes, heads, a queue, a memory bank, losses, checks. Each is tested on its own.
 */
package org.selfsup4j.pretext.parts;
