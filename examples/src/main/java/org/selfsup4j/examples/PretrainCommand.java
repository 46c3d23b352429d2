package org.selfsup4j.examples;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/**
 * A {@code pretrain} command: options of its own, and the method that they make. It is listed in
 * {@link Pretrain}, where {@code compare} finds it, too.
 */
abstract class PretrainCommand implements Callable<Integer> {

  @Mixin private PretrainOptions options;

  /** The method with the options that were given. */
  abstract PretrainMethod method();

  @Override
  public final Integer call() {
    return options.run(method());
  }
}
