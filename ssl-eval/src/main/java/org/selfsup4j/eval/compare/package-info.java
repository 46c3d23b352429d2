/** Methods beside each other, each trained for the same time: a table that grows row by row. */
package org.selfsup4j.eval.compare;
