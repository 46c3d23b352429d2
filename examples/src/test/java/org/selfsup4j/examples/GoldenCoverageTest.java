package org.selfsup4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.selfsup4j.testkit.golden.GoldenFile;

/**
 * Every case of every golden file is read by a test. The tests of all modules declare what they
 * read with {@code @ReadsGolden} (and each is held to its declaration where it runs); what waits
 * for a part of the library that does not exist yet stands in {@code golden-not-yet.txt}, and must
 * leave it when a test reads it.
 */
class GoldenCoverageTest {

  private static final Path ROOT = Path.of(System.getProperty("selfsup.root", ".."));
  private static final Pattern DECLARATION = Pattern.compile("@ReadsGolden\\s*\\(([^)]*)\\)");
  private static final Pattern LITERAL = Pattern.compile("\"([^\"]*)\"");

  @Test
  void everyCaseIsReadByATestOrWaitsForItsPart() throws IOException {
    Set<String> all = new TreeSet<>();
    for (String file : files()) {
      GoldenFile.open(file).caseNames().forEach(name -> all.add(file + " " + name));
    }
    Set<String> read = declared();
    Set<String> waiting = notYet();
    assertThat(all).hasSizeGreaterThan(200);

    assertThat(minus(read, all))
        .as("declared by a test, but not there: correct the name in @ReadsGolden")
        .isEmpty();
    assertThat(minus(waiting, all))
        .as("in golden-not-yet.txt, but not there: correct or delete the line")
        .isEmpty();
    assertThat(minus(waiting, minus(waiting, read)))
        .as("in golden-not-yet.txt, but a test reads it: delete the line")
        .isEmpty();
    assertThat(minus(minus(all, read), waiting))
        .as("no test reads it: hold the code to it and declare that with @ReadsGolden")
        .isEmpty();
  }

  @Test
  void testsGetTheirFilesFromTheDeclaration() throws IOException {
    // What a test opens by itself escapes the check that it reads what it declares.
    List<String> openers = new ArrayList<>();
    for (Path source : testSources()) {
      boolean ofTheseFilesThemselves =
          source.endsWith("GoldenFileTest.java") || source.endsWith("GoldenCoverageTest.java");
      if (!ofTheseFilesThemselves && Files.readString(source).contains("GoldenFile.open(")) {
        openers.add(ROOT.relativize(source).toString());
      }
    }
    assertThat(openers).as("take a GoldenFile parameter and declare @ReadsGolden").isEmpty();
  }

  private static List<String> files() throws IOException {
    Path folder = ROOT.resolve("ssl-testkit/src/main/resources/org/selfsup4j/testkit/golden");
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .sorted()
          .toList();
    }
  }

  /** All "file case" that test classes declare. */
  private static Set<String> declared() throws IOException {
    Set<String> declared = new TreeSet<>();
    for (Path source : testSources()) {
      if (source.endsWith("ReadsGoldenTest.java")) {
        continue; // tests the annotation, not the values
      }
      Matcher declaration = DECLARATION.matcher(Files.readString(source));
      while (declaration.find()) {
        List<String> literals = literals(declaration.group(1));
        List<String> files = literals.stream().filter(text -> text.endsWith(".json")).toList();
        List<String> cases = literals.stream().filter(text -> !text.endsWith(".json")).toList();
        for (String file : files) {
          for (String name : cases.isEmpty() ? GoldenFile.open(file).caseNames() : cases) {
            declared.add(file + " " + name);
          }
        }
      }
    }
    return declared;
  }

  /** All "file case" of the list of what cannot be read yet. */
  private static Set<String> notYet() throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    try (var in = GoldenCoverageTest.class.getResourceAsStream("/golden-not-yet.txt")) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        int colon = line.indexOf(':');
        assertThat(colon).as("a line is \"file [case]: reason\", not \"%s\"", line).isPositive();
        reasons.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    assertThat(reasons.values()).as("reasons in golden-not-yet.txt").noneMatch(String::isEmpty);
    Set<String> waiting = new TreeSet<>();
    for (String entry : reasons.keySet()) {
      if (entry.contains(" ")) {
        waiting.add(entry);
      } else {
        GoldenFile.open(entry).caseNames().forEach(name -> waiting.add(entry + " " + name));
      }
    }
    return waiting;
  }

  private static List<Path> testSources() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path tests : modules.map(module -> module.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          try (Stream<Path> walk = Files.walk(tests)) {
            walk.filter(path -> path.toString().endsWith(".java")).sorted().forEach(sources::add);
          }
        }
      }
    }
    return sources;
  }

  private static List<String> literals(String arguments) {
    List<String> literals = new ArrayList<>();
    Matcher literal = LITERAL.matcher(arguments);
    while (literal.find()) {
      literals.add(literal.group(1));
    }
    return literals;
  }

  private static Set<String> minus(Set<String> set, Set<String> other) {
    Set<String> rest = new TreeSet<>(set);
    rest.removeAll(other);
    return rest;
  }
}
