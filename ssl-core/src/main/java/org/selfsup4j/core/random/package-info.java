/**
 * Random numbers that are addressed, not consumed: {@link org.selfsup4j.core.random.RandomStream}.
 */
package org.selfsup4j.core.random;
