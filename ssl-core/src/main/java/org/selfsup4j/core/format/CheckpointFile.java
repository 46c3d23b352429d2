package org.selfsup4j.core.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * The state of a run at one step: its settings, its progress and every tensor it needs to go on
 * with the same bits. Each byte is under a checksum.
 *
 * <pre>
 * file     = prologue header tensor*
 * prologue = magic version length sum      magic: 89 "SSL" 0D 0A 1A 0A; version: u32 = 1;
 *                                          length: u64, bytes of the header's text
 * header   = text sum                      JSON in UTF-8: { "settings": {...}, "progress": {...},
 *                                            "tensors": [{"name", "type", "shape"}, ...] }
 * tensor   = data sum                      in the order of the header; row-major, little-endian;
 *                                          type: FLOAT | DOUBLE | INT64 | BOOL
 * sum      = u32, CRC-32C of what is before it in its section; of a tensor, of its name and its data
 * </pre>
 *
 * All numbers are little-endian. The file ends with the last tensor's sum. A change of any one
 * byte, a byte missing and a byte too many are refused, with the name of the section, when the file
 * is opened: nothing of a damaged checkpoint gets into a model.
 */
public final class CheckpointFile implements AutoCloseable {

  private static final byte[] MAGIC = {(byte) 0x89, 'S', 'S', 'L', '\r', '\n', 0x1a, '\n'};
  private static final int VERSION = 1;
  private static final int SUM_BYTES = 4;
  private static final int PROLOGUE_BYTES = 8 + 4 + 8 + SUM_BYTES;
  private static final long MAX_HEADER = 256L << 20;

  private final FileBytes bytes;
  private final ObjectNode settings;
  private final ObjectNode progress;
  private final Map<String, Section> sections;

  private CheckpointFile(
      FileBytes bytes, ObjectNode settings, ObjectNode progress, Map<String, Section> sections) {
    this.bytes = bytes;
    this.settings = settings;
    this.progress = progress;
    this.sections = sections;
  }

  /** Where a tensor lies. */
  private static final class Section {
    final String name;
    final ElementType type;
    final long[] shape;
    final long start;
    final long dataBytes;

    Section(String name, ElementType type, long[] shape, long start) {
      this.name = name;
      this.type = type;
      this.shape = shape;
      this.start = start;
      long count = 1;
      for (long size : shape) {
        count = Math.multiplyExact(count, size);
      }
      this.dataBytes = Math.multiplyExact(count, (long) type.bytes());
    }

    long end() {
      return Math.addExact(start, Math.addExact(dataBytes, SUM_BYTES));
    }

    @Override
    public String toString() {
      return "tensor " + name;
    }
  }

  /**
   * Writes a checkpoint; the file is replaced whole or not at all.
   *
   * @param settings what the run was asked to do
   * @param progress how far it is
   * @param tensors every tensor by name, whatever its strides
   * @throws java.io.UncheckedIOException if it cannot be written; the old file is then untouched
   */
  public static void write(
      Path file, ObjectNode settings, ObjectNode progress, Map<String, Block> tensors) {
    byte[] header = compose(settings, progress, tensors);
    ByteBuffer prologue =
        ByteBuffer.allocate(PROLOGUE_BYTES).order(ByteOrder.LITTLE_ENDIAN).put(MAGIC);
    prologue.putInt(VERSION).putLong(header.length);
    prologue.putInt(sum(prologue.array(), PROLOGUE_BYTES - SUM_BYTES));
    AtomicFile.write(
        file,
        out -> {
          out.write(prologue.array());
          out.write(header);
          writeSum(out, sum(header, header.length));
          for (Map.Entry<String, Block> entry : tensors.entrySet()) {
            writeTensor(entry.getKey(), entry.getValue(), out);
          }
        });
  }

