package org.selfsup4j.core.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Decoded pictures in one file that is mapped into memory, so that reading one is a copy. The
 * grammar stands in {@link PictureFileWriter}.
 *
 * <p>Opening checks everything but the pictures' bytes; those are checked whenever a picture is
 * read, so that opening a large file takes no time. Any number of threads may read. The file stays
 * mapped until this object is garbage, which costs address space and no memory of the process.
 */
public final class PictureFile {

  /** Pieces of the file begin at multiples of this and are up to twice as long. */
  private static final long STRIDE = PictureFileWriter.MAX_PICTURE;

  private final Path file;
  private final ObjectNode header;
  private final MappedByteBuffer[] pieces;
  private final int[] index; // height, width, channels, sum of each picture
  private final long[] starts; // one more than there are pictures

  private PictureFile(
      Path file, ObjectNode header, MappedByteBuffer[] pieces, int[] index, long[] starts) {
    this.file = file;
    this.header = header;
    this.pieces = pieces;
    this.index = index;
    this.starts = starts;
  }

  /**
   * A picture of bytes in the order row, column, channel, or why there is none.
   *
   * @param height rows; 0 where there is no picture
   * @param width columns; where there is no picture the length of {@code bytes}
   * @param channels values of a pixel; 0 where there is no picture
   * @param bytes the values, or a text in UTF-8 that says why there are none
   */
  public record Picture(int height, int width, int channels, byte[] bytes) {

    /** Stands for a picture that there is none of. */
    public static Picture missing(String reason) {
      byte[] text = reason.getBytes(StandardCharsets.UTF_8);
      return new Picture(0, text.length, 0, text);
    }

    /** Whether there is no picture. */
    public boolean isMissing() {
      return height == 0;
    }

    /** Why there is no picture. */
    public String reason() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /**
   * Opens a file and checks all of it but the pictures.
   *
   * @throws CorruptFileException naming the section that is not as it was written
   * @throws UncheckedIOException if it cannot be opened or read
   */
  public static PictureFile open(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new Opening(file, channel).read();
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException("there is no file " + file + ": check the path", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open " + file + ": " + e.getMessage(), e);
    }
  }

  /** What the writer said about the pictures. */
  public ObjectNode header() {
    return header.deepCopy();
  }

  /** How many pictures there are. */
  public int size() {
    return starts.length - 1;
  }

  /** How many bytes the pictures take. */
  public long bytes() {
    return starts[size()] - starts[0];
  }

  /**
   * A copy of a picture.
   *
   * @throws CorruptFileException if its bytes are not those that were written
   */
  public Picture picture(int number) {
    Objects.checkIndex(number, size());
    byte[] bytes = new byte[(int) (starts[number + 1] - starts[number])];
    CRC32C sum = new CRC32C();
    try {
      pieces[(int) (starts[number] / STRIDE)].get((int) (starts[number] % STRIDE), bytes);
    } catch (InternalError e) { // what a page that the file has no longer comes as
      throw new CorruptFileException(file, "picture " + number, "the file has become shorter", e);
    }
    sum.update(bytes);
    int entry = number * PictureFileWriter.ENTRY_NUMBERS;
    if ((int) sum.getValue() != index[entry + 3]) {
      throw new CorruptFileException(
          file, "picture " + number, "its checksum is wrong: delete the file and make it anew");
    }
    return new Picture(index[entry], index[entry + 1], index[entry + 2], bytes);
  }

  /** Reads the sections of a file in an order that never trusts an unchecked number. */
  private static final class Opening {
    private final Path file;
    private final FileChannel channel;
    private final long size;

    Opening(Path file, FileChannel channel) throws IOException {
      this.file = file;
      this.channel = channel;
      this.size = channel.size();
    }

