package org.selfsup4j.testkit.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.selfsup4j.core.tensor.Tensor;

/** Every operation computes the gradient of what it computes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationsTest {

  /** What makes tensors without computing anything that has a gradient. */
  private static final Set<String> NO_OPERATIONS =
      Set.of(
          "Session", // constants and variables
          "Operation", // memory for results
          "Kept", // constants
          "Part", // a function of the user: PartedNetworkTest
          "Tensor.of(Session, INDArray)", // constants
          "Tensor.detach()"); // cuts the gradient off: SessionTest

  private KernelsUnderTest kernels;

  @BeforeAll
  void openKernels() {
    kernels = KernelsUnderTest.open();
  }

  static List<CheckList.Entry> checks() {
    return CheckList.all();
  }

  @ParameterizedTest
  @MethodSource("checks")
  void hasTheGradientOfItsValues(CheckList.Entry entry) {
    entry.check().accept(kernels);
  }

  @Test
  void everyPublicOperationHasACheck() throws IOException, URISyntaxException {
    Set<String> operations = new TreeSet<>();
    for (Class<?> type : publicTypes()) {
      for (Method method : type.getDeclaredMethods()) {
        if (Modifier.isPublic(method.getModifiers())
            && !method.isSynthetic()
            && holdsTensors(method.getGenericReturnType())
            && !NO_OPERATIONS.contains(type.getSimpleName())
            && !NO_OPERATIONS.contains(name(method))) {
          operations.add(name(method));
        }
      }
    }
    Set<String> checked = new TreeSet<>();
    CheckList.all().forEach(entry -> checked.add(entry.method()));

    assertThat(operations).hasSizeGreaterThan(90);
    assertThat(minus(operations, checked))
        .as("operations without a check: add one to a class named ...Checks")
        .isEmpty();
    assertThat(minus(checked, operations)).as("checks of what is no operation").isEmpty();
  }

  /** {@code Class.method(Parameter, types)}. */
  private static String name(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(
            Collectors.joining(
                ", ",
                method.getDeclaringClass().getSimpleName() + "." + method.getName() + "(",
                ")"));
  }

  private static boolean holdsTensors(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return Arrays.stream(parameterized.getActualTypeArguments())
          .anyMatch(OperationsTest::holdsTensors);
    }
    if (!(type instanceof Class<?> c)) {
      return false;
    }
    return c == Tensor.class
        || c == Tensor[].class
        || (c.isRecord()
            && Arrays.stream(c.getRecordComponents())
                .anyMatch(component -> holdsTensors(component.getGenericType())));
  }

  private static List<Class<?>> publicTypes() throws IOException, URISyntaxException {
    String folder = Tensor.class.getPackageName().replace('.', '/');
    URI place = Tensor.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    if (Files.isDirectory(Path.of(place))) {
      return publicTypes(Path.of(place).resolve(folder));
    }
    URI jar = URI.create("jar:" + place);
    try (FileSystem files = FileSystems.newFileSystem(jar, Map.of())) {
      return publicTypes(files.getPath(folder));
    }
  }

  private static List<Class<?>> publicTypes(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(file -> file.endsWith(".class") && !file.contains("-"))
          .<Class<?>>map(file -> load(file.substring(0, file.length() - ".class".length())))
          .filter(type -> Modifier.isPublic(type.getModifiers()) && !type.isRecord())
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(Tensor.class.getPackageName() + "." + name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<String> minus(Set<String> set, Set<String> other) {
    Set<String> rest = new TreeSet<>(set);
    rest.removeAll(other);
    return rest;
  }
}
