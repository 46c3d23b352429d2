package org.selfsup4j.core.kernel.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterTry;
import org.bytedeco.javacpp.FloatPointer;
import org.selfsup4j.core.kernel.CallCounts;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;
import org.selfsup4j.core.memory.Slab;
import org.selfsup4j.core.memory.Strides;

/** Whole numbers, so that every sum is exact in either type. */
class PointProductsTest {

  private final Context context = new Context(new CallCounts());
  private final PointProducts points = new PointProducts(context, new Products(context));
  private final List<Slab> slabs = new ArrayList<>();

  @AfterTry
  void close() {
    slabs.forEach(Slab::close);
    slabs.clear();
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void areTheGradientOfAnyWindow(@ForAll long seed, @ForAll boolean rounded) {
    Random r = new Random(seed);
    long[] image = {1 + r.nextInt(3), 1 + r.nextInt(20), 1 + r.nextInt(7), 1 + r.nextInt(7)};
    check(r, window(r), image, 1 + r.nextInt(20), rounded);
  }

  /** More places than one product takes. */
  @Property(tries = 10, shrinking = ShrinkingMode.OFF)
  void ofManyImagesToo(@ForAll long seed, @ForAll boolean rounded) {
    Random r = new Random(seed);
    long images = PointProducts.MOST_PLACES / 16 * 2 + 1 + r.nextInt(100);
    check(r, Window.square(3, 1 + r.nextInt(2), 1), new long[] {images, 3, 7, 6}, 5, rounded);
  }

  private void check(Random r, Window w, long[] image, long outputs, boolean rounded) {
    long[] result = {image[0], outputs, w.outputHeight(image[2]), w.outputWidth(image[3])};
    if (result[2] < 1 || result[3] < 1) {
      return;
    }
    long[] weight = {result[1], image[1], w.height(), w.width()};
    float[] x = whole(r, image);
    float[] dy = whole(r, result);
    ElementType type = rounded ? ElementType.BFLOAT16 : ElementType.FLOAT;
    Block dw = floats(weight, Strides.rowMajor(weight), new float[size(weight)]);
    points.run(w, images(type, image, x), images(type, result, dy), dw);
    float[] got = new float[size(weight)];
    memory(dw).get(got);
    assertThat(got).as(w + " " + Arrays.toString(image)).isEqualTo(plain(w, x, image, dy, result));
  }

  private static Window window(Random r) {
    int[] size = r.ints(2, 1, 5).toArray();
    int[] step = r.ints(4, 1, 4).toArray();
    int[] pad = r.ints(4, 0, 4).toArray(); // at times a point meets nothing else
    return new Window(
        size[0], size[1], step[0], step[1], pad[0], pad[1], pad[2], pad[3], step[2], step[3]);
  }

  /** The definition, images and results with channels last. */
  private static float[] plain(Window w, float[] x, long[] image, float[] dy, long[] result) {
    float[] dw = new float[(int) (result[1] * image[1] * w.height() * w.width())];
    for (int i = 0; i < dy.length; i++) { // i: ((n * rows + row) * columns + column) * O + o
      int o = (int) (i % result[1]);
      long column = i / result[1] % result[3];
      long row = i / result[1] / result[3] % result[2];
      long n = i / result[1] / result[3] / result[2];
      for (int c = 0; c < image[1]; c++) {
        for (int p = 0; p < w.height() * w.width(); p++) {
          long y = row * w.strideY() + p / w.width() * (long) w.dilationY() - w.top();
          long z = column * w.strideX() + p % w.width() * (long) w.dilationX() - w.left();
          if (y >= 0 && y < image[2] && z >= 0 && z < image[3]) {
            int at = (int) (((n * image[2] + y) * image[3] + z) * image[1] + c);
            dw[(int) ((o * image[1] + c) * w.height() * w.width() + p)] += dy[i] * x[at];
          }
        }
      }
    }
    return dw;
  }

  private static float[] whole(Random r, long[] shape) {
    float[] values = new float[size(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = r.nextInt(7) - 3;
    }
    return values;
  }

  private Block images(ElementType type, long[] shape, float[] values) {
    Block floats = floats(shape, Strides.channelsLast(shape), values);
    Block images = new Block(slab(type, values.length), 0, shape, Strides.channelsLast(shape));
    context.copies().copy(floats, images);
    return images;
  }

  private Block floats(long[] shape, long[] strides, float[] values) {
    Block block = new Block(slab(ElementType.FLOAT, values.length), 0, shape, strides);
    memory(block).put(values);
    return block;
  }

  private Slab slab(ElementType type, long elements) {
    slabs.add(Slab.allocate(type, elements));
    return slabs.get(slabs.size() - 1);
  }

  private static FloatPointer memory(Block block) {
    return new FloatPointer(block.slab().pointer(block.offset()));
  }

  private static int size(long[] shape) {
    return (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }
}
