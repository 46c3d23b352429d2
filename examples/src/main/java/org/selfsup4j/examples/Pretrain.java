package org.selfsup4j.examples;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code selfsup pretrain TASK}: one subcommand for each pretext task. */
@Command(
    name = "pretrain",
    description = "Pretrains an encoder with one pretext task.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "TASK",
    subcommands = {
      PretrainSimClr.class,
      PretrainMae.class,
      PretrainRotation.class,
      PretrainMocoV2.class,
      PretrainMocoV3.class,
      PretrainInpainting.class,
      PretrainJigsaw.class,
      PretrainDino.class,
      PretrainDeepCluster.class,
      PretrainInstance.class
    })
final class Pretrain implements Runnable {

  @Spec private CommandSpec spec;

  /** The methods of all subcommands at their defaults, by the names of these; they stay silent. */
  static Map<String, PretrainMethod> methods() {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    Map<String, PretrainMethod> methods = new LinkedHashMap<>();
    for (CommandLine each :
        List.copyOf(new CommandLine(new Pretrain()).getSubcommands().values())) {
      String name = each.getCommandName(); // not its aliases
      CommandLine commands = new CommandLine(new Pretrain()).setOut(nowhere);
      commands.parseArgs(name, "--out", "none"); // sets the defaults of all options
      if (commands.getSubcommands().get(name).getCommand() instanceof PretrainCommand command) {
        methods.put(name, command.method());
      }
    }
    return methods;
  }

  /** The name of the subcommand that is called {@code alias}; the alias itself if none is. */
  static String named(String alias) {
    CommandLine command = new CommandLine(new Pretrain()).getSubcommands().get(alias);
    return command == null ? alias : command.getCommandName();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which task to pretrain with");
  }
}