  /**
   * Opens a checkpoint and checks every byte of it.
   *
   * @throws CorruptFileException naming the section that is not as it was written
   * @throws java.io.UncheckedIOException if it cannot be opened or read
   */
  public static CheckpointFile open(Path file) {
    FileBytes bytes = new FileBytes(file);
    try {
      byte[] text = header(bytes);
      ObjectNode json = StrictJson.parse(file, "header", text);
      Map<String, Section> sections = new LinkedHashMap<>();
      long end = PROLOGUE_BYTES + (long) text.length + SUM_BYTES;
      for (JsonNode entry : json.path("tensors")) {
        Section section = section(file, entry, end);
        end = section.end();
        if (end > bytes.size()) {
          throw new CorruptFileException(
              file,
              section.toString(),
              "ends at byte " + end + ", the file has " + bytes.size() + ": it is cut");
        }
        sections.put(section.name, section);
      }
      if (end != bytes.size()) {
        throw new CorruptFileException(
            file, "end", "the file has " + bytes.size() + " bytes, expected " + end);
      }
      if (!(json.get("settings") instanceof ObjectNode settings)
          || !(json.get("progress") instanceof ObjectNode progress)) {
        throw new CorruptFileException(file, "header", "has no settings or no progress");
      }
      CheckpointFile checkpoint = new CheckpointFile(bytes, settings, progress, sections);
      for (Section section : sections.values()) {
        checkpoint.read(section, null);
      }
      return checkpoint;
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  /** The file that was opened. */
  public Path file() {
    return bytes.file();
  }

  /** What the run was asked to do. */
  public ObjectNode settings() {
    return settings.deepCopy();
  }

  /** How far it was. */
  public ObjectNode progress() {
    return progress.deepCopy();
  }

  /** The names of the tensors, in the order they were written. */
  public Set<String> names() {
    return Collections.unmodifiableSet(sections.keySet());
  }

  /** The sizes of a tensor's axes. */
  public long[] shape(String name) {
    return find(name).shape.clone();
  }

  /** The type of a tensor's elements. */
  public ElementType type(String name) {
    return find(name).type;
  }

  /**
   * Reads a tensor into memory of the same type and shape, whatever its strides.
   *
   * @throws IllegalArgumentException if type or shape differ, or there is none of that name
   * @throws CorruptFileException if the file has changed since it was opened
   */
  public void read(String name, Block into) {
    Section section = find(name);
    if (section.type != into.type() || !Arrays.equals(section.shape, into.shape())) {
      throw new IllegalArgumentException(
          file()
              + ": tensor "
              + name
              + " is "
              + section.type
              + Arrays.toString(section.shape)
              + ", it cannot be read into "
              + into);
    }
    read(section, BlockBytes.forWriting(into));
  }

  /** Closes the file. */
  @Override
  public void close() {
    bytes.close();
  }

  private void read(Section section, BlockBytes into) {
    CRC32C sum = startSum(section.name);
    int width = section.type.bytes();
    byte[] piece = new byte[(int) Math.min((long) BlockBytes.PIECE * width, section.dataBytes)];
    for (long done = 0; done < section.dataBytes; done += piece.length) {
      int count = (int) Math.min(piece.length, section.dataBytes - done);
      bytes.read(section.start + done, piece, count, section.toString());
      sum.update(piece, 0, count);
      if (into != null) {
        into.write(piece, count / width);
      }
    }
    checkSum(bytes, section.toString(), section.start + section.dataBytes, (int) sum.getValue());
  }

  private Section find(String name) {
    Section section = sections.get(name);
    if (section == null) {
      throw new IllegalArgumentException(
          file() + " has no tensor \"" + name + "\", it has " + sections.keySet());
    }
    return section;
  }

  /** The text of the header, after prologue and header have been checked. */
  private static byte[] header(FileBytes bytes) {
    Path file = bytes.file();
    if (bytes.size() < PROLOGUE_BYTES) {
      throw new CorruptFileException(
          file,
          "prologue",
          "the file has "
              + bytes.size()
              + " bytes, expected at least "
              + PROLOGUE_BYTES
              + ": it is cut, or not a checkpoint");
    }
    byte[] prologue = new byte[PROLOGUE_BYTES];
    bytes.read(0, prologue, PROLOGUE_BYTES, "prologue");
    if (!Arrays.equals(prologue, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new CorruptFileException(file, "prologue", "this is not a checkpoint of selfsup4j");
    }
    int end = PROLOGUE_BYTES - SUM_BYTES;
    checkSum(bytes, "prologue", end, sum(prologue, end));
    ByteBuffer numbers = ByteBuffer.wrap(prologue).order(ByteOrder.LITTLE_ENDIAN);
    int version = numbers.getInt(8);
    if (version != VERSION) {
      throw new CorruptFileException(
          file,
          "prologue",
          "version "
              + version
              + ", this library reads version "
              + VERSION
              + ": use the library that wrote it");
    }
    long length = numbers.getLong(12);
    if (length < 2 || length > MAX_HEADER || length > bytes.size() - PROLOGUE_BYTES - SUM_BYTES) {
      throw new CorruptFileException(
          file, "header", "has " + length + " bytes, the file has " + bytes.size() + ": it is cut");
    }
    byte[] text = new byte[(int) length];
    bytes.read(PROLOGUE_BYTES, text, text.length, "header");
    checkSum(bytes, "header", PROLOGUE_BYTES + length, sum(text, text.length));
    return text;
  }

  private static Section section(Path file, JsonNode entry, long start) {
    try {
      long[] shape = new long[entry.path("shape").size()];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = entry.path("shape").get(i).longValue();
      }
      ElementType type = ElementType.valueOf(entry.path("type").asText());
      return new Section(entry.path("name").asText(), type, shape, start);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new CorruptFileException(file, "header", "describes a tensor by " + entry, e);
    }
  }

  private static byte[] compose(
      ObjectNode settings, ObjectNode progress, Map<String, Block> tensors) {
    ObjectNode json = StrictJson.object();
    json.set("settings", settings);
    json.set("progress", progress);
    ArrayNode list = json.putArray("tensors");
    for (Map.Entry<String, Block> entry : tensors.entrySet()) {
      ObjectNode description = list.addObject().put("name", entry.getKey());
      description.put("type", entry.getValue().type().name());
      ArrayNode shape = description.putArray("shape");
      for (long size : entry.getValue().shape()) {
        shape.add(size);
      }
    }
    return StrictJson.bytes(json);
  }

  private static void writeTensor(String name, Block block, OutputStream out) throws IOException {
    CRC32C sum = startSum(name);
    BlockBytes source = new BlockBytes(block);
    int width = block.type().bytes();
    byte[] piece = new byte[source.nextCount() * width];
    for (int count = source.nextCount(); count > 0; count = source.nextCount()) {
      source.read(piece, count);
      sum.update(piece, 0, count * width);
      out.write(piece, 0, count * width);
    }
    writeSum(out, (int) sum.getValue());
  }

  private static CRC32C startSum(String name) {
    CRC32C sum = new CRC32C();
    sum.update(name.getBytes(StandardCharsets.UTF_8));
    return sum;
  }

  private static int sum(byte[] bytes, int count) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, count);
    return (int) sum.getValue();
  }

  private static void writeSum(OutputStream out, int sum) throws IOException {
    out.write(ByteBuffer.allocate(SUM_BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(sum).array());
  }

  private static void checkSum(FileBytes bytes, String section, long position, int computed) {
    byte[] stored = new byte[SUM_BYTES];
    bytes.read(position, stored, SUM_BYTES, section);
    int sum = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (sum != computed) {
      throw new CorruptFileException(
          bytes.file(),
          section,
          String.format("checksum %08x, stored %08x: its bytes have changed", computed, sum));
    }
  }
}
