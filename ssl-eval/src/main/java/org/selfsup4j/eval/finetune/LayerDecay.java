package org.selfsup4j.eval.finetune;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.selfsup4j.core.encoder.ImageEncoder;
import org.selfsup4j.core.module.Parts;
import org.selfsup4j.core.optim.ParameterGroup;
import org.selfsup4j.core.tensor.Shape;

/**
 * Learning rates that shrink towards the pixels (Clark et al. 2020, "ELECTRA"; MAE's table 9): of L
 * blocks, those of block i get {@code factor^(L - i)}, the patches and positions before them {@code
 * factor^(L + 1)}, the norm and the head behind them 1.
 *
 * @param factor in (0, 1]; .75 in MAE
 */
public record LayerDecay(double factor) {

  private static final Pattern BLOCK = Pattern.compile("^encoder\\.blocks\\.(\\d+)\\..*");
  private static final Pattern BEFORE =
      Pattern.compile("^encoder\\.(patchEmbedding\\..*|classToken|positions)$");
  private static final Pattern TOKENS = Pattern.compile("^encoder\\.(classToken|positions)$");

  /** Checks the range. */
  public LayerDecay {
    if (!(factor > 0 && factor <= 1)) {
      throw new IllegalArgumentException(
          "the layer decay is " + factor + ": it must be above 0 and at most 1, for example 0.75");
    }
  }

  /** MAE's .75 where {@code encoder} has a list of blocks, else the same rate for all. */
  public static LayerDecay of(ImageEncoder encoder) {
    boolean blocks =
        Parts.of(encoder).parameters().keySet().stream()
            .anyMatch(name -> BLOCK.matcher("encoder." + name).matches());
    return blocks ? new LayerDecay(0.75) : none();
  }

  /** The same rate for all. */
  public static LayerDecay none() {
    return new LayerDecay(1);
  }

  /**
   * Groups of the parameters of {@code task}, whose component {@code encoder} is the encoder: two
   * for each layer, one without weight decay.
   *
   * @throws IllegalArgumentException if the rates shall shrink but the encoder has no blocks
   */
  List<ParameterGroup> groups(Parts task) {
    int blocks = blocks(task.parameters());
    if (factor == 1) {
      return List.of(undecayed("all", name -> true, 1), decayed("all", name -> true, 1));
    }
    if (blocks == 0) {
      throw new IllegalArgumentException(
          "a layer decay of "
              + factor
              + " needs an encoder with a list of 'blocks', as a vision transformer has: leave it"
              + " out");
    }
    List<ParameterGroup> groups = new ArrayList<>();
    for (int layer = 0; layer <= blocks + 1; layer++) {
      int own = layer;
      double rate = Math.pow(factor, blocks + 1 - layer);
      groups.add(undecayed("layer " + layer, name -> layer(name, blocks) == own, rate));
      groups.add(decayed("layer " + layer, name -> layer(name, blocks) == own, rate));
    }
    return groups;
  }

  private static int blocks(Map<String, ?> parameters) {
    return parameters.keySet().stream()
        .map(BLOCK::matcher)
        .filter(Matcher::matches)
        .mapToInt(block -> 1 + Integer.parseInt(block.group(1)))
        .max()
        .orElse(0);
  }

  /** 0 for what comes before the blocks, i + 1 for block i, then what comes behind them. */
  private static int layer(String name, int blocks) {
    Matcher block = BLOCK.matcher(name);
    if (block.matches()) {
      return 1 + Integer.parseInt(block.group(1));
    }
    return BEFORE.matcher(name).matches() ? 0 : blocks + 1;
  }

  private interface Names {
    boolean hold(String name);
  }

  private static ParameterGroup undecayed(String group, Names names, double rate) {
    return new ParameterGroup(
        group + ", no decay",
        (name, shape) -> names.hold(name) && isUndecayed(name, shape),
        false,
        rate);
  }

  private static ParameterGroup decayed(String group, Names names, double rate) {
    return new ParameterGroup(group, (name, shape) -> names.hold(name), true, rate);
  }

  private static boolean isUndecayed(String name, Shape shape) {
    return shape.rank() <= 1 || TOKENS.matcher(name).matches();
  }
}
