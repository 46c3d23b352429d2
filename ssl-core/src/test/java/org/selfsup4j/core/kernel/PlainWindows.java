package org.selfsup4j.core.kernel;

/** Convolutions and pooling as their definitions say: one loop for each index. */
final class PlainWindows {

  private PlainWindows() {}

  /** Called for every (result, window point) pair that lies inside the image. */
  interface Visit {
    void visit(int oy, int ox, int ky, int kx, int y, int x);
  }

  static void walk(Window w, long height, long width, Visit visit) {
    for (int oy = 0; oy < w.outputHeight(height); oy++) {
      for (int ox = 0; ox < w.outputWidth(width); ox++) {
        for (int ky = 0; ky < w.height(); ky++) {
          for (int kx = 0; kx < w.width(); kx++) {
            int y = oy * w.strideY() + ky * w.dilationY() - w.top();
            int x = ox * w.strideX() + kx * w.dilationX() - w.left();
            if (y >= 0 && y < height && x >= 0 && x < width) {
              visit.visit(oy, ox, ky, kx, y, x);
            }
          }
        }
      }
    }
  }

  /** Called for every product of a convolution. */
  interface Term {
    void term(int n, int o, int oy, int ox, int c, int ky, int kx, int inC, int y, int x);
  }

  static void terms(Window w, int groups, long[] image, long[] weight, Term term) {
    long perGroup = weight[0] / groups;
    for (int n = 0; n < image[0]; n++) {
      for (int o = 0; o < weight[0]; o++) {
        for (int c = 0; c < weight[1]; c++) {
          int n0 = n;
          int o0 = o;
          int c0 = c;
          int inC = (int) (o / perGroup * weight[1] + c);
          walk(
              w,
              image[2],
              image[3],
              (oy, ox, ky, kx, y, x) -> term.term(n0, o0, oy, ox, c0, ky, kx, inC, y, x));
        }
      }
    }
  }

  static long[] resultShape(Window w, long[] image, long channels) {
    return new long[] {image[0], channels, w.outputHeight(image[2]), w.outputWidth(image[3])};
  }

  static Numbers convolution(Window w, int groups, Numbers x, Numbers k) {
    Numbers y = Numbers.zeros(resultShape(w, x.shape, k.shape[0]));
    terms(
        w,
        groups,
        x.shape,
        k.shape,
        (n, o, oy, ox, c, ky, kx, in, iy, ix) ->
            y.add(x.at(n, in, iy, ix) * k.at(o, c, ky, kx), n, o, oy, ox));
    return y;
  }

  static Numbers convolutionInput(Window w, int groups, Numbers k, Numbers dy, long... shape) {
    Numbers dx = Numbers.zeros(shape);
    terms(
        w,
        groups,
        shape,
        k.shape,
        (n, o, oy, ox, c, ky, kx, in, iy, ix) ->
            dx.add(dy.at(n, o, oy, ox) * k.at(o, c, ky, kx), n, in, iy, ix));
    return dx;
  }

  static Numbers convolutionWeights(Window w, int groups, Numbers x, Numbers dy, long... shape) {
    Numbers dw = Numbers.zeros(shape);
    terms(
        w,
        groups,
        x.shape,
        shape,
        (n, o, oy, ox, c, ky, kx, in, iy, ix) ->
            dw.add(dy.at(n, o, oy, ox) * x.at(n, in, iy, ix), o, c, ky, kx));
    return dw;
  }
}