    PictureFile read() throws IOException {
      ByteBuffer prologue = section("prologue", 0, PictureFileWriter.PROLOGUE_BYTES);
      byte[] magic = new byte[PictureFileWriter.MAGIC.length];
      prologue.get(magic);
      if (!Arrays.equals(magic, PictureFileWriter.MAGIC)) {
        throw new CorruptFileException(file, "prologue", "this is no file of decoded pictures");
      }
      int version = prologue.getInt();
      if (version != PictureFileWriter.VERSION) {
        throw new CorruptFileException(
            file,
            "prologue",
            "version "
                + version
                + ", this library reads version "
                + PictureFileWriter.VERSION
                + ": delete the file and make it anew");
      }
      long start = PictureFileWriter.PROLOGUE_BYTES + prologue.getLong();
      byte[] text = section("header", PictureFileWriter.PROLOGUE_BYTES, start).array();
      ObjectNode header =
          StrictJson.parse(
              file, "header", Arrays.copyOf(text, text.length - PictureFileWriter.SUM_BYTES));
      long end = size - PictureFileWriter.CLOSING_BYTES;
      long count = section("closing", end, size).getLong();
      if (count < 0 || count > (end - start) / PictureFileWriter.ENTRY_BYTES) {
        throw new CorruptFileException(
            file, "closing", "tells of " + count + " pictures, more than the file can hold");
      }
      long indexStart = end - PictureFileWriter.SUM_BYTES - count * PictureFileWriter.ENTRY_BYTES;
      ByteBuffer entries = section("index", indexStart, end);
      int[] index = new int[Math.toIntExact(count * PictureFileWriter.ENTRY_NUMBERS)];
      entries.asIntBuffer().get(index);
      return new PictureFile(file, header, map(), index, starts(index, start, indexStart));
    }

    /** The bytes from {@code start} to {@code end}, which end in their sum; ready to be read. */
    private ByteBuffer section(String name, long start, long end) throws IOException {
      long length = end - start;
      if (start < 0
          || end > size
          || length < PictureFileWriter.SUM_BYTES
          || length > Integer.MAX_VALUE - 8) {
        throw new CorruptFileException(
            file,
            name,
            "should lie at bytes "
                + start
                + " to "
                + end
                + ", the file has "
                + size
                + ": it is cut");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining() && channel.read(bytes, start + bytes.position()) >= 0) {}
      int content = (int) length - PictureFileWriter.SUM_BYTES;
      if (bytes.hasRemaining()
          || bytes.getInt(content) != PictureFileWriter.sum(bytes.array(), content)) {
        throw new CorruptFileException(
            file, name, "its checksum is wrong: delete the file and make it anew");
      }
      return bytes.flip();
    }

    private long[] starts(int[] index, long start, long end) {
      long[] starts = new long[index.length / PictureFileWriter.ENTRY_NUMBERS + 1];
      starts[0] = start;
      for (int i = 0; i + 1 < starts.length; i++) {
        int entry = i * PictureFileWriter.ENTRY_NUMBERS;
        long length = PictureFileWriter.length(index[entry], index[entry + 1], index[entry + 2]);
        if (length < 0 || length > PictureFileWriter.MAX_PICTURE) {
          throw new CorruptFileException(
              file,
              "index",
              "picture "
                  + i
                  + " is "
                  + index[entry]
                  + "x"
                  + index[entry + 1]
                  + "x"
                  + index[entry + 2]);
        }
        starts[i + 1] = starts[i] + length;
      }
      if (starts[starts.length - 1] != end) {
        throw new CorruptFileException(
            file,
            "index",
            "its pictures end at byte "
                + starts[starts.length - 1]
                + ", but the index begins at byte "
                + end);
      }
      return starts;
    }

    /** Pieces that overlap, so that every picture lies in one: a buffer holds at most 2 GB. */
    private MappedByteBuffer[] map() throws IOException {
      MappedByteBuffer[] pieces = new MappedByteBuffer[(int) ((size + STRIDE - 1) / STRIDE)];
      for (int i = 0; i < pieces.length; i++) {
        long start = i * STRIDE;
        long length = Math.min(size - start, Integer.MAX_VALUE);
        pieces[i] = channel.map(FileChannel.MapMode.READ_ONLY, start, length);
      }
      return pieces;
    }
  }
}
