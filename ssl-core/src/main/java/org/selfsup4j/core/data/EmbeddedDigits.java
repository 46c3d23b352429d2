package org.selfsup4j.core.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * The Sign Language Digits photos (Mavi, arXiv 2011.08927, Apache-2.0): 2,062 colored photos of
 * hands, 64x64, 10 classes. They come in the artefact {@code org.selfsup4j:selfsup4j-digits}, so
 * that the first run needs no data.
 */
public final class EmbeddedDigits implements ImageSource {

  private static final String ROOT = "/org/selfsup4j/digits/";

  private final List<String> names;
  private final List<byte[]> files;

  private EmbeddedDigits(List<String> names, List<byte[]> files) {
    this.names = names;
    this.files = files;
  }

  /**
   * Loads the photos, as files, into memory (4 MB).
   *
   * @throws IllegalStateException if the artefact is not on the class path
   */
  public static EmbeddedDigits load() {
    String index = new String(resource("index.txt"), StandardCharsets.UTF_8);
    List<String> names = index.lines().toList();
    List<byte[]> files = new ArrayList<>();
    names.forEach(name -> files.add(resource(name)));
    return new EmbeddedDigits(names, files);
  }

  private static byte[] resource(String name) {
    try (InputStream in = EmbeddedDigits.class.getResourceAsStream(ROOT + name)) {
      if (in == null) {
        throw new IllegalStateException(
            "the embedded photos are not on the class path ("
                + ROOT
                + name
                + " is missing): add"
                + " the dependency org.selfsup4j:selfsup4j-digits, or give a folder of images");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the embedded photo " + name, e);
    }
  }

  @Override
  public long size() {
    return names.size();
  }

  @Override
  public Image get(long index) {
    int at = (int) Objects.checkIndex(index, size());
    return ImageFiles.decode(files.get(at), names.get(at));
  }

  @Override
  public String name(long index) {
    return names.get((int) Objects.checkIndex(index, size()));
  }

  @Override
  public OptionalInt label(long index) {
    return OptionalInt.of(name(index).charAt(0) - '0');
  }

  @Override
  public List<String> classes() {
    return List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  }

  @Override
  public Origin origin(long index) {
    return new Origin(EmbeddedDigits.class, index);
  }

  @Override
  public String description() {
    return "Sign Language Digits, embedded (" + names.size() + " images in 10 classes)";
  }
}
