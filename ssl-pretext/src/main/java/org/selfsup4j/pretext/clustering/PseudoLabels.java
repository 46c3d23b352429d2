package org.selfsup4j.pretext.clustering;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.selfsup4j.core.data.Image;
import org.selfsup4j.core.data.ImageSource;
import org.selfsup4j.core.data.Origin;
import org.selfsup4j.core.data.Source;
import org.selfsup4j.pretext.parts.Checksum;

/**
 * The images of a source with clusters for labels. Its description has a mark of them, so a run
 * does not go on with others in silence.
 */
public final class PseudoLabels implements ImageSource {

  private final Source<Image> images;
  private final int[] clusters;
  private final int number;
  private final String description;

  private PseudoLabels(Source<Image> images, int[] clusters, int number, String from) {
    this.images = images;
    this.clusters = clusters.clone();
    this.number = number;
    this.description =
        images.description()
            + " labelled by "
            + number
            + " clusters of "
            + from
            + " ("
            + Checksum.of(Arrays.stream(clusters).asLongStream().toArray())
            + ")";
  }

  /**
   * Labels the images of a source.
   *
   * @param clusters of each image, in [0, {@code number})
   * @param from whose features were clustered, for a run's records
   * @throws IllegalArgumentException if there are not as many, or one is not in the range
   */
  public static PseudoLabels of(Source<Image> images, int[] clusters, int number, String from) {
    images.requireIndexed("a label belongs to an image");
    if (clusters.length != images.size()) {
      throw new IllegalArgumentException(
          clusters.length
              + " labels were given, "
              + images.description()
              + " has "
              + images.size()
              + " images: label every image; one that cannot be read has to be removed before");
    }
    for (int i = 0; i < clusters.length; i++) {
      if (clusters[i] < 0 || clusters[i] >= number) {
        throw new IllegalArgumentException(
            "image " + i + " has the label " + clusters[i] + ": it must be in [0, " + number + ")");
      }
    }
    return new PseudoLabels(images, clusters, number, from);
  }

  @Override
  public long size() {
    return clusters.length;
  }

  @Override
  public Image get(long index) {
    return images.get(index);
  }

  @Override
  public String name(long index) {
    return images.name(index);
  }

  @Override
  public OptionalInt label(long index) {
    return OptionalInt.of(clusters[(int) index]);
  }

  @Override
  public List<String> classes() {
    return IntStream.range(0, number).mapToObj(i -> "cluster " + i).toList();
  }

  @Override
  public Origin origin(long index) {
    return images.origin(index);
  }

  @Override
  public String description() {
    return description;
  }
}
