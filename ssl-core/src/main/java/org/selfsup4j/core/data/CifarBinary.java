package org.selfsup4j.core.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.selfsup4j.core.format.CorruptFileException;

/**
 * CIFAR-10 in its binary files, held in memory: 32x32 images of red, green, blue with 10 classes.
 *
 * <p>A file is a sequence of records, usually 10,000: one label byte (0 to 9), then 1,024 red,
 * 1,024 green and 1,024 blue bytes, each row by row (Krizhevsky 2009, "binary version").
 */
public final class CifarBinary implements ImageSource {

  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int RECORD = 1 + 3 * PLANE;
  private static final int USUAL_RECORDS = 10_000;
  private static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  /** One file; {@code first} is the index of its first image. */
  private static final class Batch {
    final String name;
    final byte[] records;
    final long first;

    Batch(String name, byte[] records, long first) {
      this.name = name;
      this.records = records;
      this.first = first;
    }

    int size() {
      return records.length / RECORD;
    }
  }

  private final List<Batch> batches;
  private final long size;
  private final String description;

  private CifarBinary(List<Batch> batches, String part) {
    this.batches = List.copyOf(batches);
    this.size = batches.stream().mapToLong(Batch::size).sum();
    CRC32 sum = new CRC32();
    batches.forEach(batch -> sum.update(batch.records));
    this.description =
        String.format(
            Locale.ROOT, "CIFAR-10 %s (%d images, checksum %08x)", part, size, sum.getValue());
  }

  /**
   * The training images: all {@code data_batch_*.bin} of a folder in the order of their names.
   *
   * @throws IllegalArgumentException if there is none
   * @throws CorruptFileException if one is damaged; see {@link #of}
   */
  public static CifarBinary train(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found =
          files
              .filter(file -> file.getFileName().toString().matches("data_batch_.*\\.bin"))
              .sorted()
              .toList();
      if (found.isEmpty()) {
        throw new IllegalArgumentException(
            folder
                + " holds no data_batch_1.bin or the like: give the folder of CIFAR-10's binary"
                + " version (cifar-10-batches-bin)");
      }
      return new CifarBinary(read(found), "train");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }

  /**
   * The test images: {@code test_batch.bin} of a folder.
   *
   * @throws IllegalArgumentException if it is not there
   * @throws CorruptFileException if it is damaged; see {@link #of}
   */
  public static CifarBinary test(Path folder) {
    return new CifarBinary(read(List.of(folder.resolve("test_batch.bin"))), "test");
  }

  /**
   * The images of {@code files}, one file after the other.
   *
   * @throws IllegalArgumentException if one does not exist
   * @throws CorruptFileException if one is not made of whole records, or has a label above 9
   * @throws UncheckedIOException if one cannot be read
   */
  public static CifarBinary of(List<Path> files) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          "files is empty: give at least one of CIFAR-10's .bin files");
    }
    List<String> names = files.stream().map(file -> file.getFileName().toString()).toList();
    return new CifarBinary(read(files), String.join(" + ", names));
  }

  private static List<Batch> read(List<Path> files) {
    List<Batch> batches = new ArrayList<>();
    long first = 0;
    for (Path file : files) {
      Batch batch = new Batch(file.getFileName().toString(), content(file), first);
      for (int i = 0; i < batch.size(); i++) {
        int label = batch.records[i * RECORD] & 0xff;
        if (label >= CLASSES.size()) {
          throw new CorruptFileException(
              file,
              "record " + i,
              "its label is "
                  + label
                  + ", CIFAR-10 has 0 to 9: the file is damaged or of another kind; fetch it again");
        }
      }
      first += batch.size();
      batches.add(batch);
    }
    return batches;
  }

  private static byte[] content(Path file) {
    try {
      long bytes = Files.size(file);
      if (bytes == 0 || bytes % RECORD != 0) {
        throw new CorruptFileException(
            file,
            "length",
            String.format(
                Locale.ROOT,
                "it has %,d bytes, but is made of records of %,d bytes (usually %,d records: %,d"
                    + " bytes); it ends %,d bytes into a record; fetch it again",
                bytes,
                RECORD,
                USUAL_RECORDS,
                (long) USUAL_RECORDS * RECORD,
                bytes % RECORD));
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          file + " does not exist: give a file of CIFAR-10's binary version", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private Batch batch(long index) {
    Objects.checkIndex(index, size);
    int b = 0;
    while (index >= batches.get(b).first + batches.get(b).size()) {
      b++;
    }
    return batches.get(b);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Image get(long index) {
    Batch batch = batch(index);
    byte[] records = batch.records;
    int start = (int) (index - batch.first) * RECORD + 1;
    byte[] pixels = new byte[3 * PLANE];
    for (int i = 0; i < PLANE; i++) {
      pixels[3 * i] = records[start + i];
      pixels[3 * i + 1] = records[start + PLANE + i];
      pixels[3 * i + 2] = records[start + 2 * PLANE + i];
    }
    return Image.wrap(SIDE, SIDE, 3, pixels);
  }

  @Override
  public String name(long index) {
    Batch batch = batch(index);
    return batch.name + " record " + (index - batch.first);
  }

  @Override
  public OptionalInt label(long index) {
    Batch batch = batch(index);
    return OptionalInt.of(batch.records[(int) (index - batch.first) * RECORD]);
  }

  @Override
  public List<String> classes() {
    return CLASSES;
  }

  @Override
  public String description() {
    return description;
  }
}
