package org.selfsup4j.testkit.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** How the files are read; that their values are met is other tests' matter. */
class GoldenFileTest {

  @Test
  void aCaseGivesItsInputsAndResults() {
    GoldenNode first = GoldenFile.open("nt-xent.json").cases("cases").get(0);
    assertThat(first.at("batch").integer()).isEqualTo(2);
    assertThat(first.at("temperature").number()).isEqualTo(0.5);
    assertThat(first.at("views").text()).startsWith("z1 = n2d4t0.5.z1");

    Filled z1 = first.filled("z1");
    assertThat(z1.name()).isEqualTo("n2d4t0.5.z1");
    assertThat(z1.shape()).containsExactly(2, 4);
    assertThat(z1.values()).containsExactly(Fill.doubles("n2d4t0.5.z1", new long[] {2, 4}, 1, 0));
    assertThat(z1.floats()[3]).isEqualTo((float) z1.values()[3]);

    GoldenTensor gradient = first.at("grad_z1").tensor();
    assertThat(gradient.isFull()).isTrue();
    assertThat(gradient.shape()).containsExactly(2, 4);
    assertThat(gradient.values()).startsWith(0.298513381, -0.26127882);
  }

  @Test
  void aFileInFloat32FillsRoundedInputs() {
    GoldenFile file = GoldenFile.open("resnet-mini.json");
    assertThat(file.isRounded()).isTrue();
    Filled weight = file.at("parameters").items().get(0).filled();
    for (double value : weight.values()) {
      assertThat(value).isEqualTo((double) (float) value);
    }
    assertThat(GoldenFile.open("nt-xent.json").isRounded()).isFalse();
  }

  @Test
  void aSummaryHasSamplesSumAndNorm() {
    GoldenTensor map =
        GoldenFile.open("alexnet.json").at("eval").at("intermediate").at("features.0").tensor();
    assertThat(map.isFull()).isFalse();
    assertThat(map.count()).isGreaterThan(4096);
    assertThat(map.l2()).isPositive();
  }

  @Test
  void plainListsAreTensorsToo() {
    GoldenFile file = GoldenFile.open("optimizers.json");
    GoldenTensor steps = file.cases("runs").get(0).at("after_step").at("w").tensor();
    assertThat(steps.shape()).containsExactly(8, 12);
    assertThat(steps.values()[12]).isEqualTo(-0.669160998);
    assertThat(file.cases("runs").get(3).filled("grad.b.7").shape()).containsExactly(4);
  }

  @Test
  void aNumberThatStandsAloneIsComparedRelativeToAtLeastOne() {
    GoldenNode loss = GoldenFile.open("nt-xent.json").cases("cases").get(0).at("loss");
    loss.assertNumber(0.246932689 + 0.99e-7, Tolerance.DOUBLE);
    assertThatThrownBy(() -> loss.assertNumber(0.246932689 + 1.01e-7, Tolerance.DOUBLE))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("nt-xent.json cases[0].loss: got 0.246932790, want 0.246932689");
    assertThatThrownBy(() -> loss.assertNumber(Double.NaN, Tolerance.FLOAT))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> GoldenFile.open("nt-xnet.json"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no golden file \"nt-xnet.json\"");
    GoldenNode first = GoldenFile.open("byol.json").cases("cases").get(0);
    assertThatThrownBy(() -> first.at("lose"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("byol.json cases[0] has no \"lose\", it has [tensors, loss, grad_q1, grad_q2]");
    assertThatThrownBy(() -> first.filled("q9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("describes no tensor \"q9\"");
    assertThatThrownBy(() -> first.at("grad_q1").number())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("byol.json cases[0].grad_q1 is object, not a number");
    assertThatThrownBy(() -> GoldenFile.open("optimizers.json").root().filled("0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("several tensors that end in \"0\"");
  }

  @Test
  void casesAreListsOfObjectsAndObjectsAtTheTop() {
    assertThat(GoldenFile.open("moco.json").caseNames())
        .containsExactly(
            "queue_cases[0]",
            "queue_cases[1]",
            "queue_cases[2]",
            "v3_cases[0]",
            "v3_cases[1]",
            "v3_cases[2]");
    assertThat(GoldenFile.open("resnet-mini.json").caseNames()).containsExactly("eval", "train");
    assertThat(GoldenFile.open("dino.json").caseNames())
        .containsExactly("cases[0]", "cases[1]", "cases[2]", "head");
  }

  @Test
  void readingAValueCountsTheCaseAndWalkingOverItDoesNot() {
    GoldenFile file = GoldenFile.open("moco.json");
    file.cases("queue_cases").forEach(example -> example.at("loss"));
    assertThat(file.readCaseNames()).isEmpty();
    file.cases("queue_cases").get(1).at("loss").number();
    file.at("v3_cases").at(0).at("grad_q1").tensor();
    assertThat(file.readCaseNames()).containsExactly("queue_cases[1]", "v3_cases[0]");
  }
}
