package io.gatepost.testkit.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Files of directories in which other processes work. Files that are removed or renamed while they
/// are looked at are left out, where [Files#walk] would fail.
public final class LiveFiles {

  private LiveFiles() {}

  /// The regular files below a directory, at any depth; none where there is no such directory.
  public static List<Path> below(Path directory) {
    List<Path> all = new ArrayList<>();
    walk(directory, (file, attributes) -> all.add(file));
    return all;
  }

  /// How many octets the wanted files below a directory have.
  public static long octets(Path directory, Predicate<Path> wanted) {
    long[] octets = {0};
    walk(
        directory,
        (file, attributes) -> {
          if (wanted.test(file)) {
            octets[0] += attributes.size();
          }
        });
    return octets[0];
  }

  /// Removes a directory and all below it, where others may still remove files of it.
  public static void delete(Path directory) {
    visit(
        directory,
        new Visitor() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            super.postVisitDirectory(visited, failure);
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private interface Look {
    void at(Path file, BasicFileAttributes attributes);
  }

  private static void walk(Path directory, Look look) {
    visit(
        directory,
        new Visitor() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              look.at(file, attributes);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void visit(Path directory, Visitor visitor) {
    try {
      Files.walkFileTree(directory, visitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Goes on where something has vanished.
  private abstract static class Visitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      return goOn(failure);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
        throws IOException {
      return failure == null ? FileVisitResult.CONTINUE : goOn(failure);
    }

    private static FileVisitResult goOn(IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }
}
