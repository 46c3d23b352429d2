package org.selfsup4j.core.data;

/**
 * Where an item really lies, so that the same item is known again in a selection, a cache or a
 * second look at the same folder. Equal origins are the same item; different ones may be.
 *
 * @param data the place: a file, a source of its own
 * @param index of the item in it
 */
public record Origin(Object data, long index) {}
