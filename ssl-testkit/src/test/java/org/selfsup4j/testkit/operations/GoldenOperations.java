package org.selfsup4j.testkit.operations;

import java.util.Map;
import java.util.stream.LongStream;
import org.selfsup4j.core.kernel.Window;
import org.selfsup4j.core.tensor.Activations;
import org.selfsup4j.core.tensor.Attention;
import org.selfsup4j.core.tensor.Convolutions;
import org.selfsup4j.core.tensor.Losses;
import org.selfsup4j.core.tensor.Losses.Batch;
import org.selfsup4j.core.tensor.Normalizations;
import org.selfsup4j.core.tensor.Pooling;
import org.selfsup4j.core.tensor.Products;
import org.selfsup4j.core.tensor.Reductions;
import org.selfsup4j.core.tensor.Rows;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.core.tensor.Tensor;
import org.selfsup4j.testkit.golden.GoldenNode;
import org.selfsup4j.testkit.golden.GoldenTensor;

/**
 * The operations of {@code ops.json} by PyTorch's names.
 *
 * @param example the case
 * @param attributes its settings
 * @param inputs by the names of their arguments
 * @param session for constants
 */
record GoldenOperations(
    GoldenNode example, GoldenNode attributes, Map<String, Tensor> inputs, Session session) {

  Tensor apply() {
    Tensor x = inputs.get("x");
    return switch (example.at("op").text()) {
      case "conv2d" -> Convolutions.conv2d(x, get("w"), inputs.get("b"), window(), groups());
      case "conv1d" -> conv1d(x);
      case "conv_transpose2d" -> convTranspose2d(x);
      case "max_pool2d" -> maxPool2d(x);
      case "avg_pool2d" ->
          Pooling.averagePool2d(x, square(), attributes.at("count_include_pad").flag());
      case "adaptive_avg_pool2d" ->
          Pooling.adaptiveAveragePool2d(x, pair("out")[0], pair("out")[1]);
      case "batch_norm_train", "batch_norm_eval" -> batchNorm(x);
      case "layer_norm" -> Normalizations.layerNorm(x, get("weight"), get("bias"), epsilon());
      case "group_norm" ->
          Normalizations.groupNorm(x, groups(), get("weight"), get("bias"), epsilon());
      case "gelu" ->
          attributes.at("approximate").text().equals("tanh")
              ? Activations.geluTanh(x)
              : Activations.gelu(x);
      case "softmax" -> Normalizations.softmax(x, axis());
      case "log_softmax" -> Normalizations.logSoftmax(x, axis());
      case "sigmoid" -> Activations.sigmoid(x);
      case "softplus" -> Activations.softplus(x);
      case "silu" -> Activations.silu(x);
      case "tanh" -> Activations.tanh(x);
      default -> lossOrProduct(x);
    };
  }

  private Tensor lossOrProduct(Tensor x) {
    return switch (example.at("op").text()) {
      case "cross_entropy" -> crossEntropy(x);
      case "cross_entropy_ignore" -> Losses.crossEntropy(x, ids());
      case "cross_entropy_soft" -> Losses.softCrossEntropy(x, targets());
      case "smooth_l1" -> Losses.smoothL1(x, get("target"), attributes.at("beta").number());
      case "mse" -> Losses.meanSquaredError(x, get("target"));
      case "binary_cross_entropy_with_logits" -> Losses.binaryCrossEntropy(x, get("target"));
      case "kl_div" -> Losses.klDivergence(x, targets());
      case "embedding" -> Rows.gather(get("weight"), ids());
      case "scatter_add" -> Rows.scatterAdd(x, ids(), get("src"));
      case "gather" -> Rows.pick(x, ids());
      case "l2_normalize" -> Reductions.l2Normalize(x, axis(), attributes.at("eps").number());
      case "var" -> Reductions.variance(x, attributes.at("unbiased").flag(), axis());
      case "logsumexp" -> Reductions.logSumExp(x, axis());
      case "attention" -> Attention.attend(get("q"), get("k"), get("v"));
      case "linear" -> Products.linear(x, get("w"), get("b"));
      case "matmul" -> Products.matmul(get("a"), get("b"));
      case "weight_norm" -> Reductions.l2Normalize(get("v")).times(get("g"));
      default -> throw new IllegalArgumentException("no operation for " + example);
    };
  }

  private Tensor conv1d(Tensor x) {
    return Convolutions.conv1d(
        x,
        get("w"),
        get("b"),
        attributes.at("stride").integer(),
        attributes.at("padding").integer(),
        attributes.at("dilation").integer(),
        groups());
  }

  private Tensor convTranspose2d(Tensor x) {
    int size = (int) get("w").size(2);
    Window window =
        Window.square(size, attributes.at("stride").integer(), attributes.at("padding").integer());
    int outputPadding = attributes.at("output_padding").integer();
    return Convolutions.convTranspose2d(x, get("w"), get("b"), window, 1, outputPadding);
  }

  private Tensor maxPool2d(Tensor x) {
    Window window = square();
    return Pooling.maxPool2d(
        x,
        attributes.at("ceil_mode").flag()
            ? Pooling.reachingBorder(window, x.size(2), x.size(3))
            : window);
  }

  private Tensor batchNorm(Tensor x) {
    if (!attributes.has("running_mean")) {
      return Normalizations.batchNorm(x, get("weight"), get("bias"), epsilon(), null, false)
          .output();
    }
    return Normalizations.batchNormWith(
        constant(attributes.at("running_mean").tensor()),
        constant(attributes.at("running_var").tensor()),
        x,
        get("weight"),
        get("bias"),
        epsilon(),
        null,
        false);
  }

  private Tensor crossEntropy(Tensor x) {
    double smoothing =
        attributes.has("label_smoothing") ? attributes.at("label_smoothing").number() : 0;
    boolean sum = attributes.at("reduction").text().equals("sum");
    return Losses.crossEntropy(x, ids(), smoothing, sum ? Batch.SUM : Batch.MEAN);
  }

  private Tensor get(String name) {
    Tensor tensor = inputs.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(example + " has no input " + name);
    }
    return tensor;
  }

  private Tensor constant(GoldenTensor stored) {
    Tensor any = inputs.values().iterator().next();
    return session.tensor(any.type(), stored.values(), stored.shape());
  }

  private Tensor targets() {
    return constant(attributes.at("targets").tensor());
  }

  private Tensor ids() {
    GoldenNode ids = example.at("integers").at("ids");
    return session.ids(ids.integers(), ids.tensor().shape());
  }

  private double epsilon() {
    return attributes.at("eps").number();
  }

  private int groups() {
    return attributes.at("groups").integer();
  }

  private int axis() {
    return attributes.at("dim").integer();
  }

  private int[] pair(String key) {
    return LongStream.of(attributes.at(key).integers()).mapToInt(Math::toIntExact).toArray();
  }

  private Window square() {
    return Window.square(
        attributes.at("kernel").integer(),
        attributes.at("stride").integer(),
        attributes.at("padding").integer());
  }

  private Window window() {
    int[] stride = pair("stride");
    int[] padding = pair("padding");
    int[] dilation = pair("dilation");
    return Window.of(
            (int) get("w").size(2),
            (int) get("w").size(3),
            stride[0],
            stride[1],
            padding[0],
            padding[1])
        .withDilation(dilation[0], dilation[1]);
  }
}
