package org.selfsup4j.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.selfsup4j.core.task.Described;

class SettingsJsonTest {

  private record Holder(Described list, Object plain) {}

  private static final class Plain {}

  private record Orders(String description) implements Described {}

  @Test
  void keepsWhatADescribedSettingSaysOfItselfAndOfOthersTheName() {
    assertThat(SettingsJson.of(new Holder(new Orders("3 orders (1a2b)"), new Plain())).toString())
        .isEqualTo(
            "{\"type\":\"SettingsJsonTest.Holder\","
                + "\"list\":\"SettingsJsonTest.Orders of 3 orders (1a2b)\","
                + "\"plain\":\"SettingsJsonTest.Plain\"}");
  }
}
