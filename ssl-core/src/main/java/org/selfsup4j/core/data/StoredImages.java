package org.selfsup4j.core.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.selfsup4j.core.LibraryVersion;
import org.selfsup4j.core.format.PictureFile;
import org.selfsup4j.core.format.PictureFileWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images decoded once and then kept in a file in 8 bits, from which any number of runs read: the
 * file is mapped into memory, and the system keeps as much of it there as there is room for.
 *
 * <p>The file says which source it was made of, by the source's description (for a folder: its
 * name, and the names and lengths of its files), and is refused for any other. What could not be
 * decoded stays unreadable, with the same message. Names, labels and classes are the source's own.
 */
public final class StoredImages implements ImageSource {

  private static final Logger LOG = LoggerFactory.getLogger(StoredImages.class);
  private static final String SOURCE = "source";
  private static final String SHORTER_SIDE = "shorter_side"; // of the stored images; 0: as they are
  private static final int TOGETHER = 64; // images that are decoded side by side

  private final Source<Image> source;
  private final PictureFile pictures;
  private final String description;

  private StoredImages(Source<Image> source, PictureFile pictures, String description) {
    this.source = source;
    this.pictures = pictures;
    this.description = description;
  }

  /**
   * The images of {@code source} as they are, from {@code file}; the file is made, on all cores, if
   * there is none.
   *
   * @throws IllegalArgumentException if the file belongs to another source, or the images are
   *     floats, which a file of 8-bit values would change
   * @throws org.selfsup4j.core.format.CorruptFileException if the file is damaged
   * @throws java.io.UncheckedIOException if it cannot be written or read
   */
  public static StoredImages of(Source<Image> source, Path file) {
    return open(source, file, 0);
  }

  /**
   * The images of {@code source}, the larger ones resized so that their shorter side has {@code
   * shorterSide} pixels (bilinear, antialiased, rounded to 8 bits), from {@code file}; see {@link
   * #of(Source, Path)}. Random crops of them are not those of the originals: choose a side well
   * above that of the crops.
   */
  public static StoredImages of(Source<Image> source, Path file, int shorterSide) {
    Require.size("shorterSide", shorterSide);
    return open(source, file, shorterSide);
  }

  private static StoredImages open(Source<Image> source, Path file, int shorterSide) {
    if (!Files.exists(file)) {
      write(source, file, shorterSide);
    }
    PictureFile pictures = PictureFile.open(file);
    ObjectNode header = pictures.header();
    String from = header.path(SOURCE).asText();
    int side = header.path(SHORTER_SIDE).asInt(-1);
    if (!from.equals(source.description())
        || side != shorterSide
        || pictures.size() != source.size()) {
      throw new IllegalArgumentException(
          file
              + " holds "
              + pictures.size()
              + " images of "
              + described(from, side)
              + ", not "
              + source.size()
              + " of "
              + described(source.description(), shorterSide)
              + ": choose another file, or delete this one and it is made anew");
    }
    return new StoredImages(source, pictures, described(source.description(), shorterSide));
  }

  private static String described(String source, int shorterSide) {
    return shorterSide == 0
        ? source
        : source + " resized to a shorter side of at most " + shorterSide;
  }

  private static void write(Source<Image> source, Path file, int shorterSide) {
    LOG.info("decoding {} into {}", source.description(), file);
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    header.put(SOURCE, source.description());
    header.put(SHORTER_SIDE, shorterSide);
    header.put("selfsup4j", LibraryVersion.current());
    PictureFileWriter.write(file, header, new Decoding(source, shorterSide));
  }

  /** The pictures of a source in their order, some decoded ahead on all cores. */
  private static final class Decoding implements Iterator<PictureFile.Picture> {
    private final Source<Image> source;
    private final int shorterSide;
    private final List<PictureFile.Picture> ahead = new ArrayList<>();
    private long next;

    Decoding(Source<Image> source, int shorterSide) {
      this.source = source;
      this.shorterSide = shorterSide;
    }

    @Override
    public boolean hasNext() {
      return next < source.size();
    }

    @Override
    public PictureFile.Picture next() {
      if (!hasNext()) {
        throw new NoSuchElementException("all " + source.size() + " images are decoded");
      }
      int at = (int) (next % TOGETHER);
      if (at == 0) {
        ahead.clear();
        LongStream.range(next, Math.min(next + TOGETHER, source.size()))
            .parallel()
            .mapToObj(this::picture)
            .forEachOrdered(ahead::add);
      }
      next++;
      return ahead.get(at);
    }

    private PictureFile.Picture picture(long index) {
      Image image;
      try {
        image = source.get(index);
      } catch (UnreadableException e) {
        return PictureFile.Picture.missing(e.reason());
      }
      if (image.isFloat()) {
        throw new IllegalArgumentException(
            source.name(index)
                + " is an "
                + image
                + ": a file of 8-bit values would change it; read the source as it is");
      }
      if (shorterSide > 0 && Math.min(image.height(), image.width()) > shorterSide) {
        image = ResizeShorterSide.of(shorterSide).resize(image).toBytes();
      }
      return new PictureFile.Picture(
          image.height(), image.width(), image.channels(), (byte[]) image.pixels());
    }
  }

  @Override
  public long size() {
    return source.size();
  }

  @Override
  public Image get(long index) {
    int at = (int) Objects.checkIndex(index, size());
    PictureFile.Picture picture = pictures.picture(at);
    if (picture.isMissing()) {
      throw new UnreadableException(name(index), picture.reason());
    }
    return Image.wrap(picture.height(), picture.width(), picture.channels(), picture.bytes());
  }

  @Override
  public String name(long index) {
    return source.name(index);
  }

  @Override
  public OptionalInt label(long index) {
    return source.label(index);
  }

  @Override
  public List<String> classes() {
    return source.classes();
  }

  @Override
  public Origin origin(long index) {
    return source.origin(index);
  }

  @Override
  public String description() {
    return description;
  }
}
