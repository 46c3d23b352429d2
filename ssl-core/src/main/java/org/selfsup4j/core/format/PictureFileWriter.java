package org.selfsup4j.core.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.zip.CRC32C;

/**
 * Writes decoded pictures into one file, which appears whole or not at all. {@link PictureFile}
 * reads it.
 *
 * <pre>
 * file     = prologue header picture* index closing
 * prologue = magic version length sum      magic: 89 "SSP" 0D 0A 1A 0A; version: u32 = 1;
 *                                          length: u64, bytes of the header with its sum
 * header   = text sum                      JSON in UTF-8: what the writer says about the pictures
 * picture  = u8*                           height x width x channels values in that order; where
 *                                          height is 0, width bytes of UTF-8 that say why there is
 *                                          no picture
 * index    = entry* sum
 * entry    = height width channels sum     u32 each; sum: CRC-32C of the picture
 * closing  = count sum                     count: u64, entries of the index
 * sum      = u32, CRC-32C of what is before it in its section
 * </pre>
 *
 * All numbers are little-endian. Index and count come last, so that a file of any length is written
 * in one pass; pictures follow each other without gaps.
 */
public final class PictureFileWriter {

  static final byte[] MAGIC = {(byte) 0x89, 'S', 'S', 'P', '\r', '\n', 0x1a, '\n'};
  static final int VERSION = 1;
  static final int SUM_BYTES = 4;
  static final int PROLOGUE_BYTES = 8 + 4 + 8 + SUM_BYTES;
  static final int ENTRY_NUMBERS = 4;
  static final int ENTRY_BYTES = 4 * ENTRY_NUMBERS;
  static final int CLOSING_BYTES = 8 + SUM_BYTES;

  /** The most bytes of a picture; what a reader maps at once holds twice as many. */
  static final int MAX_PICTURE = 1 << 30;

  private PictureFileWriter() {}

  /**
   * Writes a file; it is replaced whole or not at all.
   *
   * @param header what shall be known about the pictures
   * @param pictures are asked for one by one, and not kept
   * @throws IllegalArgumentException if a picture's sizes are not those of its bytes, or it has
   *     more than 2^30 of them
   * @throws java.io.UncheckedIOException if it cannot be written; the old file is then untouched
   */
  public static void write(Path file, ObjectNode header, Iterator<PictureFile.Picture> pictures) {
    byte[] text = StrictJson.bytes(header);
    AtomicFile.write(
        file,
        out -> {
          ByteBuffer prologue = numbers(PROLOGUE_BYTES - SUM_BYTES).put(MAGIC).putInt(VERSION);
          writeWithSum(prologue.putLong(text.length + (long) SUM_BYTES), out);
          writeWithSum(numbers(text.length).put(text), out);
          Index index = new Index();
          while (pictures.hasNext()) {
            PictureFile.Picture picture = pictures.next();
            index.add(picture);
            out.write(picture.bytes());
          }
          int bytes = Math.multiplyExact(Integer.BYTES, index.used);
          ByteBuffer entries = numbers(bytes);
          entries.asIntBuffer().put(index.numbers, 0, index.used);
          writeWithSum(entries.position(bytes), out);
          writeWithSum(numbers(CLOSING_BYTES - SUM_BYTES).putLong(index.used / ENTRY_NUMBERS), out);
        });
  }

  /** The entries so far. */
  private static final class Index {
    private int[] numbers = new int[1024];
    private int used;

    void add(PictureFile.Picture picture) {
      byte[] bytes = picture.bytes();
      long expected = length(picture.height(), picture.width(), picture.channels());
      if (bytes.length != expected || bytes.length > MAX_PICTURE) {
        throw new IllegalArgumentException(
            "picture "
                + used / ENTRY_NUMBERS
                + " of height "
                + picture.height()
                + ", width "
                + picture.width()
                + " and "
                + picture.channels()
                + " channels has "
                + bytes.length
                + " bytes: there must be as many as the sizes say, and at most "
                + MAX_PICTURE);
      }
      if (used == numbers.length) {
        numbers = Arrays.copyOf(numbers, Math.multiplyExact(2, used));
      }
      numbers[used++] = picture.height();
      numbers[used++] = picture.width();
      numbers[used++] = picture.channels();
      numbers[used++] = sum(bytes, bytes.length);
    }
  }

  /** Bytes of a picture; negative where the sizes are none. */
  static long length(int height, int width, int channels) {
    if (height < 0 || width < 0 || channels < 0) {
      return -1;
    }
    if (height == 0) {
      return width;
    }
    long row = (long) width * channels;
    return row > MAX_PICTURE ? -1 : row * height;
  }

  private static ByteBuffer numbers(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes what stands before the buffer's position, and its sum. */
  private static void writeWithSum(ByteBuffer section, OutputStream out) throws IOException {
    byte[] bytes = new byte[section.flip().remaining()];
    section.get(bytes);
    out.write(bytes);
    ByteBuffer sum = ByteBuffer.wrap(new byte[SUM_BYTES]).order(ByteOrder.LITTLE_ENDIAN);
    out.write(sum.putInt(sum(bytes, bytes.length)).array());
  }

  static int sum(byte[] bytes, int count) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, count);
    return (int) sum.getValue();
  }
}
