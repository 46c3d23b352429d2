/** Mains to learn from, and the commands of the launcher. */
package org.selfsup4j.examples;
