package org.selfsup4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.selfsup4j.benchmarks.LoaderTiming;
import org.selfsup4j.core.train.LoaderShare;
import picocli.CommandLine;

class BenchLoadersTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine commands = SelfSup.commandLine();
    commands.setOut(new PrintWriter(out));
    commands.setErr(new PrintWriter(err));
    return commands.execute(arguments);
  }

  @Test
  void aStepIsTimedWithAndWithoutItsLoader() throws IOException {
    assertThat(run("bench", "--loaders", "--workload", "simclr-narrow18-32", "--steps", "1"))
        .as(err.toString())
        .isZero();
    JsonNode line = new ObjectMapper().readTree(out.toString());
    assertThat(line.path("workload").asText()).isEqualTo("simclr-narrow18-32");
    assertThat(line.path("images").asInt()).isEqualTo(64);
    for (String number : new String[] {"step_alone_ms", "step_loaded_ms", "loader_core_ms"}) {
      assertThat(line.path(number).asDouble()).as(number).isPositive();
    }
  }

  @Test
  void theBarIsAStepAndATwentiethAndTheLoadersShareOfACore() {
    LoaderTiming timing = new LoaderTiming("it", 64, 4, new LoaderShare(4, 0), 200, 220, 80);
    assertThat(timing.barMillis()).isEqualTo(1.05 * 200 + 80 / 4.0);
    assertThat(timing.toJson()).contains("\"of_bar\":0.957,\"loaded_over_alone\":1.1}");
  }

  @Test
  void aWorkloadWithoutALoaderIsExplained() {
    assertThat(run("bench", "--loaders", "--workload", "mae-vit-tiny-224")).isEqualTo(2);
    assertThat(err.toString())
        .contains("no workload with a loader is named 'mae-vit-tiny-224': choose one of [simclr-");
  }
}
