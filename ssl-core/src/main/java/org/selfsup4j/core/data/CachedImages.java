package org.selfsup4j.core.data;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.UnaryOperator;

/** Images read once and then kept in memory in 8 bits. */
public final class CachedImages implements ImageSource {

  private final Source<Image> source;
  private final UnaryOperator<Image> change;
  private final String description;
  private final AtomicReferenceArray<Image> images;

  private CachedImages(Source<Image> source, UnaryOperator<Image> change, String description) {
    this.source = source;
    this.change = change;
    this.description = description;
    this.images = new AtomicReferenceArray<>(Math.toIntExact(source.size()));
  }

  /** The images of {@code source} as they are. */
  public static CachedImages of(Source<Image> source) {
    return new CachedImages(source, Image::toBytes, source.description());
  }

  /**
   * The images of {@code source} resized to {@code height} by {@code width}, bilinear, antialiased,
   * rounded to 8 bits.
   */
  public static CachedImages of(Source<Image> source, int height, int width) {
    Require.size("height", height);
    Require.size("width", width);
    return new CachedImages(
        source,
        image -> image.resize(height, width).toBytes(),
        source.description() + " resized to " + height + "x" + width);
  }

  @Override
  public long size() {
    return source.size();
  }

  @Override
  public Image get(long index) {
    int at = (int) Objects.checkIndex(index, size());
    Image image = images.get(at);
    if (image == null) {
      image = change.apply(source.get(index)); // two threads may both do it; the results are equal
      images.set(at, image);
    }
    return image;
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
