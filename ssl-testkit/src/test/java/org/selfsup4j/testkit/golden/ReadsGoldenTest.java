package org.selfsup4j.testkit.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs small test classes and looks at their ends. */
class ReadsGoldenTest {

  @ReadsGolden("byol.json")
  static class ReadsAll {
    @Test
    void first(GoldenFile file) {
      assertThat(file.cases("cases").get(0).at("loss").number()).isPositive();
    }

    @Nested
    class More {
      @Test
      void second(GoldenFile file) {
        assertThat(file.cases("cases").get(1).at("loss").number()).isPositive();
      }
    }
  }

  @ReadsGolden("byol.json")
  static class LeavesOneOut {
    @Test
    void first(GoldenFile file) {
      assertThat(file.cases("cases").get(0).at("loss").number()).isPositive();
    }

    @Test
    void another() {
      assertThat(1 + 1).isEqualTo(2);
    }
  }

  @ReadsGolden(value = "byol.json", cases = "cases[0]")
  static class ReadsWhatItDeclares {
    @Test
    void first(GoldenFile file) {
      assertThat(file.cases("cases").get(0).at("loss").number()).isPositive();
    }
  }

  @ReadsGolden(value = "byol.json", cases = "cases[7]")
  static class DeclaresWhatIsNotThere {
    @Test
    void first(GoldenFile file) {
      assertThat(file.about()).isNotEmpty();
    }
  }

  @ReadsGolden({"byol.json", "simsiam.json"})
  static class ReadsTwo {
    static Stream<GoldenNode> cases(@Golden("simsiam.json") GoldenFile file) {
      return file.cases("cases").stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void simSiam(GoldenNode example) {
      assertThat(example.at("loss").number()).isFinite();
    }

    @Test
    void byol(@Golden("byol.json") GoldenFile file) {
      file.cases("cases").forEach(example -> assertThat(example.at("loss").number()).isPositive());
    }
  }

  @ReadsGolden({"byol.json", "simsiam.json"})
  static class DoesNotSayWhich {
    @Test
    void one(GoldenFile file) {
      assertThat(file.about()).isNotEmpty();
    }
  }

  @Test
  void aClassThatReadsEveryCasePasses() {
    assertThat(failuresOf(selectClass(ReadsAll.class))).isEmpty();
    assertThat(failuresOf(selectClass(ReadsTwo.class))).isEmpty();
    assertThat(failuresOf(selectClass(ReadsWhatItDeclares.class))).isEmpty();
  }

  @Test
  void aCaseLeftOutFailsTheClass() {
    assertThat(failuresOf(selectClass(LeavesOneOut.class)))
        .singleElement()
        .asString()
        .contains("LeavesOneOut declares to read byol.json but read no value of [cases[1]]");
  }

  @Test
  void aCaseThatDoesNotExistFailsTheClass() {
    assertThat(failuresOf(selectClass(DeclaresWhatIsNotThere.class)))
        .singleElement()
        .asString()
        .contains("byol.json has no cases [cases[7]], it has [cases[0], cases[1]]");
  }

  @Test
  void oneMethodAloneMayLeaveCasesOut() {
    assertThat(
            failuresOf(
                selectMethod(
                    LeavesOneOut.class.getName() + "#first(" + GoldenFile.class.getName() + ")")))
        .isEmpty();
  }

  @Test
  void ofSeveralFilesAParameterSaysWhich() {
    assertThat(failuresOf(selectClass(DoesNotSayWhich.class)))
        .singleElement()
        .asString()
        .contains("say with @Golden which one");
  }

  private static List<String> failuresOf(DiscoverySelector selector) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selector)
        .execute()
        .allEvents()
        .failed()
        .stream()
        .map(Event::getPayload)
        .map(Object::toString)
        .toList();
  }
}
