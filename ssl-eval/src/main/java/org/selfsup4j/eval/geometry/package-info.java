/** How features lie in their space, without any labels. */
package org.selfsup4j.eval.geometry;
