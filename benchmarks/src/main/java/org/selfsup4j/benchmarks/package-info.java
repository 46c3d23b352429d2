/** Workloads whose speed and memory are measured, and micro-benchmarks of kernels. */
package org.selfsup4j.benchmarks;
