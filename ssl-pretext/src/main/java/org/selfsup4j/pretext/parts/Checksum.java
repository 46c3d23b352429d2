package org.selfsup4j.pretext.parts;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** A short mark of many numbers, for a run's records: other numbers have another, nearly surely. */
public final class Checksum {

  private Checksum() {}

  /** Eight hexadecimal digits, CRC-32 of the numbers in big-endian order. */
  public static String of(long... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Long.BYTES, numbers.length));
    bytes.asLongBuffer().put(numbers);
    CRC32 mark = new CRC32();
    mark.update(bytes);
    return HexFormat.of().toHexDigits((int) mark.getValue());
  }
}
