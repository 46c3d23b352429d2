package org.selfsup4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.selfsup4j.core.LibraryVersion;
import picocli.CommandLine;

class SelfSupTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpNamesTheCommands() {
    assertThat(run("--help")).isZero();

    assertThat(out.toString()).contains("COMMAND").contains("pretrain");
  }

  @Test
  void versionIsTheLibrarys() {
    assertThat(run("--version")).isZero();

    assertThat(out.toString()).startsWith("selfsup4j " + LibraryVersion.current() + ", Java ");
  }

  @Test
  void unknownCommandIsRefusedWithWhatExists() {
    assertThat(run("pretrian")).isEqualTo(CommandLine.ExitCode.USAGE);

    assertThat(err.toString()).contains("pretrian").contains("pretrain");
  }

  @Test
  void noCommandIsRefusedWithTheUsage() {
    assertThat(run()).isEqualTo(CommandLine.ExitCode.USAGE);

    assertThat(err.toString()).contains("say which command to run").contains("Usage: selfsup");
  }

  private int run(String... arguments) {
    return SelfSup.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
