package org.selfsup4j.core.format;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.BrainFloats;
import org.selfsup4j.core.memory.ElementType;

/**
 * A safetensors file: named tensors and a map of texts, as Hugging Face's libraries write and read
 * them.
 *
 * <pre>
 * file     = length header data
 * length   = u64 little-endian: bytes of the header, at most 100,000,000
 * header   = JSON object in UTF-8, spaces behind it
 *            { "__metadata__": { text: text, ... },                         (may be missing)
 *              name: { "dtype": type, "shape": [size, ...], "data_offsets": [begin, end] }, ... }
 * type     = F64 | F32 | F16 | BF16 | I64 | BOOL | others, which are kept but not read here
 * data     = each tensor row-major, little-endian, bytes begin to end (exclusive), begin counted from
 *            the end of the header; the tensors fill the data without a gap or an overlap
 * </pre>
 *
 * The reader refuses every departure from this with a {@link CorruptFileException} before it takes
 * memory for a tensor. Written are F64, F32, I64 and BOOL, larger elements first, so that each
 * tensor is aligned to its elements.
 */
public final class SafeTensors implements AutoCloseable {

  private static final int LENGTH_BYTES = 8;
  private static final long MAX_HEADER = 100_000_000; // the limit of the reference implementation
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private final FileBytes bytes;
  private final SafeTensorsHeader header;
  private final long dataStart;

  private SafeTensors(FileBytes bytes, SafeTensorsHeader header, long dataStart) {
    this.bytes = bytes;
    this.header = header;
    this.dataStart = dataStart;
  }

  /**
   * Opens a file and checks all of its header; tensors are read when they are asked for.
   *
   * @throws CorruptFileException if it is not a whole safetensors file
   * @throws java.io.UncheckedIOException if it cannot be opened
   */
  public static SafeTensors open(Path file) {
    FileBytes bytes = new FileBytes(file);
    try {
      long length = headerLength(bytes);
      byte[] text = new byte[(int) length];
      bytes.read(LENGTH_BYTES, text, text.length, "header");
      long start = LENGTH_BYTES + length;
      return new SafeTensors(
          bytes, SafeTensorsHeader.parse(file, text, bytes.size() - start), start);
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  /**
   * Writes {@code tensors}, whatever their strides, in row-major order of their logical axes. The
   * file appears whole or not at all.
   *
   * @param metadata texts to stand in the header
   * @param tensors by name
   * @throws java.io.UncheckedIOException if the file cannot be written
   */
  public static void write(Path file, Map<String, String> metadata, Map<String, Block> tensors) {
    List<Map.Entry<String, Block>> order = new ArrayList<>(tensors.entrySet());
    order.sort(Comparator.comparingInt(entry -> -entry.getValue().type().bytes()));
    List<StoredTensor> entries = new ArrayList<>();
    long end = 0;
    for (Map.Entry<String, Block> entry : order) {
      SafeTensorsHeader.checkName(entry.getKey());
      Block block = entry.getValue();
      long begin = end;
      end += block.count() * block.type().bytes();
      entries.add(
          new StoredTensor(
              entry.getKey(), StoredType.of(block.type()), block.shape().clone(), begin, end));
    }
    byte[] text = SafeTensorsHeader.compose(metadata, entries);
    AtomicFile.write(
        file,
        out -> {
          ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
          out.write(length.putLong(text.length).array());
          out.write(text);
          for (Map.Entry<String, Block> entry : order) {
            writeData(entry.getValue(), out);
          }
        });
  }

  /** The file that was opened. */
  public Path file() {
    return bytes.file();
  }

  /** The texts of the header. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** The names of the tensors, in the order of the file. */
  public Set<String> names() {
    return Collections.unmodifiableSet(header.tensors().keySet());
  }

  /** The sizes of a tensor's axes. */
  public long[] shape(String name) {
    return tensor(name).shape();
  }

  /** What a tensor's elements are called in the file, such as {@code F32}. */
  public String type(String name) {
    return tensor(name).type().name();
  }

  /** A tensor of F32, F16 or BF16, in row-major order. */
  public float[] floats(String name) {
    StoredTensor tensor = expect(name, StoredType.F32, StoredType.F16, StoredType.BF16);
    float[] values = new float[arrayLength(tensor)];
    read(
        tensor,
        (piece, count, first) -> {
          for (int i = 0; i < count; i++) {
            values[(int) first + i] =
                switch (tensor.type()) {
                  case F16 -> StoredType.halfToFloat((short) SHORT.get(piece, 2 * i));
                  case BF16 -> BrainFloats.toFloat((short) SHORT.get(piece, 2 * i));
                  default -> Float.intBitsToFloat((int) INT.get(piece, 4 * i));
                };
          }
        });
    return values;
  }

  /** A tensor of F64, in row-major order. */
  public double[] doubles(String name) {
    StoredTensor tensor = expect(name, StoredType.F64);
    double[] values = new double[arrayLength(tensor)];
    read(
        tensor,
        (piece, count, first) -> {
          for (int i = 0; i < count; i++) {
            values[(int) first + i] = Double.longBitsToDouble((long) LONG.get(piece, 8 * i));
          }
        });
    return values;
  }

  /** A tensor of I64, in row-major order. */
  public long[] longs(String name) {
    StoredTensor tensor = expect(name, StoredType.I64);
    long[] values = new long[arrayLength(tensor)];
    read(
        tensor,
        (piece, count, first) -> {
          for (int i = 0; i < count; i++) {
            values[(int) first + i] = (long) LONG.get(piece, 8 * i);
          }
        });
    return values;
  }

  /** A tensor of BOOL, in row-major order. */
  public boolean[] booleans(String name) {
    StoredTensor tensor = expect(name, StoredType.BOOL);
    boolean[] values = new boolean[arrayLength(tensor)];
    read(
        tensor,
        (piece, count, first) -> {
          for (int i = 0; i < count; i++) {
            values[(int) first + i] = piece[i] != 0;
          }
        });
    return values;
  }

  /**
   * Reads a tensor into memory of the same shape, whatever its strides. F16 and BF16 become FLOAT;
   * nothing else is converted.
   *
   * @throws IllegalArgumentException if shape or type differ, naming both
   */
  public void read(String name, Block into) {
    StoredTensor tensor = tensor(name);
    if (tensor.type().readAs() != into.type() || !tensor.hasShape(into.shape())) {
      throw new IllegalArgumentException(
          file() + ": tensor " + name + " is " + tensor + ", it cannot be read into " + into);
    }
    BlockBytes target = BlockBytes.forWriting(into);
    byte[] widened = new byte[4 * BlockBytes.PIECE];
    read(
        tensor,
        (piece, count, first) -> {
          if (tensor.type().bytes() == into.type().bytes()) {
            target.write(piece, count);
            return;
          }
          for (int i = 0; i < count; i++) {
            short bits = (short) SHORT.get(piece, 2 * i);
            float value =
                tensor.type() == StoredType.F16
                    ? StoredType.halfToFloat(bits)
                    : BrainFloats.toFloat(bits);
            INT.set(widened, 4 * i, Float.floatToRawIntBits(value));
          }
          target.write(widened, count);
        });
  }

  /** Closes the file. */
  @Override
  public void close() {
    bytes.close();
  }

  /** What is done with each piece of a tensor. */
  private interface PieceReader {
    void accept(byte[] piece, int count, long first);
  }

  private void read(StoredTensor tensor, PieceReader reader) {
    int width = tensor.type().bytes();
    byte[] piece = new byte[(int) Math.min(BlockBytes.PIECE, tensor.count()) * width];
    for (long first = 0; first < tensor.count(); first += BlockBytes.PIECE) {
      int count = (int) Math.min(BlockBytes.PIECE, tensor.count() - first);
      String section = "tensor " + tensor.name();
      bytes.read(dataStart + tensor.begin() + first * width, piece, count * width, section);
      if (tensor.type() == StoredType.BOOL) {
        checkBooleans(tensor, piece, count);
      }
      reader.accept(piece, count, first);
    }
  }

  private void checkBooleans(StoredTensor tensor, byte[] piece, int count) {
    for (int i = 0; i < count; i++) {
      if (piece[i] != 0 && piece[i] != 1) {
        throw new CorruptFileException(
            file(), "tensor " + tensor.name(), "a BOOL is the byte " + piece[i] + ", not 0 or 1");
      }
    }
  }

  private StoredTensor tensor(String name) {
    StoredTensor tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          file() + " has no tensor \"" + name + "\", it has " + header.tensors().keySet());
    }
    return tensor;
  }

