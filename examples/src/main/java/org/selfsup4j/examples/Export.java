package org.selfsup4j.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.NameMap;
import org.selfsup4j.core.train.EncoderFile;
import org.selfsup4j.models.ResNet;
import org.selfsup4j.models.VisionTransformer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code selfsup export}: a run's encoder under the names that PyTorch's libraries use. */
@Command(
    name = "export",
    description = {
      "Writes a run's encoder as safetensors under timm's names (a ViT) or torchvision's (a ResNet),",
      "for load_state_dict in PyTorch."
    },
    mixinStandardHelpOptions = true)
final class Export implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private EncoderFileOptions from;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The file to write; there must be none of that name.")
  private Path out;

  @Override
  public Integer call() {
    return UserMistakes.explained(spec, this::export);
  }

  private void export() {
    if (Files.exists(out)) {
      throw new IllegalArgumentException(
          "--out is " + out + ", which exists: name a new file, or move that one away");
    }
    StoredEncoder stored = from.open();
    Names names = Names.of(stored.pretrained());
    EncoderFile.write(out, stored.pretrained(), names.map, stored.header());
    spec.commandLine().getOut().printf("%s: under %s names%n", out, names.owner);
    spec.commandLine().getOut().flush();
  }

  /** Whose names an encoder's weights get. */
  private record Names(String owner, NameMap map) {
    static Names of(ImageEncoder encoder) {
      if (encoder instanceof VisionTransformer transformer) {
        return new Names("timm's", transformer.timmNames());
      }
      if (encoder instanceof ResNet network) {
        return new Names("torchvision's", network.torchvisionNames());
      }
      throw new IllegalArgumentException("no library's names are known for " + encoder);
    }
  }
}
