package org.selfsup4j.core.kernel;

/** Functions of one number as their definitions say. */
final class PlainFunctions {

  private PlainFunctions() {}

  static double unary(Unary f, double a, double b, double x) {
    return switch (f) {
      case LINEAR -> a * x + b;
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SQRT -> Math.sqrt(x);
      case ABS -> Math.abs(x);
      case POWER -> Math.pow(x, a);
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU -> x > 0 ? x : a * x;
      case ELU -> x > 0 ? x : a * Math.expm1(x);
      case GELU -> x * phi(x);
      case GELU_TANH -> x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case SILU -> x * sigmoid(x);
      case CLIP -> Math.min(Math.max(x, a), b);
    };
  }

  /** By central differences; exact enough away from kinks. */
  static double slope(Unary f, double a, double b, double x) {
    double h = 1e-4; // less than half of 1/4096
    double near = unary(f, a, b, x + h) - unary(f, a, b, x - h);
    double far = unary(f, a, b, x + 2 * h) - unary(f, a, b, x - 2 * h);
    return (8 * near - far) / (12 * h);
  }

  private static double sigmoid(double x) {
    return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
  }

  /** The normal distribution: a series of positive terms, a continued fraction far out. */
  static double phi(double x) {
    if (x < -5) { // Mills ratio, Laplace's continued fraction
      double fraction = -x;
      for (int k = 200; k >= 1; k--) {
        fraction = -x + k / fraction;
      }
      return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) / fraction;
    }
    if (x > 5) {
      return 1 - phi(-x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
