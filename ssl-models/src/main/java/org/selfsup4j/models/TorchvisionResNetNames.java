package org.selfsup4j.models;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.selfsup4j.core.module.NameMap;

/**
 *
 *
 * <pre>
 * stem.convolution.weight                    conv1.weight
 * stem.norm.runningVariance                  bn1.running_var
 * stages.0.1.path.0.convolution.weight       layer1.1.conv1.weight
 * stages.0.1.path.0.norm.bias                layer1.1.bn1.bias
 * stages.1.0.shortcut.convolution.weight     layer2.0.downsample.0.weight
 * stages.1.0.shortcut.norm.runningMean       layer2.0.downsample.1.running_mean
 * </pre>
 */
record TorchvisionResNetNames() implements NameMap {

  private static final Pattern BLOCK = Pattern.compile("stages\\.(\\d+)\\.(\\d+)\\.(.+)");
  private static final Pattern PATH = Pattern.compile("path\\.(\\d+)\\.(.+)");

  @Override
  public String foreign(String part) {
    Matcher block = BLOCK.matcher(part);
    if (!block.matches()) {
      return unit(part, "stem.", "conv1.", "bn1.");
    }
    String prefix = "layer" + next(block.group(1)) + "." + block.group(2) + ".";
    Matcher path = PATH.matcher(block.group(3));
    if (path.matches()) {
      int number = next(path.group(1));
      return prefix + unit(path.group(2), "", "conv" + number + ".", "bn" + number + ".");
    }
    return prefix + unit(block.group(3), "shortcut.", "downsample.0.", "downsample.1.");
  }

  @Override
  public boolean ignores(String foreign) {
    return foreign.startsWith("fc.") || foreign.endsWith(".num_batches_tracked");
  }

  private static String unit(String part, String ours, String convolution, String norm) {
    return part.replace(ours + "convolution.", convolution)
        .replace(ours + "norm.", norm)
        .replace("runningMean", "running_mean")
        .replace("runningVariance", "running_var");
  }

  private static int next(String number) {
    return Integer.parseInt(number) + 1;
  }
}
