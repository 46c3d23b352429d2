/** Rotation prediction: Gidaris, Singh and Komodakis 2018. */
package org.selfsup4j.pretext.rotation;
