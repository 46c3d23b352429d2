package org.selfsup4j.examples;

import org.selfsup4j.core.LibraryVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code ./selfsup} starts: each command is a class of its own, listed here. */
@Command(
    name = "selfsup",
    description = "Pretrains image encoders without labels, and says what they are worth.",
    mixinStandardHelpOptions = true,
    versionProvider = SelfSup.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      Quickstart.class,
      Pretrain.class,
      Compare.class,
      Finetune.class,
      Transfer.class,
      Export.class,
      Bench.class,
      Jmh.class
    })
public final class SelfSup implements Runnable {

  @Spec private CommandSpec spec;

  /**
   * Runs the command that {@code arguments} name and ends the program: 0 where it succeeded, 1
   * where it failed, 2 where it was asked for wrongly.
   */
  public static void main(String[] arguments) {
    System.setProperty("org.bytedeco.javacpp.logger", "slf4j"); // its warnings go where ours go
    System.exit(commandLine().execute(arguments));
  }

  /** All commands, ready to be executed. */
  static CommandLine commandLine() {
    return new CommandLine(new SelfSup()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which command to run");
  }

  /** The line that {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "selfsup4j " + LibraryVersion.current() + ", Java " + Runtime.version().toString()
      };
    }
  }
}
