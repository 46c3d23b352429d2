package org.selfsup4j.walls;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the walls are built of: the modules, the floors inside core, and where their files are. */
final class House {

  static final String ROOT = "org.selfsup4j.";

  /** The libraries; examples and benchmarks are not for others to use. */
  static final List<String> LIBRARIES = List.of("core", "models", "pretext", "eval", "testkit");

  /**
   * The floors of core: a package knows those on lower floors and nothing beside or above it. The
   * empty name is the package core itself.
   */
  static final Map<String, Integer> FLOORS =
      Map.ofEntries(
          Map.entry("", 0),
          Map.entry("random", 0),
          Map.entry("memory", 1),
          Map.entry("kernel", 2),
          Map.entry("format", 2),
          Map.entry("tensor", 3),
          Map.entry("module", 4),
          Map.entry("optim", 5),
          Map.entry("data", 5),
          Map.entry("encoder", 5),
          Map.entry("analysis", 5),
          Map.entry("task", 6),
          Map.entry("train", 7));

  private House() {}

  /** Everything that is built, without its tests and without what JMH writes around benchmarks. */
  static JavaClasses classes() {
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .withImportOption(location -> !location.contains("/jmh_generated/"))
        .importPackages("org.selfsup4j", "org.bytedeco.opencl.presets");
  }

  /** The first part of the class's package below {@code org.selfsup4j}: its module. */
  static Optional<String> module(JavaClass type) {
    return partBelow(ROOT, type);
  }

  /** The first part of the class's package below {@code org.selfsup4j.core}, if it is in core. */
  static Optional<String> partOfCore(JavaClass type) {
    return module(type).filter("core"::equals).map(c -> partBelow(ROOT + "core.", type).orElse(""));
  }

  private static Optional<String> partBelow(String prefix, JavaClass type) {
    String name = type.getPackageName() + ".";
    if (!name.startsWith(prefix) || name.length() == prefix.length()) {
      return Optional.empty();
    }
    return Optional.of(name.substring(prefix.length(), name.indexOf('.', prefix.length())));
  }

  /** The folder that the project was cloned into. */
  static Path root() {
    String root = System.getProperty("selfsup.root");
    return root == null ? Path.of("").toAbsolutePath().getParent() : Path.of(root);
  }

  /** Every Java file below {@code src/KIND/java} of every module. */
  static List<Path> sources(String kind) {
    try (Stream<Path> modules = Files.list(root())) {
      return modules
          .map(module -> module.resolve("src").resolve(kind).resolve("java"))
          .filter(Files::isDirectory)
          .flatMap(House::javaFiles)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
