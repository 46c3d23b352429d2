package outside;

import org.bytedeco.dnnl.engine;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_core;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Fails unless a project of its own got the native libraries that work together. */
public final class NativeSet {

  private NativeSet() {}

  /** Expects the JavaCPP version that selfsup4j is built with as the one argument. */
  public static void main(String[] arguments) throws Exception {
    String javacpp = Loader.getVersion();
    if (!javacpp.equals(arguments[0])) {
      throw new IllegalStateException("JavaCPP is " + javacpp + ", expected " + arguments[0]);
    }
    INDArray ones = Nd4j.ones(3, 4);
    double sum = ones.mmul(ones.transpose()).sumNumber().doubleValue();
    if (sum != 36) {
      throw new IllegalStateException("ND4J: the sum of 3 x 3 fours is " + sum);
    }
    try (engine cpu = new engine(engine.kind.cpu, 0)) {
      Loader.load(opencv_core.class);
      System.out.printf(
          "JavaCPP %s, ND4J %s, oneDNN %s (%d engine), OpenCV %s%n",
          javacpp,
          Nd4j.getBackend().getClass().getSimpleName(),
          Loader.getVersion("org.bytedeco", "dnnl"),
          engine.get_count(engine.kind.cpu),
          opencv_core.getVersionString().getString());
    }
  }
}
