/**
 * From files to batches: {@link org.selfsup4j.core.data.Image} and its augmentations, the sources
 * that images come from, and the loader that turns them into tensors on threads of its own.
 */
package org.selfsup4j.core.data;
