package org.selfsup4j.core.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/** Pictures as files: decoding with OpenCV, and PNG for what is to be looked at. */
public final class ImageFiles {

  /** The endings of file names that are taken for images, in lower case. */
  public static final List<String> ENDINGS =
      List.of("jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff", "ppm", "pgm");

  /** OpenCV, set up when it is first needed. */
  private static final class OpenCv {
    static {
      // Images are decoded side by side on loader threads: a pool inside of one is in their way.
      opencv_core.setNumThreads(1);
    }

    static void load() {}
  }

  private ImageFiles() {}

  /** Whether the name ends as an image's does; upper and lower case are the same. */
  public static boolean isImageName(String name) {
    int dot = name.lastIndexOf('.');
    return dot >= 0 && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  /**
   * The image in a file; see {@link #decode}.
   *
   * @param name what messages call it
   */
  static Image read(Path file, String name) {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UnreadableException(name, e.toString(), e);
    }
    return decode(content, name);
  }

  /**
   * Decodes a file's content to 8-bit red, green, blue, upright where the file says how the camera
   * was held. Gray and palette images become colored ones, 16-bit values keep their upper 8 bits,
   * transparency is dropped.
   *
   * @param content JPEG, PNG, BMP, WebP, TIFF, PPM or PGM
   * @param name what messages call it
   * @throws UnreadableException if it is none of them, or damaged, or cut short
   * @throws IllegalStateException if OpenCV does not load on this machine
   */
  public static Image decode(byte[] content, String name) {
    if (content.length == 0) {
      throw new UnreadableException(name, "the file is empty");
    }
    requireOpenCv();
    try (BytePointer bytes = new BytePointer(content);
        Mat encoded = new Mat(1, content.length, opencv_core.CV_8UC1, bytes);
        Mat decoded = opencv_imgcodecs.imdecode(encoded, opencv_imgcodecs.IMREAD_COLOR_RGB)) {
      if (decoded.empty()) {
        throw new UnreadableException(
            name,
            "its " + content.length + " bytes are no complete image of a known kind " + ENDINGS);
      }
      byte[] pixels = new byte[Math.toIntExact(decoded.total() * decoded.elemSize())];
      decoded.data().get(pixels);
      return Image.wrap(decoded.rows(), decoded.cols(), decoded.channels(), pixels);
    } catch (UnreadableException e) {
      throw e;
    } catch (RuntimeException e) { // what OpenCV throws comes as this
      throw new UnreadableException(name, "OpenCV: " + e.getMessage(), e);
    }
  }

  private static void requireOpenCv() {
    try {
      OpenCv.load();
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "OpenCV, which decodes images, does not load on this machine ("
              + System.getProperty("os.name")
              + ", "
              + System.getProperty("os.arch")
              + "): put org.selfsup4j:selfsup4j-starter, or org.bytedeco:opencv with the classifier"
              + " of this platform, on the class path",
          e);
    }
  }

  /**
   * The image as a PNG file: 8 bits, values cut off at 0 and 1.
   *
   * @param image of 1 channel (gray) or 3 (red, green, blue)
   */
  public static byte[] encodePng(Image image) {
    if (image.channels() != 1 && image.channels() != 3) {
      throw new IllegalArgumentException(
          image + " cannot be a PNG: choose 1 channel (gray) or 3 (red, green, blue)");
    }
    requireOpenCv();
    int type = image.channels() == 1 ? opencv_core.CV_8UC1 : opencv_core.CV_8UC3;
    try (BytePointer bytes = new BytePointer((byte[]) image.toBytes().pixels());
        Mat pixels = new Mat(image.height(), image.width(), type, bytes);
        Mat ordered = new Mat();
        BytePointer file = new BytePointer()) {
      if (image.channels() == 3) {
        opencv_imgproc.cvtColor(pixels, ordered, opencv_imgproc.COLOR_RGB2BGR);
      }
      opencv_imgcodecs.imencode(".png", image.channels() == 3 ? ordered : pixels, file);
      byte[] content = new byte[Math.toIntExact(file.limit())];
      file.get(content);
      return content;
    }
  }
}
