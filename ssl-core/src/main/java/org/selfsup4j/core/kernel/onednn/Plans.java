package org.selfsup4j.core.kernel.onednn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Plans by what they depend on. A program that never stops making new shapes does not fill the
 * memory: beyond a bound the plan that was not used for the longest time goes.
 */
final class Plans<P extends Plan> {

  private static final int BOUND = 1024;

  private final Key key = new Key();
  private final Map<Key, P> plans =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, P> eldest) {
          if (size() <= BOUND) {
            return false;
          }
          eldest.getValue().close();
          return true;
        }
      };

  /** The key to be filled for the next look-up. */
  Key key() {
    return key;
  }

  /** The plan of the key as it is filled now, made by {@code maker} where there is none yet. */
  P get(Supplier<P> maker) {
    P plan = plans.get(key);
    if (plan == null) {
      Key kept = key.frozen();
      plan = maker.get();
      plans.put(kept, plan);
    }
    return plan;
  }

  /** Closes all plans; needed where the number of threads changes, which plans have built in. */
  void clear() {
    plans.values().forEach(Plan::close);
    plans.clear();
  }
}
