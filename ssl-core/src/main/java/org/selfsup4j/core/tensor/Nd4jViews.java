package org.selfsup4j.core.tensor;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.Slab;

/** Conversions to and from ND4J's arrays, which copy nothing. */
final class Nd4jViews {

  private Nd4jViews() {}

  static INDArray of(Block block) {
    Slab slab = block.slab();
    return Nd4j.create(
        slab.buffer(), block.shape(), block.strides(), slab.shift() + block.offset(), 'c');
  }

  static Block block(INDArray array) {
    DataBuffer buffer = array.data();
    DataBuffer whole = buffer.originalDataBuffer() == null ? buffer : buffer.originalDataBuffer();
    return new Block(
        Slab.over(whole), array.offset(), array.shape().clone(), array.stride().clone());
  }
}
