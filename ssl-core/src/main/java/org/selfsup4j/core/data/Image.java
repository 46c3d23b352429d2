package org.selfsup4j.core.data;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * An immutable picture of any height, width and number of channels, in channels-last memory: the
 * channels of a pixel lie together, the pixels of a row follow each other.
 *
 * <p>It holds either 8-bit values, as files are decoded, or floats. The value of an 8-bit pixel
 * {@code b} is {@code b / 255}, so values lie in [0, 1] until an image is normalised; every method
 * speaks of these values. Flips, turns, crops and padding keep the kind of storage, resizing and
 * arithmetic give floats.
 */
public final class Image {

  private final int height;
  private final int width;
  private final int channels;
  private final byte[] bytes; // one of the two is null
  private final float[] floats;

  private Image(int height, int width, int channels, byte[] bytes, float[] floats) {
    if (height < 1 || width < 1 || channels < 1) {
      throw new IllegalArgumentException(
          "image of height "
              + height
              + ", width "
              + width
              + " and "
              + channels
              + " channels: each must be at least 1");
    }
    long expected = (long) height * width * channels;
    int given = bytes != null ? bytes.length : floats.length;
    if (given != expected) {
      throw new IllegalArgumentException(
          "image of height "
              + height
              + ", width "
              + width
              + " and "
              + channels
              + " channels has "
              + expected
              + " values, "
              + given
              + " were given");
    }
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.bytes = bytes;
    this.floats = floats;
  }

  /** An image of 8-bit values in the order row, column, channel; they are copied. */
  public static Image ofBytes(int height, int width, int channels, byte[] pixels) {
    return new Image(height, width, channels, pixels.clone(), null);
  }

  /** An image of floats in the order row, column, channel; they are copied. */
  public static Image ofFloats(int height, int width, int channels, float[] pixels) {
    return new Image(height, width, channels, null, pixels.clone());
  }

  /** An image that takes the array over: the caller must not write to it any more. */
  static Image wrap(int height, int width, int channels, byte[] pixels) {
    return new Image(height, width, channels, pixels, null);
  }

  /** An image that takes the array over: the caller must not write to it any more. */
  static Image wrap(int height, int width, int channels, float[] pixels) {
    return new Image(height, width, channels, null, pixels);
  }

  /** An image of this one's size and channels that takes the array over. */
  Image withPixels(float[] pixels) {
    return new Image(height, width, channels, null, pixels);
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** Columns. */
  public int width() {
    return width;
  }

  /** Values of one pixel: 1 for gray, 3 for red, green, blue. */
  public int channels() {
    return channels;
  }

  /** Whether values are stored as floats, not in 8 bits. */
  public boolean isFloat() {
    return floats != null;
  }

  /** The value at a place; 8-bit values come divided by 255. */
  public float value(int row, int column, int channel) {
    if (row < 0
        || row >= height
        || column < 0
        || column >= width
        || channel < 0
        || channel >= channels) {
      throw new IndexOutOfBoundsException(
          "row " + row + ", column " + column + ", channel " + channel + " is outside of " + this);
    }
    int at = (row * width + column) * channels + channel;
    return floats != null ? floats[at] : Pixels.value(bytes[at]);
  }

  /** This image in floats. */
  public Image toFloat() {
    return floats != null ? this : withPixels(toFloats());
  }

  /** This image in 8 bits: values times 255, rounded, and cut off at 0 and 255. */
  public Image toBytes() {
    if (bytes != null) {
      return this;
    }
    byte[] result = new byte[floats.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) (int) (Math.min(1, Math.max(0, floats[i])) * 255 + 0.5f);
    }
    return wrap(height, width, channels, result);
  }

  /** All values in the order row, column, channel, in an array of the caller's own. */
  public float[] toFloats() {
    float[] result = new float[height * width * channels];
    writeTo(result, 0);
    return result;
  }

  /** Writes all values, in the order row, column, channel, from {@code target[offset]} on. */
  public void writeTo(float[] target, int offset) {
    if (floats != null) {
      System.arraycopy(floats, 0, target, offset, floats.length);
    } else {
      Pixels.convert(bytes, 0, target, offset, bytes.length);
    }
  }

  /** Writes all values, in the order row, column, channel, at the buffer's position. */
  public void writeTo(FloatBuffer target) {
    if (floats != null) {
      target.put(floats);
      return;
    }
    float[] row = new float[width * channels];
    for (int y = 0; y < height; y++) {
      target.put(readRow(y, 0, width, row));
    }
  }

  /** The values of some columns of one row, written to the start of {@code target}. */
  float[] readRow(int row, int left, int columns, float[] target) {
    int at = (row * width + left) * channels;
    if (floats != null) {
      System.arraycopy(floats, at, target, 0, columns * channels);
    } else {
      Pixels.convert(bytes, at, target, 0, columns * channels);
    }
    return target;
  }

  /**
   * The window whose first pixel is ({@code top}, {@code left}).
   *
   * @throws IllegalArgumentException if it leaves the image
   */
  public Image crop(int top, int left, int cropHeight, int cropWidth) {
    checkWindow(top, left, cropHeight, cropWidth);
    if (cropHeight == height && cropWidth == width) {
      return this;
    }
    Object result = newPixels(cropHeight * cropWidth * channels);
    int run = cropWidth * channels;
    for (int y = 0; y < cropHeight; y++) {
      System.arraycopy(pixels(), ((top + y) * width + left) * channels, result, y * run, run);
    }
    return wrapPixels(cropHeight, cropWidth, result);
  }

  /** This image resized, bilinear and antialiased; see {@link #resizedCrop}. */
  public Image resize(int newHeight, int newWidth) {
    return resize(newHeight, newWidth, Interpolation.BILINEAR, true);
  }

