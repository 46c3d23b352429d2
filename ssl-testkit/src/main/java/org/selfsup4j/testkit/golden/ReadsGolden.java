package org.selfsup4j.testkit.golden;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Says which golden files a test class reads, and hands them to its methods: a parameter of type
 * {@link GoldenFile} is the class's file, or the one that {@link Golden} names. Stands on the
 * outermost class of a test.
 *
 * <p>It is held to its word: when all tests of the class have passed, a case of which no value was
 * read fails the class. And the build fails on a file, or a case, that no class declares.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(GoldenReading.class)
public @interface ReadsGolden {

  /** The files' names, such as {@code "nt-xent.json"}. */
  String[] value();

  /**
   * The cases that this class reads where other classes read the rest of the (one) file, named as
   * {@link GoldenFile#caseNames} does; none stands for all.
   */
  String[] cases() default {};
}
