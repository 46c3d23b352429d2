package org.selfsup4j.walls;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Who may speak to native libraries: a fault there ends the JVM, so the places are few. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NativeWallsTest {

  private static final String CORE = "org.selfsup4j.core.";

  private JavaClasses house;

  @BeforeAll
  void open() {
    house = House.classes();
  }

  @Test
  void oneDnnIsNamedByItsKernelsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(CORE + "kernel.onednn..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco.dnnl..")
        .because("a platform without oneDNN must run on the portable kernels")
        .check(house);
  }

  @Test
  void openCvIsNamedByDataOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(CORE + "data..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco.opencv..")
        .because("pictures are read and written through core.data")
        .check(house);
  }

  @Test
  void nd4jIsNamedByMemoryItsKernelsAndConversionsOnly() {
    noClasses()
        .that(
            not(
                resideInAnyPackage(CORE + "memory..", CORE + "kernel.nd4j..")
                    .or(named("tensor.(Tensor|Nd4jViews|CustomOperation)"))
                    .or(named("kernel.onednn.OneDnnProvider")))) // ND4J's libraries load first
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.nd4j..")
        .because("all else speaks of tensors, or of blocks through the seam")
        .check(house);
  }

  @Test
  void nativePointersAreHeldOnLowFloorsOnly() {
    noClasses()
        .that(
            not(
                resideInAnyPackage(
                        CORE + "memory..", CORE + "kernel.*..", CORE + "format..", CORE + "data..")
                    .or(named("tensor.HostArrays"))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco.javacpp..")
        .because("whoever holds a pointer can crash the JVM")
        .check(house);
  }

  /** Classes of core by name, with those inside them. */
  private static DescribedPredicate<JavaClass> named(String pattern) {
    return nameMatching("org\\.selfsup4j\\.core\\." + pattern + "(\\$.*)?").forSubtype();
  }
}
