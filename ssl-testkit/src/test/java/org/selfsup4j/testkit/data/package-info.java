/** {@code core.data} held to PyTorch's and torchvision's values. */
package org.selfsup4j.testkit.data;
