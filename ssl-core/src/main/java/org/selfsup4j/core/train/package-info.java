/**
 * Training runs: {@link org.selfsup4j.core.train.RunFolder} is a run on disk, {@link
 * org.selfsup4j.core.train.MetricsLog} its numbers, {@link org.selfsup4j.core.train.Curves} and
 * {@link org.selfsup4j.core.train.PictureSheet} what there is to look at.
 */
package org.selfsup4j.core.train;
