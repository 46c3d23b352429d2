package org.selfsup4j.testkit.golden;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Hands golden files to tests and looks at what became of them: see {@link ReadsGolden}. */
final class GoldenReading
    implements ParameterResolver, AfterTestExecutionCallback, AfterAllCallback {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(GoldenReading.class);

  /** What one test class has opened and run. */
  private record Reading(
      ReadsGolden declaration,
      Map<String, GoldenFile> files,
      Set<Method> passed,
      AtomicBoolean failed) {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == GoldenFile.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Reading reading = reading(context);
    List<String> declared = Arrays.asList(reading.declaration().value());
    String name = parameter.findAnnotation(Golden.class).map(Golden::value).orElse(declared.get(0));
    if (!declared.contains(name)) {
      throw new IllegalArgumentException(
          "parameter asks for golden file " + name + ", @ReadsGolden declares " + declared);
    }
    if (declared.size() > 1 && !parameter.isAnnotated(Golden.class)) {
      throw new IllegalArgumentException(
          "@ReadsGolden declares " + declared + ": say with @Golden which one a parameter is");
    }
    return reading.files().computeIfAbsent(name, GoldenFile::open);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Reading reading = reading(context);
    if (context.getExecutionException().isPresent()) {
      reading.failed().set(true);
    } else {
      reading.passed().add(context.getRequiredTestMethod());
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Class<?> testClass = context.getRequiredTestClass();
    if (!testClass.isAnnotationPresent(ReadsGolden.class)) {
      return; // a nested class: its outermost class answers for all
    }
    Reading reading = reading(context);
    // A failed test has said enough, and a single method run alone cannot read everything.
    if (reading.failed().get() || !reading.passed().containsAll(testMethods(testClass))) {
      return;
    }
    for (String name : reading.declaration().value()) {
      GoldenFile file = reading.files().get(name);
      Set<String> unread = new LinkedHashSet<>(expected(name, reading.declaration()));
      if (file != null) {
        unread.removeAll(file.readCaseNames());
      }
      if (!unread.isEmpty()) {
        throw new AssertionError(
            testClass.getSimpleName()
                + " declares to read "
                + name
                + " but read no value of "
                + unread
                + ": read them, or declare the cases it does read");
      }
    }
  }

  private static Set<String> expected(String name, ReadsGolden declaration) {
    Set<String> all = GoldenFile.open(name).caseNames();
    Set<String> asked = new LinkedHashSet<>(Arrays.asList(declaration.cases()));
    if (!all.containsAll(asked)) {
      asked.removeAll(all);
      throw new AssertionError(name + " has no cases " + asked + ", it has " + all);
    }
    return asked.isEmpty() ? all : asked;
  }

  private static Set<Method> testMethods(Class<?> testClass) {
    Set<Method> methods =
        new LinkedHashSet<>(
            ReflectionSupport.findMethods(
                testClass,
                method ->
                    AnnotationSupport.isAnnotated(method, Test.class)
                        || AnnotationSupport.isAnnotated(method, TestFactory.class)
                        || AnnotationSupport.isAnnotated(method, TestTemplate.class),
                HierarchyTraversalMode.TOP_DOWN));
    for (Class<?> nested : ReflectionSupport.findNestedClasses(testClass, type -> true)) {
      methods.addAll(testMethods(nested));
    }
    return methods;
  }

  private static Reading reading(ExtensionContext context) {
    ExtensionContext outermost = context;
    while (!outermost.getTestClass().orElseThrow().isAnnotationPresent(ReadsGolden.class)
        || outermost.getTestMethod().isPresent()) {
      outermost =
          outermost
              .getParent()
              .filter(parent -> parent.getTestClass().isPresent())
              .orElseThrow(
                  () -> new IllegalStateException("@ReadsGolden stands on the outermost class"));
    }
    ReadsGolden declaration = outermost.getRequiredTestClass().getAnnotation(ReadsGolden.class);
    return outermost
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            "reading",
            key ->
                new Reading(
                    declaration,
                    new ConcurrentHashMap<>(),
                    ConcurrentHashMap.newKeySet(),
                    new AtomicBoolean()),
            Reading.class);
  }
}
