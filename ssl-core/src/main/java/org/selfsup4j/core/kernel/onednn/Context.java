package org.selfsup4j.core.kernel.onednn;

import java.util.ArrayList;
import java.util.List;
import org.selfsup4j.core.kernel.CallCounts;

/** What the families of kernels of one set share. */
final class Context {

  private final Engine engine = new Engine();
  private final Scratch scratch = new Scratch();
  private final Constants constants = new Constants();
  private final CallCounts counts;
  private final List<Plans<?>> caches = new ArrayList<>();
  private final Copies copies;

  /** Of a set that counts its calls in {@code counts}. */
  Context(CallCounts counts) {
    this.counts = counts;
    this.copies = new Copies(this);
  }

  Scratch scratch() {
    return scratch;
  }

  Constants constants() {
    return constants;
  }

  Copies copies() {
    return copies;
  }

  CallCounts counts() {
    return counts;
  }

  void count(String operation, Call call) {
    counts.count(operation, call.implementation());
  }

  /** A cache that {@link #clearPlans} knows. */
  <P extends Plan> Plans<P> plans() {
    Plans<P> plans = new Plans<>();
    caches.add(plans);
    return plans;
  }

  void clearPlans() {
    caches.forEach(Plans::clear);
  }

  Build build(String description) {
    return new Build(engine, scratch, description);
  }
}
