/** Contracts that every task, encoder and operation can be held to, and reference values. */
package org.selfsup4j.testkit;
