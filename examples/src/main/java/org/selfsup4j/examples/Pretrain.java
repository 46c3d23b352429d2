package org.selfsup4j.examples;

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
      PretrainDino.class
    })
final class Pretrain implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which task to pretrain with");
  }
}
