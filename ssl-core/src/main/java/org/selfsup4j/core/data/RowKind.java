package org.selfsup4j.core.data;

import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.OptionalInt;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.selfsup4j.core.memory.ElementType;

/** The kinds of value that an example may hold, and how each becomes a row of a batch. */
enum RowKind {
  /** An image: [C, H, W], channels-last in memory. */
  IMAGE(ElementType.FLOAT) {
    @Override
    long[] shape(Object value) {
      Image image = (Image) value;
      return new long[] {image.channels(), image.height(), image.width()};
    }

    @Override
    void write(Object value, Pointer row) {
      ((FloatPointer) row).put((float[]) ((Image) value).toFloat().pixels());
    }
  },

  /** A {@code float[]}: [k]. */
  FLOATS(ElementType.FLOAT) {
    @Override
    long[] shape(Object value) {
      return new long[] {((float[]) value).length};
    }

    @Override
    void write(Object value, Pointer row) {
      ((FloatPointer) row).put((float[]) value);
    }
  },

  /** An {@code int[]} or {@code long[]}: [k]. */
  WHOLES(ElementType.INT64) {
    @Override
    long[] shape(Object value) {
      return new long[] {longs(value).length};
    }

    @Override
    void write(Object value, Pointer row) {
      ((LongPointer) row).put(longs(value));
    }

    private static long[] longs(Object value) {
      return value instanceof int[] ints
          ? Arrays.stream(ints).asLongStream().toArray()
          : (long[]) value;
    }
  },

  /** A {@code boolean[]}: [k]. */
  FLAGS(ElementType.BOOL) {
    @Override
    long[] shape(Object value) {
      return new long[] {((boolean[]) value).length};
    }

    @Override
    void write(Object value, Pointer row) {
      boolean[] flags = (boolean[]) value;
      byte[] bytes = new byte[flags.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (flags[i] ? 1 : 0);
      }
      ((BytePointer) row).put(bytes);
    }
  },

  /** A float or double: a scalar. */
  REAL(ElementType.FLOAT) {
    @Override
    void write(Object value, Pointer row) {
      ((FloatPointer) row).put(((Number) value).floatValue());
    }
  },

  /** An int, long, short or byte: a scalar. */
  WHOLE(ElementType.INT64) {
    @Override
    void write(Object value, Pointer row) {
      ((LongPointer) row).put(((Number) value).longValue());
    }
  },

  /** An {@code OptionalInt}: a scalar, -1 for none. */
  OPTIONAL(ElementType.INT64) {
    @Override
    void write(Object value, Pointer row) {
      ((LongPointer) row).put(((OptionalInt) value).orElse(-1));
    }
  },

  /** A boolean: a scalar. */
  FLAG(ElementType.BOOL) {
    @Override
    void write(Object value, Pointer row) {
      ((BytePointer) row).put((byte) ((Boolean) value ? 1 : 0));
    }
  };

  private final ElementType type;

  RowKind(ElementType type) {
    this.type = type;
  }

  /** The type of a row's elements. */
  ElementType type() {
    return type;
  }

  /** The sizes of the axes of a row. */
  long[] shape(Object value) {
    return new long[0];
  }

  /** Writes a value to the row that begins at {@code row}. */
  abstract void write(Object value, Pointer row);

  /** The kind that values of {@code type} are, or null if there is none. */
  static RowKind of(Type type) {
    if (type == Image.class) {
      return IMAGE;
    } else if (type == float[].class) {
      return FLOATS;
    } else if (type == int[].class || type == long[].class) {
      return WHOLES;
    } else if (type == boolean[].class) {
      return FLAGS;
    } else if (type == OptionalInt.class) {
      return OPTIONAL;
    } else if (type == boolean.class || type == Boolean.class) {
      return FLAG;
    } else if (type == float.class
        || type == double.class
        || type == Float.class
        || type == Double.class) {
      return REAL;
    }
    boolean whole =
        type == int.class
            || type == long.class
            || type == short.class
            || type == byte.class
            || type == Integer.class
            || type == Long.class
            || type == Short.class
            || type == Byte.class;
    return whole ? WHOLE : null;
  }
}
