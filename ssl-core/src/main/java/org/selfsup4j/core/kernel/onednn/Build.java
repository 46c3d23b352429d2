package org.selfsup4j.core.kernel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.selfsup4j.core.memory.ElementType;

/**
 * Makes one {@link Call}: describes memory, collects post-operations, asks oneDNN for a primitive.
 * What is only needed on the way is freed by {@link #close}. One build makes one call, though it
 * may ask for several primitive descriptors (a backward pass wants its forward pass as a hint).
 */
final class Build implements AutoCloseable {

  private final Engine engine;
  private final Scratch scratch;
  private final String description;
  private final List<Runnable> temporaries = new ArrayList<>();
  private final List<Integer> argumentIds = new ArrayList<>();
  private final List<dnnl_memory_desc> argumentDescs = new ArrayList<>();
  private dnnl_post_ops postOps;

  /** {@code description}: the operation and its shapes, for messages. */
  Build(Engine engine, Scratch scratch, String description) {
    this.engine = engine;
    this.scratch = scratch;
    this.description = description;
  }

  dnnl_engine engine() {
    return engine.handle();
  }

  /** Floats with the given strides; {@code null} where oneDNN does not take such strides. */
  dnnl_memory_desc floats(long[] sizes, long[] strides) {
    return strided(dnnl_f32, sizes, strides);
  }

  /** Numbers of {@code type} with the given strides; {@code null} as for {@link #floats}. */
  dnnl_memory_desc numbers(ElementType type, long[] sizes, long[] strides) {
    return strided(typeOf(type), sizes, strides);
  }

  /** Row-major numbers of {@code type}. */
  dnnl_memory_desc numbers(ElementType type, long... sizes) {
    return numbers(type, sizes, org.selfsup4j.core.memory.Strides.rowMajor(sizes));
  }

  /** What oneDNN calls {@code type}. */
  static int typeOf(ElementType type) {
    return switch (type) {
      case FLOAT -> dnnl_f32;
      case BFLOAT16 -> dnnl_bf16;
      case BOOL -> dnnl_u8;
      default -> throw new IllegalArgumentException("oneDNN has no numbers of type " + type);
    };
  }

  /** Row-major floats. */
  dnnl_memory_desc floats(long... sizes) {
    return floats(sizes, org.selfsup4j.core.memory.Strides.rowMajor(sizes));
  }

  /** Elements of oneDNN's type {@code type} with the given strides. */
  dnnl_memory_desc strided(int type, long[] sizes, long[] strides) {
    dnnl_memory_desc desc = new dnnl_memory_desc();
    int status = dnnl_memory_desc_create_with_strides(desc, sizes.length, sizes, type, strides);
    if (status != dnnl_success) {
      return null;
    }
    temporaries.add(() -> dnnl_memory_desc_destroy(desc));
    return desc;
  }

  /** Floats in the layout that the primitive likes best. */
  dnnl_memory_desc any(long... sizes) {
    return any(ElementType.FLOAT, sizes);
  }

  /** Numbers of {@code type} in the layout that the primitive likes best. */
  dnnl_memory_desc any(ElementType type, long... sizes) {
    dnnl_memory_desc desc = new dnnl_memory_desc();
    Engine.check(
        dnnl_memory_desc_create_with_tag(
            desc, sizes.length, sizes, typeOf(type), dnnl_format_tag_any),
        description + ": layout of " + Arrays.toString(sizes));
    temporaries.add(() -> dnnl_memory_desc_destroy(desc));
    return desc;
  }

  /** After the operation: {@code dst = result + scale * old dst}. */
  Build thenSum(float scale) {
    Engine.check(dnnl_post_ops_append_sum(postOps(), scale, 0, dnnl_data_type_undef), description);
    return this;
  }

  /** After the operation: an elementwise function of the result. */
  Build thenEltwise(int algorithm, float alpha, float beta) {
    Engine.check(dnnl_post_ops_append_eltwise(postOps(), algorithm, alpha, beta), description);
    return this;
  }

  /** The second operand of a post-operation, to be declared as an argument of the call. */
  record PostOperand(int id, dnnl_memory_desc desc) {}

  /** After the operation: a function of the result and an operand. */
  PostOperand thenBinary(int algorithm, dnnl_memory_desc operand) {
    int index = dnnl_post_ops_len(postOps());
    Engine.check(dnnl_post_ops_append_binary(postOps(), algorithm, operand), description);
    return new PostOperand(
        DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (index + 1) | DNNL_ARG_SRC_1, operand);
  }

  private dnnl_post_ops postOps() {
    if (postOps == null) {
      dnnl_post_ops made = new dnnl_post_ops();
      Engine.check(dnnl_post_ops_create(made), description);
      temporaries.add(() -> dnnl_post_ops_destroy(made));
      postOps = made;
    }
    return postOps;
  }

