package org.selfsup4j.testkit.operations;

import org.selfsup4j.core.tensor.Attention;
import org.selfsup4j.core.tensor.Products;
import org.selfsup4j.testkit.CheckInput;
import org.selfsup4j.testkit.GradientCheck;

/** Products of matrices, linear layers, attention. */
final class ProductChecks {

  private ProductChecks() {}

  static void addTo(CheckList list) {
    addMatmul(list);
    addLinear(list);
    addAttention(list);
  }

  private static void addMatmul(CheckList list) {
    list.add(
        GradientCheck.of(
                "Products.matmul(Tensor, Tensor)", t -> Products.matmul(t.get(0), t.get(1)))
            .input(3, 4)
            .input(4, 5));
    list.add(
        GradientCheck.of("Tensor.matmul(Tensor): squares", t -> t.get(0).matmul(t.get(1)))
            .input(3, 3)
            .input(3, 3));
    list.add(
        GradientCheck.of(
                "Tensor.matmul(Tensor): by its own transpose",
                t -> t.get(0).matmul(t.get(0).transpose()))
            .input(2, 3, 4));
    list.add(
        GradientCheck.of("Tensor.matmul(Tensor): batches", t -> t.get(0).matmul(t.get(1)))
            .input(2, 3, 3, 2)
            .input(2, 3, 2, 5));
    list.add(
        GradientCheck.of(
                "Tensor.matmul(Tensor): one matrix for all", t -> t.get(0).matmul(t.get(1)))
            .input(2, 3, 4)
            .input(4, 2));
    list.add(
        GradientCheck.of("Tensor.matmul(Tensor): leading axes", t -> t.get(0).matmul(t.get(1)))
            .input(2, 1, 3, 4)
            .input(3, 4, 2));
    list.add(
        GradientCheck.of("Tensor.matmul(Tensor): rows and columns", t -> t.get(0).matmul(t.get(1)))
            .input(1, 5)
            .input(5, 1));
    list.add(
        GradientCheck.of("Tensor.matmul(Tensor): inner size 1", t -> t.get(0).matmul(t.get(1)))
            .input(2, 3, 1)
            .input(2, 1, 4));
  }

  private static void addLinear(CheckList list) {
    list.add(
        GradientCheck.of(
                "Products.linear(Tensor, Tensor, Tensor)",
                t -> Products.linear(t.get(0), t.get(1), t.get(2)))
            .input(CheckInput.of("x", 2, 3, 4))
            .input(CheckInput.of("weight", 5, 4))
            .input(CheckInput.of("bias", 5)));
    list.add(
        GradientCheck.of(
                "Products.linear(Tensor, Tensor, Tensor): without bias",
                t -> Products.linear(t.get(0), t.get(1), null))
            .input(CheckInput.of("x", 7, 3))
            .input(CheckInput.of("weight", 2, 3)));
    list.add(
        GradientCheck.of(
                "Products.linear(Tensor, Tensor, Tensor): one vector",
                t -> Products.linear(t.get(0), t.get(1), t.get(2)))
            .input(CheckInput.of("x", 3))
            .input(CheckInput.of("weight", 1, 3))
            .input(CheckInput.of("bias", 1)));
    list.add(
        GradientCheck.of(
                "Products.linear(Tensor, Tensor, Tensor, Tensor)",
                t -> Products.linear(t.get(0), t.get(1), t.get(2), t.get(3)))
            .input(CheckInput.of("x", 2, 3, 4))
            .input(CheckInput.of("weight", 4, 4))
            .input(CheckInput.of("bias", 4))
            .input(CheckInput.of("residual", 2, 3, 4)));
    list.add(
        GradientCheck.of(
                "Products.linear(Tensor, Tensor, Tensor, Tensor): residual alone",
                t -> Products.linear(t.get(0), t.get(1), null, t.get(2)))
            .input(CheckInput.of("x", 3, 2))
            .input(CheckInput.of("weight", 5, 2))
            .input(CheckInput.of("residual", 3, 5)));
  }

  private static void addAttention(CheckList list) {
    list.add(
        GradientCheck.of(
                "Attention.attend(Tensor, Tensor, Tensor)",
                t -> Attention.attend(t.get(0), t.get(1), t.get(2)))
            .input(CheckInput.of("q", 2, 3, 4))
            .input(CheckInput.of("k", 2, 5, 4))
            .input(CheckInput.of("v", 2, 5, 2)));
    list.add(
        GradientCheck.of(
                "Attention.attend(Tensor, Tensor, Tensor): heads",
                t -> Attention.attend(t.get(0), t.get(1), t.get(2)))
            .input(CheckInput.of("q", 2, 2, 3, 4))
            .input(CheckInput.of("k", 2, 2, 3, 4))
            .input(CheckInput.of("v", 2, 2, 3, 4)));
    String mlp = "Products.mlp(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)";
    list.add(
        GradientCheck.of(
                mlp, t -> Products.mlp(t.get(0), t.get(1), t.get(2), t.get(3), t.get(4), t.get(5)))
            .input(CheckInput.of("x", 2, 3, 4))
            .input(CheckInput.of("w1", 5, 4))
            .input(CheckInput.of("b1", 5))
            .input(CheckInput.of("w2", 3, 5))
            .input(CheckInput.of("b2", 3))
            .input(CheckInput.of("residual", 2, 3, 3)));
    list.add(
        GradientCheck.of(
                mlp + ": of its own input, without biases",
                t -> Products.mlp(t.get(0), t.get(1), null, t.get(2), null, t.get(0)))
            .input(CheckInput.of("x", 2, 4))
            .input(CheckInput.of("w1", 5, 4))
            .input(CheckInput.of("w2", 4, 5)));
    list.add(
        GradientCheck.of("Attention.weights(Tensor, int)", t -> Attention.weights(t.get(0), 2))
            .input(CheckInput.of("qkv", 2, 3, 24)));
    list.add(
        GradientCheck.of(
                "Attention.selfAttention(Tensor, int)", t -> Attention.selfAttention(t.get(0), 2))
            .input(CheckInput.of("qkv", 2, 3, 24)));
    list.add(
        GradientCheck.of(
                "Attention.selfAttention(Tensor, int): one head, one sample",
                t -> Attention.selfAttention(t.get(0), 1))
            .input(CheckInput.of("qkv", 1, 5, 9).between(-2, 2)));
    list.add(
        GradientCheck.of(
                "Attention.crossAttention(Tensor, Tensor, int)",
                t -> Attention.crossAttention(t.get(0), t.get(1), 2))
            .input(CheckInput.of("q", 2, 3, 8))
            .input(CheckInput.of("kv", 2, 5, 16)));
    list.add(
        GradientCheck.of(
                "Attention.crossAttention(Tensor, Tensor, int): one query",
                t -> Attention.crossAttention(t.get(0), t.get(1), 1))
            .input(CheckInput.of("q", 2, 1, 3).between(-2, 2))
            .input(CheckInput.of("kv", 2, 4, 6)));
  }
}
