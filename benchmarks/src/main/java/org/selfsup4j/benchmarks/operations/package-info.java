/** Single operations of both sets of kernels, at sizes that training steps have, for JMH. */
package org.selfsup4j.benchmarks.operations;
