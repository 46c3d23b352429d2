package org.selfsup4j.core.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.zip.CRC32;

/**
 * The images in a folder, decoded when they are asked for: 8-bit red, green, blue, each in its own
 * size. Which files are images is told by their names ({@link ImageFiles#ENDINGS}, in upper or
 * lower case); hidden files are passed over. The order is that of the names, the same everywhere.
 */
public final class ImageFolder implements ImageSource {

  private final Path folder;
  private final List<Entry> entries;
  private final List<String> classes;
  private final int[] labels; // null: none
  private final String description;

  /** A file by its class ("" for none) and its path below that, and its length in bytes. */
  private record Entry(String className, String path, long bytes) {
    String name() {
      return className.isEmpty() ? path : className + "/" + path;
    }
  }

  private ImageFolder(Path folder, List<Entry> entries, List<String> classes) {
    this.folder = folder;
    this.entries = entries;
    this.classes = classes;
    this.labels = classes.isEmpty() ? null : labels(entries, classes);
    this.description =
        "folder "
            + folder.toAbsolutePath().normalize().getFileName()
            + " ("
            + entries.size()
            + " images"
            + (classes.isEmpty() ? "" : " in " + classes.size() + " classes")
            + ", names and lengths "
            + fingerprint(entries)
            + ")";
  }

  /**
   * A folder of images: each folder in it is a class (with all images at any depth below), classes
   * are numbered in the order of their names; or, where it has no folders with images, all images
   * in it without labels.
   *
   * @throws IllegalArgumentException if it is no folder, holds no images, holds images both itself
   *     and in folders, or holds none that can be read
   * @throws UncheckedIOException if it cannot be listed
   */
  public static ImageFolder of(Path folder) {
    List<Entry> entries = list(folder, false);
    List<String> classes = entries.stream().map(Entry::className).distinct().toList();
    if (classes.size() > 1 && classes.get(0).isEmpty()) {
      throw new IllegalArgumentException(
          folder
              + " holds images itself ("
              + entries.get(0).path()
              + ") and in folders ("
              + classes.get(1)
              + "): move them into one folder for each class, or read all of them"
              + " without labels by ImageFolder.flat");
    }
    return checked(
        new ImageFolder(folder, entries, classes.get(0).isEmpty() ? List.of() : classes));
  }

  /**
   * All images in a folder and below it, without labels.
   *
   * @throws IllegalArgumentException if it is no folder or holds no images that can be read
   * @throws UncheckedIOException if it cannot be listed
   */
  public static ImageFolder flat(Path folder) {
    return checked(new ImageFolder(folder, list(folder, true), List.of()));
  }

  private static ImageFolder checked(ImageFolder source) {
    try {
      Sample.read(source, 0);
    } catch (UnreadableException e) {
      throw new IllegalArgumentException(
          "none of the "
              + source.size()
              + " images in "
              + source.folder
              + " can be read; "
              + source.name(0)
              + " for one: are they images at all?",
          e);
    }
    return source;
  }

  private static List<Entry> list(Path folder, boolean flat) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          folder
              + (Files.exists(folder) ? " is not a folder" : " does not exist")
              + ": give the folder that holds the images");
    }
    List<Entry> entries = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
              boolean hidden =
                  !path.equals(folder) && path.getFileName().toString().startsWith(".");
              return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String name = file.getFileName().toString();
              if (!name.startsWith(".") && ImageFiles.isImageName(name)) {
                entries.add(entry(folder.relativize(file), attributes.size(), flat));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException(
          folder
              + " holds no images: files that end in one of "
              + ImageFiles.ENDINGS
              + " are looked for, in it and in the folders below");
    }
    entries.sort(Comparator.comparing(Entry::className).thenComparing(Entry::path));
    return List.copyOf(entries);
  }

  private static Entry entry(Path relative, long bytes, boolean flat) {
    List<String> parts = new ArrayList<>();
    relative.forEach(part -> parts.add(part.toString()));
    boolean labelled = !flat && parts.size() > 1;
    String className = labelled ? parts.get(0) : "";
    return new Entry(
        className, String.join("/", parts.subList(labelled ? 1 : 0, parts.size())), bytes);
  }

  private static int[] labels(List<Entry> entries, List<String> classes) {
    Map<String, Integer> numbers = new HashMap<>();
    classes.forEach(name -> numbers.put(name, numbers.size()));
    return entries.stream().mapToInt(entry -> numbers.get(entry.className())).toArray();
  }

  private static String fingerprint(List<Entry> entries) {
    CRC32 sum = new CRC32();
    for (Entry entry : entries) {
      sum.update((entry.name() + '\0' + entry.bytes() + '\n').getBytes(StandardCharsets.UTF_8));
    }
    return String.format("%08x", sum.getValue());
  }

  private Entry entry(long index) {
    return entries.get((int) Objects.checkIndex(index, size()));
  }

  @Override
  public long size() {
    return entries.size();
  }

  @Override
  public Image get(long index) {
    String name = entry(index).name();
    return ImageFiles.read(folder.resolve(name), name);
  }

  @Override
  public String name(long index) {
    return entry(index).name();
  }

  @Override
  public OptionalInt label(long index) {
    return labels == null ? OptionalInt.empty() : OptionalInt.of(labels[(int) index]);
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public Origin origin(long index) {
    return new Origin(folder.resolve(entry(index).name()).toAbsolutePath().normalize(), 0);
  }

  @Override
  public String description() {
    return description;
  }
}