  private StoredTensor expect(String name, StoredType... types) {
    StoredTensor tensor = tensor(name);
    if (!List.of(types).contains(tensor.type())) {
      throw new IllegalArgumentException(
          file() + ": tensor " + name + " is " + tensor + ", expected " + List.of(types));
    }
    return tensor;
  }

  private int arrayLength(StoredTensor tensor) {
    if (tensor.count() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          file()
              + ": tensor "
              + tensor.name()
              + " is "
              + tensor
              + ", more than a Java array can hold: read it into native memory");
    }
    return (int) tensor.count();
  }

  private static long headerLength(FileBytes bytes) {
    if (bytes.size() < LENGTH_BYTES) {
      throw new CorruptFileException(
          bytes.file(),
          "length",
          "the file has "
              + bytes.size()
              + " bytes, a safetensors file has at least "
              + LENGTH_BYTES);
    }
    byte[] first = new byte[LENGTH_BYTES];
    bytes.read(0, first, LENGTH_BYTES, "length");
    long length = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > MAX_HEADER || length > bytes.size() - LENGTH_BYTES) {
      throw new CorruptFileException(
          bytes.file(),
          "length",
          "announces a header of "
              + Long.toUnsignedString(length)
              + " bytes, the file has "
              + bytes.size()
              + ": it is cut, or not a safetensors file");
    }
    return length;
  }

  private static void writeData(Block block, OutputStream out) throws IOException {
    BlockBytes source = new BlockBytes(block);
    int width = block.type().bytes();
    byte[] piece = new byte[source.nextCount() * width];
    for (int count = source.nextCount(); count > 0; count = source.nextCount()) {
      source.read(piece, count);
      if (block.type() == ElementType.BOOL) {
        for (int i = 0; i < count; i++) {
          piece[i] = (byte) (piece[i] != 0 ? 1 : 0);
        }
      }
      out.write(piece, 0, count * width);
    }
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }
}
