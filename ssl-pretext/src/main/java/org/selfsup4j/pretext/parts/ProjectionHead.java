package org.selfsup4j.pretext.parts;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.module.Linear;
import org.selfsup4j.core.module.Pass;
import org.selfsup4j.core.random.RandomStream;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.Tensor;

/**
 * Linear layers with relu between them, from features to the space in which a loss compares.
 *
 * @param layers the first from the encoder's width, the last to the loss's
 */
public record ProjectionHead(List<Linear> layers) implements Head {

  /** Checks that there is a layer. */
  public ProjectionHead {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a projection head needs at least one layer");
    }
  }

  /** Layers between these widths: {@code of(random, 512, 512, 128)} has two. */
  public static ProjectionHead of(RandomStream random, int... widths) {
    List<Linear> layers = new ArrayList<>();
    for (int i = 0; i + 1 < widths.length; i++) {
      layers.add(Linear.of(widths[i], widths[i + 1], random.at(i)));
    }
    return new ProjectionHead(layers);
  }

  @Override
  public Tensor apply(Tensor features, Pass pass) {
    Tensor x = features;
    for (int i = 0; i < layers.size(); i++) {
      x = layers.get(i).apply(i == 0 ? x : Activations.relu(x), pass);
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
