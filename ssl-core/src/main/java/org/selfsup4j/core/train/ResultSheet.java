package org.selfsup4j.core.train;

import java.nio.file.Path;
import java.util.Map;
import org.selfsup4j.core.data.Batches;
import org.selfsup4j.core.data.LoadedBatch;
import org.selfsup4j.core.data.Loader;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.task.PretextTask;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;

/** A sheet of what a task has learned to make, where it makes pictures: reconstructions. */
final class ResultSheet {

  private static final int ROWS = 8;

  private ResultSheet() {}

  static <T, E, B> void write(
      Path file,
      PretextTask<T, E, B> task,
      Loader<T, E, B> loader,
      StepRunner<B> runner,
      Kernels kernels) {
    try (Batches<B> batches = loader.epoch(0);
        LoadedBatch<B> loaded = batches.next();
        Session session = Session.evaluation(kernels, runner.arena(), "pictures")) {
      Pass pass = new Pass(false, RandomStream.of(0).at("pictures"), session);
      Map<String, Tensor> pictures = task.pictures(loaded.open(session), pass);
      if (pictures.isEmpty()) {
        return;
      }
      PictureSheet sheet = new PictureSheet(pictures.keySet().toArray(new String[0]));
      int rows = (int) Math.min(ROWS, pictures.values().iterator().next().size(0));
      for (int row = 0; row < rows; row++) {
        for (Tensor column : pictures.values()) {
          add(sheet, column, row);
        }
      }
      sheet.write(file);
    }
  }

  private static void add(PictureSheet sheet, Tensor column, int row) {
    Tensor image = column.slice(0, row, row + 1L).permute(0, 2, 3, 1); // [1, H, W, C]
    double[] values = image.toDoubles();
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    PixelRange.stretch(floats);

    sheet.add((int) image.size(1), (int) image.size(2), (int) image.size(3), floats, "");
  }
}
