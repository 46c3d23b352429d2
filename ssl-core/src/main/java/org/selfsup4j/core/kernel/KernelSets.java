package org.selfsup4j.core.kernel;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the set of kernels once, at the start of a program: the fastest that this machine can
 * load, or the one that the system property {@value #PROPERTY} names.
 */
public final class KernelSets {

  /** System property that picks a set by name. */
  public static final String PROPERTY = "selfsup.kernels";

  private static final Logger LOG = LoggerFactory.getLogger(KernelSets.class);

  private KernelSets() {}

  /** The set named by the system property, or the fastest that loads. */
  public static Kernels choose() {
    String name = System.getProperty(PROPERTY);
    if (name != null && !name.isBlank()) {
      Kernels kernels = open(name.trim());
      LOG.info("kernels: {} (asked for by -D{})", kernels.name(), PROPERTY);
      return kernels;
    }
    for (KernelProvider provider : providers()) {
      String obstacle = provider.obstacle();
      if (obstacle == null) {
        Kernels kernels = provider.open();
        LOG.info("kernels: {} (the fastest set that loads here)", kernels.name());
        return kernels;
      }
      LOG.info("kernels: not {}: {}", provider.name(), obstacle);
    }
    throw new IllegalStateException(
        "no set of kernels loads: put an ND4J backend such as nd4j-native on the class path");
  }

  /**
   * The set called {@code name}.
   *
   * @throws IllegalArgumentException if there is none of that name or it does not load here
   */
  public static Kernels open(String name) {
    for (KernelProvider provider : providers()) {
      if (provider.name().equals(name)) {
        String obstacle = provider.obstacle();
        if (obstacle != null) {
          throw new IllegalArgumentException("kernels '" + name + "' do not load: " + obstacle);
        }
        return provider.open();
      }
    }
    throw new IllegalArgumentException(
        "no kernels named '"
            + name
            + "': choose one of "
            + providers().stream().map(KernelProvider::name).collect(Collectors.joining(", ")));
  }

  private static List<KernelProvider> providers() {
    return ServiceLoader.load(KernelProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted((a, b) -> Integer.compare(b.rank(), a.rank()))
        .toList();
  }
}