  /** This image resized; see {@link #resizedCrop}. */
  public Image resize(int newHeight, int newWidth, Interpolation interpolation, boolean antialias) {
    return resizedCrop(0, 0, height, width, newHeight, newWidth, interpolation, antialias);
  }

  /**
   * A window of this image resized to {@code newHeight} by {@code newWidth} floats, without a copy
   * in between.
   *
   * @param antialias whether the kernel is widened where the image shrinks, as Pillow does;
   *     without, pixels between the sampled ones are skipped
   * @return floats; bicubic results may lie a little outside of the input's range
   * @throws IllegalArgumentException if the window leaves the image or a size is below 1
   */
  public Image resizedCrop(
      int top,
      int left,
      int cropHeight,
      int cropWidth,
      int newHeight,
      int newWidth,
      Interpolation interpolation,
      boolean antialias) {
    checkWindow(top, left, cropHeight, cropWidth);
    Require.size("newHeight", newHeight);
    Require.size("newWidth", newWidth);
    if (newHeight == cropHeight && newWidth == cropWidth) {
      return crop(top, left, cropHeight, cropWidth).toFloat();
    }
    float[] pixels =
        Resampler.resize(
            this, top, left, cropHeight, cropWidth, newHeight, newWidth, interpolation, antialias);
    return wrap(newHeight, newWidth, channels, pixels);
  }

  /** This image with left and right exchanged. */
  public Image flipHorizontal() {
    return moved(height, width, width - 1, width, -1);
  }

  /** This image upside down. */
  public Image flipVertical() {
    return moved(height, width, (height - 1) * width, -width, 1);
  }

  /**
   * This image turned counter-clockwise by {@code quarterTurns} times 90 degrees (clockwise where
   * negative).
   */
  public Image rotate90(int quarterTurns) {
    return switch (Math.floorMod(quarterTurns, 4)) {
      case 1 -> moved(width, height, width - 1, -1, width);
      case 2 -> moved(height, width, height * width - 1, -width, -1);
      case 3 -> moved(width, height, (height - 1) * width, 1, -width);
      default -> this;
    };
  }

  /** The same padding on all four sides; see {@link #pad(int, int, int, int, Border)}. */
  public Image pad(int padding, Border border) {
    return pad(padding, padding, padding, padding, border);
  }

  /** This image with rows and columns added around it. */
  public Image pad(int top, int bottom, int left, int right, Border border) {
    if (top < 0 || bottom < 0 || left < 0 || right < 0) {
      throw new IllegalArgumentException(
          "padding top "
              + top
              + ", bottom "
              + bottom
              + ", left "
              + left
              + ", right "
              + right
              + ": none may be negative; use crop to make an image smaller");
    }
    int newHeight = height + top + bottom;
    int newWidth = width + left + right;
    Object from = pixels();
    Object result = newPixels(newHeight * newWidth * channels);
    for (int y = 0; y < newHeight; y++) {
      int row = border.source(y - top, height);
      if (row < 0) {
        continue; // arrays begin as zeros
      }
      int start = row * width * channels;
      int to = y * newWidth * channels;
      System.arraycopy(from, start, result, to + left * channels, width * channels);
      for (int i = 0; i < left + right; i++) {
        int x = i < left ? i - left : i - left + width; // outside of the image's columns
        int column = border.source(x, width);
        if (column >= 0) {
          System.arraycopy(
              from, start + column * channels, result, to + (left + x) * channels, channels);
        }
      }
    }
    return wrapPixels(newHeight, newWidth, result);
  }

  /** Pixel (y, x) of the result is this image's pixel {@code start + y * rowStep + x * step}. */
  private Image moved(int newHeight, int newWidth, int start, int rowStep, int step) {
    Object result = newPixels(height * width * channels);
    for (int y = 0; y < newHeight; y++) {
      int from = (start + y * rowStep) * channels;
      int to = y * newWidth * channels;
      if (floats != null) {
        Pixels.move(floats, from, step * channels, (float[]) result, to, newWidth, channels);
      } else {
        Pixels.move(bytes, from, step * channels, (byte[]) result, to, newWidth, channels);
      }
    }
    return wrapPixels(newHeight, newWidth, result);
  }

  /** The array that holds the pixels; not to be written to. */
  Object pixels() {
    return floats != null ? floats : bytes;
  }

  private Object newPixels(int length) {
    return floats != null ? new float[length] : new byte[length];
  }

  private Image wrapPixels(int newHeight, int newWidth, Object pixels) {
    return pixels instanceof float[] values
        ? wrap(newHeight, newWidth, channels, values)
        : wrap(newHeight, newWidth, channels, (byte[]) pixels);
  }

  private void checkWindow(int top, int left, int cropHeight, int cropWidth) {
    boolean inside =
        top >= 0
            && left >= 0
            && cropHeight >= 1
            && cropWidth >= 1
            && cropHeight <= height - top
            && cropWidth <= width - left;
    if (!inside) {
      throw new IllegalArgumentException(
          "a window of "
              + cropHeight
              + "x"
              + cropWidth
              + " at row "
              + top
              + ", column "
              + left
              + " does not lie inside of "
              + this);
    }
  }

  /** Whether both have the same size, channels, kind of storage and values. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Image image
        && height == image.height
        && width == image.width
        && channels == image.channels
        && Arrays.equals(bytes, image.bytes)
        && Arrays.equals(floats, image.floats);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(bytes) + Arrays.hashCode(floats);
  }

  /** For messages: height, width, channels and kind of storage. */
  @Override
  public String toString() {
    return "image " + height + "x" + width + "x" + channels + (isFloat() ? " (float)" : " (8-bit)");
  }
}
