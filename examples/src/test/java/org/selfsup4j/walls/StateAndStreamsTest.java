package org.selfsup4j.walls;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** No state that two runs in one JVM would share, and nothing printed past the caller. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StateAndStreamsTest {

  private static final String[] LIBRARIES =
      House.LIBRARIES.stream().map(name -> House.ROOT + name + "..").toArray(String[]::new);

  private static final List<Class<?>> MUTABLE =
      List.of(
          Collection.class,
          Map.class,
          ThreadLocal.class,
          StringBuilder.class,
          AtomicBoolean.class,
          AtomicInteger.class,
          AtomicLong.class,
          AtomicReference.class,
          LongAdder.class);

  private JavaClasses house;

  @BeforeAll
  void open() {
    house = House.classes();
  }

  @Test
  void staticFieldsAreFinal() {
    fields()
        .that()
        .areStatic()
        .should()
        .beFinal()
        .because("two runs in one JVM must not meet")
        .check(house);
  }

  @Test
  void staticFieldsHoldNothingThatChanges() {
    classes()
        .should(makeNothingMutableInStaticFields())
        .because("a static cache or counter is shared by all runs: give it an owner")
        .check(house);
  }

  @Test
  void librariesPrintNothing() {
    noClasses()
        .that()
        .resideInAnyPackage(LIBRARIES)
        .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .because("a library logs, or writes to the stream that it was given")
        .check(house);
  }

  @Test
  void librariesDoNotEndTheProgram() {
    noClasses()
        .that()
        .resideInAnyPackage(LIBRARIES)
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(house);
  }

  private static ArchCondition<JavaClass> makeNothingMutableInStaticFields() {
    return new ArchCondition<>("make nothing mutable while their static fields are set") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getStaticInitializer()
            .ifPresent(
                initializer -> {
                  for (JavaConstructorCall call : initializer.getConstructorCallsFromSelf()) {
                    if (MUTABLE.stream().anyMatch(call.getTargetOwner()::isAssignableTo)) {
                      events.add(SimpleConditionEvent.violated(call, call.getDescription()));
                    }
                  }
                });
      }
    };
  }
}
