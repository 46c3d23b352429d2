package org.selfsup4j.core.train;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.module.Components;

/**
 * A sheet of what a task makes of images: each row an image and the pictures of its example. A list
 * of many small pictures, such as the tiles of a puzzle, is one picture.
 */
final class ViewSheet {

  private static final int ROWS = 8;
  private static final int MOST_IN_A_LIST = 8; // longer lists are laid out as a mosaic

  private ViewSheet() {}

  /** Writes the sheet; nothing where samples and examples hold no images. */
  static <T, E> void write(Path file, Loader<T, E, ?> loader, Source<T> source) {
    List<List<Image>> rows = new ArrayList<>();
    long count = Math.min(ROWS, source.size());
    for (long i = 0; i < count; i++) {
      long index = i * (source.size() / count); // spread over the classes of an ordered source
      List<Image> row = new ArrayList<>();
      collect(Sample.read(source, index).value(), row);
      collect(loader.example(0, index), row);
      if (row.size() > 1) { // the original is shown as large as what became of it
        row.set(0, row.get(0).resize(row.get(1).height(), row.get(1).width()));
      }
      rows.add(row);
    }
    int columns = rows.stream().mapToInt(List::size).min().orElse(0);
    if (columns == 0) {
      return;
    }
    PictureSheet sheet = new PictureSheet(columns);
    for (List<Image> row : rows) {
      row.subList(0, columns).forEach(image -> add(sheet, image));
    }
    sheet.write(file);
  }

  private static Stream<Image> asImage(Object value) {
    return value instanceof Image image && (image.channels() == 1 || image.channels() == 3)
        ? Stream.of(image)
        : Stream.empty();
  }

  private static void collect(Object value, List<Image> images) {
    if (value instanceof Image) {
      asImage(value).forEach(images::add);
    } else if (value instanceof List<?> list) {
      List<Image> all = list.stream().flatMap(ViewSheet::asImage).toList();
      if (all.size() == list.size() && all.size() > MOST_IN_A_LIST && Mosaic.fits(all)) {
        images.add(Mosaic.of(all));
        return;
      }
      list.forEach(item -> collect(item, images));
    } else if (value instanceof Record record) {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        collect(Components.read(record, component), images);
      }
    }
  }

  private static void add(PictureSheet sheet, Image image) {
    float[] values = image.toFloats();
    if (image.isFloat()) {
      PixelRange.stretch(values);
    }
    sheet.add(image.height(), image.width(), image.channels(), values, "");
  }
}
