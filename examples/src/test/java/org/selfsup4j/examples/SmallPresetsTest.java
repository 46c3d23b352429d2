package org.selfsup4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.task.ImageTask;
import org.selfsup4j.pretext.dino.Dino;
import org.selfsup4j.pretext.moco.MocoV2;

/** What the commands choose for small data. */
class SmallPresetsTest {

  private static ImageTask<?, ?> task(String name, DataChoice data) {
    PretrainMethod method = Pretrain.methods().get(name);
    return method.taskOf().make(data, method.encoder(method.usual(), 32, 0), 32, 0);
  }

  @Test
  void aQueueHoldsAtMostAQuarterOfTheImages() {
    DataChoice photos = DataChoice.of("embedded"); // 1,653 to train on
    assertThat(((MocoV2) task("moco", photos)).queue().size()).isEqualTo(413);
    DataChoice few = photos.withTrainImages(3, 0);
    assertThat(((MocoV2) task("moco", few)).queue().size()).isEqualTo(1);
  }

  @Test
  void prototypesLearnFromTheFirstStep() {
    Dino dino = (Dino) task("dino", DataChoice.of("embedded"));
    assertThat(dino.options().frozenEpochs()).isZero();
    assertThat(dino.projector().dimension()).isEqualTo(1024);
    assertThat(dino.options().crops().count()).isEqualTo(6);
  }
}
