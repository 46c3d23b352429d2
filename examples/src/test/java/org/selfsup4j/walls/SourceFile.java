package org.selfsup4j.walls;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * One Java file as the compiler's parser sees it.
 *
 * @param path where it is
 * @param lines how many lines it has
 * @param declarations its types and methods
 */
record SourceFile(Path path, long lines, List<Declaration> declarations) {

  /**
   * A type or a method.
   *
   * @param name the type's binary name, and for a method {@code #name}
   * @param lines from its first modifier to its closing brace
   * @param method whether it is a method (a constructor is one)
   * @param offered whether users can name it: it and all around it are public or protected
   * @param documented whether it has a Javadoc comment, or takes over that of what it overrides
   */
  record Declaration(
      String name, long lines, boolean method, boolean offered, boolean documented) {}

  static List<SourceFile> parse(List<Path> paths) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(paths));
      DocTrees documentation = DocTrees.instance(task);
      List<SourceFile> parsed = new ArrayList<>();
      for (CompilationUnitTree unit : task.parse()) {
        Scanner scanner = new Scanner(unit, documentation);
        scanner.scan(unit, null);
        Path path = Path.of(unit.getSourceFile().toUri());
        parsed.add(new SourceFile(path, count(path), List.copyOf(scanner.found)));
      }
      return parsed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long count(Path path) throws IOException {
    try (var lines = Files.lines(path)) {
      return lines.count();
    }
  }

  /** Collects the declarations of one file. */
  private static final class Scanner extends TreePathScanner<Void, Void> {

    private final CompilationUnitTree unit;
    private final DocTrees documentation;
    private final List<Declaration> found = new ArrayList<>();

    Scanner(CompilationUnitTree unit, DocTrees documentation) {
      this.unit = unit;
      this.documentation = documentation;
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
      if (!type.getSimpleName().isEmpty()) { // an anonymous class belongs to its method
        add(type, typeName(getCurrentPath()), false, hasComment());
      }
      return super.visitClass(type, null);
    }

    @Override
    public Void visitMethod(MethodTree method, Void nothing) {
      boolean overrides =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
      String name = typeName(getCurrentPath().getParentPath()) + "#" + method.getName();
      add(method, name, true, overrides || hasComment());
      return super.visitMethod(method, null);
    }

    private void add(Tree tree, String name, boolean method, boolean documented) {
      long start = documentation.getSourcePositions().getStartPosition(unit, tree);
      long end = documentation.getSourcePositions().getEndPosition(unit, tree);
      if (end < 0) {
        return; // made by the compiler, such as a default constructor
      }
      LineMap map = unit.getLineMap();
      long lines = map.getLineNumber(end) - map.getLineNumber(start) + 1;
      boolean offered = offered(getCurrentPath());
      found.add(new Declaration(name, lines, method, offered, documented));
    }

    private boolean hasComment() {
      return documentation.getDocComment(getCurrentPath()) != null;
    }

    /** Whether the declaration and every type around it are public, protected or an interface's. */
    private static boolean offered(TreePath path) {
      if (path.getLeaf() instanceof CompilationUnitTree) {
        return true;
      }
      ModifiersTree modifiers = modifiers(path.getLeaf());
      if (modifiers == null) {
        return false; // inside a method's body
      }
      Set<Modifier> flags = modifiers.getFlags();
      boolean memberOfInterface =
          path.getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE
              && !flags.contains(Modifier.PRIVATE);
      boolean open =
          memberOfInterface
              || flags.contains(Modifier.PUBLIC)
              || flags.contains(Modifier.PROTECTED);
      return open && offered(path.getParentPath());
    }

    private static ModifiersTree modifiers(Tree declaration) {
      if (declaration instanceof ClassTree type) {
        return type.getModifiers();
      }
      return declaration instanceof MethodTree method ? method.getModifiers() : null;
    }

    private String typeName(TreePath path) {
      StringBuilder name = new StringBuilder();
      for (TreePath at = path; at != null; at = at.getParentPath()) {
        if (at.getLeaf() instanceof ClassTree type) {
          name.insert(0, name.isEmpty() ? type.getSimpleName() : type.getSimpleName() + "$");
        }
      }
      return unit.getPackageName() + "." + name;
    }
  }
}
