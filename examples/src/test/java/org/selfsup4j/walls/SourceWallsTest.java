package org.selfsup4j.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.selfsup4j.walls.SourceFile.Declaration;

/** What only the sources show: lengths and documentation. */
class SourceWallsTest {

  private static final long LONGEST_CLASS = 400;
  private static final long LONGEST_METHOD = 60;

  @Test
  void classesAndMethodsAreShort() throws IOException {
    Map<String, Long> tooLong = tooLong();
    Map<String, String> excused = exceptions();

    assertThat(tooLong.keySet())
        .as(
            "longer than %d lines (a class) or %d (a method), with their lines: %s%n"
                + "split them, or put 'NAME: reason' into longer-than-the-rule.txt",
            LONGEST_CLASS, LONGEST_METHOD, tooLong)
        .isSubsetOf(excused.keySet());
    assertThat(excused.keySet())
        .as("longer-than-the-rule.txt excuses what is short or gone: take the line out")
        .isSubsetOf(tooLong.keySet());
    assertThat(excused.values()).as("reasons of longer-than-the-rule.txt").doesNotContain("");
  }

  @Test
  void whatUsersCanNameIsDocumented() {
    List<Path> libraries =
        House.sources("main").stream()
            .filter(path -> House.root().relativize(path).toString().startsWith("ssl-"))
            .toList();
    List<String> bare =
        SourceFile.parse(libraries).stream()
            .flatMap(file -> file.declarations().stream())
            .filter(Declaration::offered)
            .filter(declaration -> !declaration.name().endsWith("#<init>"))
            .filter(declaration -> !declaration.documented())
            .map(Declaration::name)
            .toList();

    assertThat(bare).as("public types and methods without a Javadoc comment").isEmpty();
  }

  @Test
  void packagesAreDocumented() {
    List<Path> bare =
        House.sources("main").stream()
            .map(Path::getParent)
            .distinct()
            .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
            .toList();

    assertThat(bare).as("packages without a package-info.java").isEmpty();
  }

  private static Map<String, Long> tooLong() {
    Map<String, Long> tooLong = new LinkedHashMap<>();
    List<Path> all = new ArrayList<>(House.sources("main"));
    all.addAll(House.sources("test"));
    for (SourceFile file : SourceFile.parse(all)) {
      for (Declaration declaration : file.declarations()) {
        if (declaration.lines() > (declaration.method() ? LONGEST_METHOD : LONGEST_CLASS)) {
          tooLong.merge(declaration.name(), declaration.lines(), Math::max);
        }
      }
    }
    return tooLong;
  }

  /** Lines of {@code NAME: reason}; empty lines and those that begin with # say nothing. */
  private static Map<String, String> exceptions() throws IOException {
    Map<String, String> exceptions = new LinkedHashMap<>();
    try (InputStream in = SourceWallsTest.class.getResourceAsStream("longer-than-the-rule.txt");
        Stream<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()) {
      lines
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .forEach(
              line -> {
                int colon = line.indexOf(':');
                String name = colon < 0 ? line : line.substring(0, colon).strip();
                exceptions.put(name, colon < 0 ? "" : line.substring(colon + 1).strip());
              });
    }
    return exceptions;
  }
}
