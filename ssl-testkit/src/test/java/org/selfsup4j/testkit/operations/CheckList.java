package org.selfsup4j.testkit.operations;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.selfsup4j.core.tensor.Session;
import org.selfsup4j.testkit.GradientCheck;

/**
 * The checks of all operations. Each is named {@code Class.method(Parameter, types): example}, by
 * which the listing of operations finds it.
 */
final class CheckList {

  /** A check of {@code method}, run on the kernels under test. */
  record Entry(String method, String name, Consumer<KernelsUnderTest> check) {
    @Override
    public String toString() {
      return name;
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  /** All there are. */
  static List<Entry> all() {
    CheckList list = new CheckList();
    ElementwiseChecks.addTo(list);
    ReductionChecks.addTo(list);
    ViewChecks.addTo(list);
    ProductChecks.addTo(list);
    ConvolutionChecks.addTo(list);
    PoolingChecks.addTo(list);
    NormalizationChecks.addTo(list);
    RowChecks.addTo(list);
    LossChecks.addTo(list);
    NoiseChecks.addTo(list);
    return Collections.unmodifiableList(list.entries);
  }

  /** A check of gradients. */
  void add(GradientCheck check) {
    add(check.operation(), kernels -> check.andOn(kernels.all()).run(kernels.portable()));
  }

  /** A check of values, for an operation without gradients. */
  void addValues(String name, Consumer<Session> check) {
    add(name, kernels -> kernels.inEverySession(check));
  }

  private void add(String name, Consumer<KernelsUnderTest> check) {
    int colon = name.indexOf(": ");
    entries.add(new Entry(colon < 0 ? name : name.substring(0, colon), name, check));
  }
}
