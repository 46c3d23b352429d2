/**
 * What an encoder makes of data, in plain arrays: {@link org.selfsup4j.eval.features.Features}.
 * Every protocol starts from them.
 */
package org.selfsup4j.eval.features;
