package org.selfsup4j.core.format;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Replaces a file so that whoever looks, at whatever moment, finds the old content or the new,
 * whole: the content is written beside the file, synced to the disk, renamed over it, and the
 * folder is synced. Losing power or being killed leaves the old file, and at most a leftover beside
 * it that {@link #removeLeftovers} takes away.
 */
public final class AtomicFile {

  // .NAME.UUID.part: a name of its own for each write, so that two writers never share a file.
  private static final Pattern LEFTOVER = Pattern.compile("\\..+\\.[0-9a-f-]{36}\\.part");

  private AtomicFile() {}

  /** Writes the bytes of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything; the stream is buffered, and closed by the caller. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Makes {@code content} the content of {@code file}, whether it exists or not.
   *
   * @throws UncheckedIOException if the folder is missing or not writable, or the disk is full; the
   *     old file is then untouched and nothing is left beside it
   */
  public static void write(Path file, Content content) {
    Path folder = folderOf(file);
    Path beside = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
    boolean written = false;
    try {
      writeAndSync(beside, content);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      written = true;
      syncFolder(folder);
    } catch (IOException | ReadOnlyFileSystemException e) {
      throw explained(file, folder, e);
    } finally {
      if (!written) {
        deleteQuietly(beside);
      }
    }
  }

  /**
   * Deletes what killed writers left in {@code folder}. Only where nobody else is writing.
   *
   * @return how many files were deleted
   */
  public static int removeLeftovers(Path folder) {
    int removed = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (isLeftover(entry.getFileName().toString())
            && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(entry);
          removed++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clean folder " + folder + ": " + reason(e), e);
    }
    return removed;
  }

  /** Whether a file of this name is what a killed {@link #write} leaves. */
  public static boolean isLeftover(String name) {
    return LEFTOVER.matcher(name).matches();
  }

  /** Makes what was created, renamed or deleted in {@code folder} last. */
  public static void syncFolder(Path folder) throws IOException {
    if (folder.getFileSystem().getSeparator().equals("\\")) {
      return; // Windows opens no folder as a file and keeps its own order of metadata
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void writeAndSync(Path file, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      content.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  private static UncheckedIOException explained(Path file, Path folder, Exception cause) {
    String advice;
    if (!Files.exists(folder)) {
      advice = "there is no folder " + folder + ": create it or choose another";
    } else if (!Files.isDirectory(folder)) {
      advice = folder + " is not a folder: choose another";
    } else if (Files.isDirectory(file)) {
      advice = "it is a folder: remove it or choose another name";
    } else if (isRefusal(cause) || !Files.isWritable(folder)) {
      advice =
          "folder "
              + folder
              + " is not writable: choose another or change its permissions ("
              + reason(cause)
              + ")";
    } else {
      advice = reason(cause) + "; the disk has " + free(folder) + " bytes left";
    }
    IOException wrapped = cause instanceof IOException io ? io : new IOException(cause);
    return new UncheckedIOException("cannot write " + file + ": " + advice, wrapped);
  }

  /** Whether the system refused to create a file in a folder that is there. */
  private static boolean isRefusal(Exception cause) {
    return cause instanceof AccessDeniedException
        || cause instanceof ReadOnlyFileSystemException
        || cause instanceof NoSuchFileException;
  }

  private static String reason(Exception cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static String free(Path folder) {
    try {
      return Long.toString(Files.getFileStore(folder).getUsableSpace());
    } catch (IOException e) {
      return "an unknown number of";
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // The write has failed and its exception is on the way; the leftover is removed later.
    }
  }

  private static Path folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || file.getFileName() == null) {
      throw new IllegalArgumentException(file + " is not the path of a file");
    }
    return folder;
  }
}
