package org.selfsup4j.eval.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;
import org.selfsup4j.core.module.Module;
import org.selfsup4j.core.module.Parts;

/** A mark of weights: equal weights under equal names have equal marks. */
public final class WeightsHash {

  private WeightsHash() {}

  /** SHA-256 of names, shapes and values (as doubles) of all parameters and buffers, in hex. */
  public static String of(Module module) {
    MessageDigest digest = sha256();
    new TreeMap<>(Parts.of(module).states())
        .forEach(
            (name, state) -> {
              digest.update((name + " " + state.shape() + "\n").getBytes(UTF_8));
              double[] values = state.toDoubles();
              ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * values.length);
              bytes.asDoubleBuffer().put(values);
              digest.update(bytes);
            });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
