package org.selfsup4j.core.kernel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/** What oneDNN has no fast code for works in BFLOAT16 all the same, as it does in FLOAT. */
class OneDnnBfloat16FallbackTest {

  private static final ElementType FLOAT = ElementType.FLOAT;
  private static final ElementType NARROW = ElementType.BFLOAT16;

  private final Kernels kernels = KernelSets.open("onednn");
  private final Memory memory = new Memory();

  @AfterEach
  void close() {
    memory.close();
  }

  private interface Run {
    void on(ElementType type, Block result);
  }

  /** The same operation in both types; the portable set rounds on its way, not only at the end. */
  private void likeFloat(String what, Run run, long... shape) {
    Block wide = memory.room(FLOAT, Layout.CHANNELS_LAST, shape);
    Block narrow = memory.room(NARROW, Layout.CHANNELS_LAST, shape);
    run.on(FLOAT, wide);
    run.on(NARROW, narrow);
    KernelsUnderTest.close(what, FLOAT, memory.get(narrow), memory.get(wide), 0x1p-6);
  }

  private static Numbers random(long seed, long... shape) {
    return Numbers.random(seed, shape).rounded();
  }

  @Test
  void logarithms() {
    Numbers x = random(1, 2, 3, 4, 5).map(v -> Math.abs(v) + 0.5);
    likeFloat(
        "log",
        (type, y) -> kernels.unary(Unary.LOG, 0, 0, memory.put(type, Layout.CHANNELS_LAST, x), y),
        2,
        3,
        4,
        5);
  }

  @Test
  void gradientsOfClipping() {
    Numbers x = random(1, 2, 3, 4, 5);
    Numbers dy = random(2, 2, 3, 4, 5);
    likeFloat(
        "clip",
        (type, dx) ->
            kernels.unaryBackward(
                Unary.CLIP,
                -0.5,
                0.5,
                memory.put(type, Layout.CHANNELS_LAST, x),
                memory.put(type, Layout.CHANNELS_LAST, dy),
                dx),
        2,
        3,
        4,
        5);
  }

  @Test
  void poolingWithDilation() {
    Window window = Window.square(2, 1, 0).withDilation(2, 2);
    Numbers x = random(1, 2, 3, 6, 6);
    Numbers dy = random(2, 2, 3, 4, 4);
    likeFloat(
        "average",
        (type, y) ->
            kernels.averagePool(window, true, memory.put(type, Layout.CHANNELS_LAST, x), y),
        2,
        3,
        4,
        4);
    likeFloat(
        "average, backward",
        (type, dx) ->
            kernels.averagePoolBackward(
                window, true, memory.put(type, Layout.CHANNELS_LAST, dy), dx),
        2,
        3,
        6,
        6);
    likeFloat(
        "largest",
        (type, y) -> kernels.maxPool(window, memory.put(type, Layout.CHANNELS_LAST, x), y, null),
        2,
        3,
        4,
        4);
  }
}
