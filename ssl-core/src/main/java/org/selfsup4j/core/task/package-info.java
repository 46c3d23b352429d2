/** Pretext tasks: how one example is made of one sample, and what the loss of a batch is. */
package org.selfsup4j.core.task;
