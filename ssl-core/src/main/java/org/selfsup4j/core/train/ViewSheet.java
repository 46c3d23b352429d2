package org.selfsup4j.core.train;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.data.Sample;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.core.module.Components;

/** A sheet of what a task makes of images: each row an image and the pictures of its example. */
final class ViewSheet {

  private static final int ROWS = 8;

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

  private static void collect(Object value, List<Image> images) {
    if (value instanceof Image image) {
      if (image.channels() == 1 || image.channels() == 3) {
        images.add(image);
      }
    } else if (value instanceof List<?> list) {
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
