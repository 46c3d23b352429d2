package org.selfsup4j.walls;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvent;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Which module and which package may know which. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModuleWallsTest {

  /** What each module may know beside itself. */
  private static final Map<String, Set<String>> KNOWN =
      Map.of(
          "core", Set.of(),
          "models", Set.of("core"),
          "pretext", Set.of("core"),
          "eval", Set.of("core"),
          "testkit", Set.of("core"),
          "benchmarks", Set.of("core", "models", "pretext", "eval", "testkit"),
          "examples", Set.of("core", "models", "pretext", "eval", "testkit", "benchmarks"));

  private JavaClasses house;

  @BeforeAll
  void open() {
    house = House.classes();
  }

  @Test
  void modulesKnowOnlyWhatStandsBelowThem() {
    classes()
        .that()
        .resideInAPackage("org.selfsup4j..")
        .should(knowOnlyTheirModules())
        .because("models, pretext and eval stand on core and never on each other")
        .check(house);
  }

  @Test
  void corePackagesKnowOnlyLowerFloors() {
    classes()
        .that()
        .resideInAPackage("org.selfsup4j.core..")
        .should(knowOnlyLowerFloors())
        .because("memory < kernel < tensor < module < optim, data, encoder < task < train")
        .check(house);
  }

  @Test
  void seamKnowsNoSetOfKernels() {
    noClasses()
        .that()
        .resideInAPackage("org.selfsup4j.core.kernel")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.selfsup4j.core.kernel.*..")
        .because("sets of kernels depend on the seam and are found by ServiceLoader")
        .check(house);
  }

  @Test
  void setsOfKernelsAreKnownToNobody() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.selfsup4j.core.kernel..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.selfsup4j.core.kernel.*..")
        .because("everybody speaks to the seam, so that any set serves")
        .check(house);
  }

  @Test
  void formatsKnowMemoryOnly() {
    noClasses()
        .that()
        .resideInAPackage("org.selfsup4j.core.format..")
        .should()
        .dependOnClassesThat(
            inOurPackagesBeside("org.selfsup4j.core.format", "org.selfsup4j.core.memory"))
        .allowEmptyShould(true)
        .check(house);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.selfsup4j.(**)").should().beFreeOfCycles().check(house);
  }

  @Test
  void methodsKnowNoOtherMethod() {
    slices()
        .matching("org.selfsup4j.pretext.(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(
            DescribedPredicate.alwaysTrue(),
            JavaClass.Predicates.resideInAPackage("org.selfsup4j.pretext.parts.."))
        .allowEmptyShould(true)
        .because("what two methods share is a part in pretext.parts, tested on its own")
        .check(house);
  }

  @Test
  void partsKnowNoMethod() {
    noClasses()
        .that()
        .resideInAPackage("org.selfsup4j.pretext.parts..")
        .should()
        .dependOnClassesThat(
            inOurPackagesBeside("org.selfsup4j.pretext.parts", "org.selfsup4j.core"))
        .allowEmptyShould(true)
        .check(house);
  }

  private static ArchCondition<JavaClass> knowOnlyTheirModules() {
    return new ArchCondition<>("know only the modules below their own") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String from = House.module(type).orElse("");
        Set<String> known = KNOWN.get(from);
        if (known == null) {
          events.add(SimpleConditionEvent.violated(type, notListed(type, "KNOWN")));
          return;
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          House.module(dependency.getTargetClass())
              .filter(to -> !to.equals(from) && !known.contains(to))
              .ifPresent(to -> events.add(violation(dependency)));
        }
      }
    };
  }

  private static ArchCondition<JavaClass> knowOnlyLowerFloors() {
    return new ArchCondition<>("know only packages of core on lower floors") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String from = House.partOfCore(type).orElseThrow();
        Integer floor = House.FLOORS.get(from);
        if (floor == null) {
          events.add(SimpleConditionEvent.violated(type, notListed(type, "House.FLOORS")));
          return;
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          House.partOfCore(dependency.getTargetClass())
              .filter(to -> !to.equals(from) && House.FLOORS.getOrDefault(to, 0) >= floor)
              .ifPresent(to -> events.add(violation(dependency)));
        }
      }
    };
  }

  private static ConditionEvent violation(Dependency dependency) {
    return SimpleConditionEvent.violated(dependency, dependency.getDescription());
  }

  private static String notListed(JavaClass type, String list) {
    return type.getName()
        + " is in a package that has no place in the house yet: add it to "
        + list;
  }

  /** Classes of ours outside the named packages and what is below them. */
  private static DescribedPredicate<JavaClass> inOurPackagesBeside(String... allowed) {
    String[] trees = Set.of(allowed).stream().map(name -> name + "..").toArray(String[]::new);
    return JavaClass.Predicates.resideInAPackage("org.selfsup4j..")
        .and(JavaClass.Predicates.resideOutsideOfPackages(trees));
  }
}
