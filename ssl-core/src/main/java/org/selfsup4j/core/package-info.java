/** What every task stands on; one package a concern, from {@code memory} up to {@code train}. */
package org.selfsup4j.core;