  /** The attributes with what was asked so far. */
  dnnl_primitive_attr attributes() {
    dnnl_primitive_attr made = new dnnl_primitive_attr();
    Engine.check(dnnl_primitive_attr_create(made), description);
    temporaries.add(() -> dnnl_primitive_attr_destroy(made));
    Engine.check(
        dnnl_primitive_attr_set_scratchpad_mode(made, dnnl_scratchpad_mode_user), description);
    if (postOps != null) {
      Engine.check(dnnl_primitive_attr_set_post_ops(made, postOps), description);
    }
    return made;
  }

  /** A primitive descriptor to be filled by oneDNN, freed with this build. */
  dnnl_primitive_desc descriptor() {
    return new dnnl_primitive_desc();
  }

  /** Whether oneDNN has an implementation; any other failure is an exception. */
  boolean made(int status, dnnl_primitive_desc descriptor) {
    if (status == dnnl_unimplemented) {
      return false;
    }
    Engine.check(status, description);
    temporaries.add(() -> dnnl_primitive_desc_destroy(descriptor));
    return true;
  }

  /** As {@link #made}, where oneDNN must have an implementation. */
  void need(int status, dnnl_primitive_desc descriptor) {
    Engine.check(status, description);
    temporaries.add(() -> dnnl_primitive_desc_destroy(descriptor));
  }

  /**
   * A descriptor with another implementation than oneDNN's first, where there is such a one.
   *
   * @param create fills a descriptor, and says with what status
   * @param choice from the first implementation's name to the wanted one's, or to null
   */
  dnnl_primitive_desc chosen(
      ToIntFunction<dnnl_primitive_desc> create, UnaryOperator<String> choice) {
    dnnl_primitive_desc first = descriptor();
    need(create.applyAsInt(first), first);
    return instead(first, create, choice);
  }

  /** As {@link #chosen}; null where oneDNN has no implementation. */
  dnnl_primitive_desc chosenIfAny(
      ToIntFunction<dnnl_primitive_desc> create, UnaryOperator<String> choice) {
    dnnl_primitive_desc first = descriptor();
    return made(create.applyAsInt(first), first) ? instead(first, create, choice) : null;
  }

  private dnnl_primitive_desc instead(
      dnnl_primitive_desc first,
      ToIntFunction<dnnl_primitive_desc> create,
      UnaryOperator<String> choice) {
    String wanted = choice.apply(implementation(first));
    if (wanted == null) {
      return first;
    }
    dnnl_primitive_desc other = descriptor();
    need(create.applyAsInt(other), other);
    while (dnnl_primitive_desc_next_impl(other) == dnnl_success) {
      if (implementation(other).equals(wanted)) {
        return other;
      }
    }
    return first;
  }

  /** The layout that a primitive wants for one of its operands. */
  static dnnl_memory_desc query(dnnl_primitive_desc descriptor, int what) {
    return dnnl_primitive_desc_query_md(descriptor, what, 0);
  }

  /** Declares the next argument of the call. */
  Build argument(int id, dnnl_memory_desc desc) {
    argumentIds.add(id);
    argumentDescs.add(desc);
    return this;
  }

  /** Declares the operand of a post-operation as the next argument. */
  Build argument(PostOperand operand) {
    return argument(operand.id(), operand.desc());
  }

  /** The call of the primitive that {@code descriptor} describes, with the declared arguments. */
  Call call(dnnl_primitive_desc descriptor) {
    dnnl_memory_desc scratchpad = query(descriptor, dnnl_query_scratchpad_md);
    long scratchpadBytes = scratchpad == null ? 0 : dnnl_memory_desc_get_size(scratchpad);
    if (scratchpadBytes > 0) {
      argument(DNNL_ARG_SCRATCHPAD, scratchpad);
    }
    dnnl_primitive primitive = new dnnl_primitive();
    Engine.check(dnnl_primitive_create(primitive, descriptor), description);
    int count = argumentIds.size();
    dnnl_memory[] memories = new dnnl_memory[count];
    dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(count);
    for (int i = 0; i < count; i++) {
      memories[i] = new dnnl_memory();
      Engine.check(
          dnnl_memory_create(memories[i], argumentDescs.get(i), engine.handle(), null),
          description);
      arguments.position(i).arg(argumentIds.get(i)).memory(memories[i]);
    }
    arguments.position(0);
    return new Call(
        engine.stream(),
        primitive,
        memories,
        arguments,
        scratch,
        scratchpadBytes,
        "onednn:" + implementation(descriptor),
        description);
  }

  /** oneDNN's name of what it chose. */
  static String implementation(dnnl_primitive_desc descriptor) {
    try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
      Engine.check(
          dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, name),
          "dnnl_primitive_desc_query");
      return name.get(BytePointer.class, 0).getString();
    }
  }

  @Override
  public void close() {
    temporaries.forEach(Runnable::run);
    temporaries.clear();
  }
}
