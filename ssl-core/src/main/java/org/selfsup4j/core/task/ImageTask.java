package org.selfsup4j.core.task;

import org.selfsup4j.core.data.Image;

/** A pretext task on single images. */
public interface ImageTask<E, B> extends PretextTask<Image, E, B> {}
