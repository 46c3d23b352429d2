/**
 * Reference values computed outside of this library: {@link
 * org.selfsup4j.testkit.golden.GoldenFile} opens them, {@link org.selfsup4j.testkit.golden.Fill}
 * makes their inputs, {@link org.selfsup4j.testkit.golden.GoldenTensor} compares, {@link
 * org.selfsup4j.testkit.golden.ReadsGolden} says which test reads what.
 */
package org.selfsup4j.testkit.golden;
