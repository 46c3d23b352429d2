/** {@code core.optim} held to PyTorch's values. */
package org.selfsup4j.testkit.optim;
