package org.selfsup4j.core.kernel.onednn;

import java.util.Optional;
import org.selfsup4j.core.kernel.Binary;
import org.selfsup4j.core.kernel.CallCounts;
import org.selfsup4j.core.kernel.Epilogue;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.kernel.Reduction;
import org.selfsup4j.core.kernel.Team;
import org.selfsup4j.core.kernel.Unary;
import org.selfsup4j.core.memory.Block;
import org.selfsup4j.core.memory.ElementType;

/**
 * Kernels on oneDNN, for FLOAT in the host's memory; what oneDNN does not compute, or not as the
 * contract says, is handed to the portable set.
 */
public final class OneDnnKernels extends ImageKernels {

  /**
   * To be raised with every change after which the last digits of a result may differ, such as
   * another choice among oneDNN's implementations: a run that was stopped before it cannot go on to
   * the same bits, and says so.
   */
  private static final int REVISION = 2;

  private final Elementwise elementwise = new Elementwise(context);
  private final Binaries binaries = new Binaries(context);
  private final LinearWeights linearWeights = new LinearWeights(context);
  private final LayerNorms layerNorms = new LayerNorms(context);
  private final Sums sums = new Sums(context, binaries);
  private final Masks masks = new Masks(context);
  private final Reductions reductions = new Reductions(context, products, elementwise);
  private final Softmaxes softmaxes = new Softmaxes(context, reductions, binaries);
  private final Rows rows = new Rows(context);
  private final Squares squares = new Squares(context, products);
  private final Largest largest = new Largest(context);
  private final Fetches fetches = new Fetches();
  private final Updates updates = new Updates(context);
  private final Teams teams;

  /** Kernels that hand what they do not compute to {@code portable}. */
  public OneDnnKernels(Kernels portable) {
    this(portable, new CallCounts(), Teams.MOST);
  }

  /** The same with calls counted elsewhere, and a team of at most {@code members}: none below 2. */
  OneDnnKernels(Kernels portable, CallCounts counts, int members) {
    super(portable, counts);
    this.teams = new Teams(members);
  }

  @Override
  public String name() {
    return OneDnnProvider.NAME;
  }

  @Override
  public String implementation() {
    return name() + " " + Engine.version() + " " + Engine.instructions() + " r" + REVISION;
  }

  /** Whether this set computes on {@code y} where it serves FLOAT alone. */
  private boolean mine(Block y) {
    return y.type() == ElementType.FLOAT && mixed(y);
  }

  @Override
  public void fill(Block y, double value) {
    String how = y.count() == 0 ? null : context.copies().fill(y, value);
    if (how != null) {
      context.counts().count("fill", how);
    } else {
      super.fill(y, value);
    }
  }

  @Override
  public void copy(Block x, Block y) {
    String how = y.count() == 0 ? null : context.copies().copyAny(x, y);
    if (how != null) {
      context.counts().count("copy", how);
    } else {
      super.copy(x, y);
    }
  }

  @Override
  public void unary(Unary f, double a, double b, Block x, Block y) {
    if (mixed(y) && Elementwise.serves(f)) {
      elementwise.unary(f, a, b, x, y);
    } else {
      super.unary(f, a, b, x, y);
    }
  }

  @Override
  public void unaryBackward(Unary f, double a, double b, Block x, Block dy, Block dx) {
    if (mixed(dx) && Elementwise.servesBackward(f)) {
      elementwise.unaryBackward(f, a, b, x, dy, dx);
    } else {
      super.unaryBackward(f, a, b, x, dy, dx);
    }
  }

  @Override
  public void binary(Binary f, Block a, Block b, Block y) {
    if (mixed(a)) {
      binaries.binary(f, a, b, y);
    } else {
      super.binary(f, a, b, y);
    }
  }

  @Override
  public void addScaled(double alpha, Block x, double beta, Block y) {
    if (mixed(y)) {
      sums.addScaled(alpha, x, beta, y);
    } else {
      super.addScaled(alpha, x, beta, y);
    }
  }

  @Override
  public void where(Block mask, Block a, Block b, Block y) {
    if (a.type() == ElementType.FLOAT && b.type() == ElementType.FLOAT && mine(y)) {
      masks.where(mask, a, b, y);
    } else {
      super.where(mask, a, b, y);
    }
  }

  @Override
  public void reduce(Reduction f, Block x, Block y) {
    if (x.count() > 0 && mixed(y)) {
      reductions.reduce(f, x, y);
    } else {
      super.reduce(f, x, y);
    }
  }

