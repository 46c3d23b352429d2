package org.selfsup4j.pretext.parts;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.module.BatchNorm;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Linear layers without bias, each with a batch norm behind it, and relu between them.
 *
 * @param layers the first from the width of the features, the last to the loss's
 * @param norms one behind each layer
 */
public record NormedHead(List<Linear> layers, List<BatchNorm> norms) implements Head {

  /** Checks that each layer has its norm. */
  public NormedHead {
    layers = List.copyOf(layers);
    norms = List.copyOf(norms);
    if (layers.isEmpty() || layers.size() != norms.size()) {
      throw new IllegalArgumentException(
          "a normed head has "
              + layers.size()
              + " layers and "
              + norms.size()
              + " norms: it needs at least one layer, and a norm for each");
    }
  }

  /**
   * Layers between these widths, the last norm without gamma and beta: {@code of(random, 192, 4096,
   * 4096, 256)} has three.
   */
  public static NormedHead of(RandomStream random, int... widths) {
    List<Linear> layers = new ArrayList<>();
    List<BatchNorm> norms = new ArrayList<>();
    for (int i = 0; i + 1 < widths.length; i++) {
      boolean last = i + 2 == widths.length;
      layers.add(Linear.withoutBias(widths[i], widths[i + 1], random.at(i)));
      norms.add(last ? BatchNorm.withoutScale(widths[i + 1]) : BatchNorm.of(widths[i + 1]));
    }
    return new NormedHead(layers, norms);
  }

  @Override
  public Tensor apply(Tensor features, Pass pass) {
    Tensor x = features;
    for (int i = 0; i < layers.size(); i++) {
      Tensor y = layers.get(i).apply(x, pass);
      x = i + 1 < layers.size() ? norms.get(i).applyRelu(y, pass) : norms.get(i).apply(y, pass);
    }
    return x;
  }

  @Override
  public int width() {
    return layers.get(0).inputs();
  }

  @Override
  public int dimension() {
    return layers.get(layers.size() - 1).outputs();
  }
}