  @Override
  public void argMax(int axis, Block x, Block y) {
    if (x.count() > 0 && mine(x)) {
      largest.find(axis, x, y);
    } else {
      super.argMax(axis, x, y);
    }
  }

  @Override
  public double sumOfSquares(Block x) {
    return mine(x) ? squares.sum(x) : super.sumOfSquares(x);
  }

  @Override
  public double squaredNorm(Block x) {
    return mine(x) ? squares.norm(x) : super.squaredNorm(x);
  }

  @Override
  public void matmul(Block a, Block b, Epilogue epilogue, Block c, boolean accumulate) {
    if (a.count() > 0 && mixed(c)) {
      products.matmul(a, b, epilogue, c, accumulate);
    } else {
      super.matmul(a, b, epilogue, c, accumulate);
    }
  }

  @Override
  public void linearWeights(Block x, Block dy, Block dw, Block db) {
    if (!(x.count() > 0 && mixed(dw) && linearWeights.run(x, dy, dw, db, threads()))) {
      super.linearWeights(x, dy, dw, db);
    }
  }

  @Override
  public void layerNorm(
      Block x, Block gamma, Block beta, double epsilon, Block y, Block mean, Block variance) {
    if (mixed(y)) {
      layerNorms.forward(x, gamma, beta, epsilon, y, mean, variance);
    } else {
      super.layerNorm(x, gamma, beta, epsilon, y, mean, variance);
    }
  }

  @Override
  public void layerNormBackward(
      Block x,
      Block gamma,
      double epsilon,
      Block mean,
      Block variance,
      Block dy,
      Block dx,
      Block dgamma,
      Block dbeta) {
    if (mixed(x)) {
      layerNorms.backward(x, gamma, epsilon, mean, variance, dy, dx, dgamma, dbeta);
    } else {
      super.layerNormBackward(x, gamma, epsilon, mean, variance, dy, dx, dgamma, dbeta);
    }
  }

  @Override
  public void softmax(boolean logarithm, Block x, Block y) {
    if (mixed(y)) {
      softmaxes.softmax(logarithm, x, y);
    } else {
      super.softmax(logarithm, x, y);
    }
  }

  @Override
  public void softmaxBackward(boolean logarithm, Block y, Block dy, Block dx) {
    if (mixed(y)) {
      softmaxes.softmaxBackward(logarithm, y, dy, dx);
    } else {
      super.softmaxBackward(logarithm, y, dy, dx);
    }
  }

  @Override
  public void gatherRows(Block table, Block ids, Block y) {
    if (y.count() > 0 && Rows.hasPlainRows(table) && Rows.hasPlainRows(y)) {
      rows.gather(table, ids, y);
    } else {
      super.gatherRows(table, ids, y);
    }
  }

  @Override
  public void scatterAddRows(Block added, Block ids, Block table) {
    if (mine(added) && Rows.hasPlainRows(added) && Rows.hasPlainRows(table)) {
      rows.scatterAdd(added, ids, table);
    } else {
      super.scatterAddRows(added, ids, table);
    }
  }

  @Override
  public void sgd(
      Block parameter,
      Block gradient,
      Block velocity,
      double rate,
      double momentum,
      double decay,
      boolean nesterov,
      boolean first) {
    if (mine(parameter)) {
      updates.sgd(parameter, gradient, velocity, rate, momentum, decay, nesterov, first);
      return;
    }
    super.sgd(parameter, gradient, velocity, rate, momentum, decay, nesterov, first);
  }

  @Override
  public void adamW(
      Block parameter,
      Block gradient,
      Block first,
      Block second,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      long step) {
    if (mine(parameter) && Updates.serves(rate, decay)) {
      updates.adamW(
          parameter, gradient, first, second, rate, beta1, beta2, epsilon, decay, (double) step);
      return;
    }
    super.adamW(parameter, gradient, first, second, rate, beta1, beta2, epsilon, decay, step);
  }

  @Override
  public void fetch(Block x) {
    if (threads() == 1) {
      fetches.fetch(x);
    }
  }

  @Override
  public boolean accelerates(String operation, ElementType type) {
    return Served.serves(operation, type);
  }

  @Override
  public void setThreads(int threads) {
    if (threads != threads()) {
      super.setThreads(threads); // ND4J's setting is the OpenMP team that oneDNN uses too
      context.clearPlans();
    }
  }

  @Override
  public Optional<Team> team() {
    return teams.of(threads(), calls());
  }
}
