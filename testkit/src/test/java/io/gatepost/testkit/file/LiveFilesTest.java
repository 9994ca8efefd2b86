package io.gatepost.testkit.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveFilesTest {

  @TempDir Path directory;

  @Test
  void filesAtAnyDepthAreFoundAndNothingElse() throws IOException {
    Path one = write("one", 3);
    Path two = write("deep/er/two", 5);

    assertThat(LiveFiles.below(directory)).containsExactlyInAnyOrder(one, two);
    assertThat(LiveFiles.octets(directory, file -> true)).isEqualTo(8);
    assertThat(LiveFiles.octets(directory, two::equals)).isEqualTo(5);
  }

  @Test
  void aDirectoryThatIsNotThereHasNone() {
    assertThat(LiveFiles.below(directory.resolve("missing"))).isEmpty();
  }

  /// Whatever comes first, all others vanish while it is looked at.
  @Test
  void whatVanishesWhileItIsLookedAtIsLeftOut() throws IOException {
    List<Path> all =
        List.of(write("a", 2), write("b", 2), write("c/d", 2), write("c/e", 2), write("f/g/h", 2));

    long octets =
        LiveFiles.octets(
            directory,
            seen -> {
              all.stream().filter(file -> !file.equals(seen)).forEach(LiveFilesTest::remove);
              remove(directory.resolve("f/g"));
              return true;
            });

    assertThat(octets).isEqualTo(2);
  }

  @Test
  void aTreeIsDeletedAlthoughAnotherHasRemovedAPartOfIt() throws IOException {
    write("a", 1);
    write("b/c/d", 1);
    LiveFiles.delete(directory.resolve("missing"));
    LiveFiles.delete(directory.resolve("b"));

    assertThat(directory.resolve("b")).doesNotExist();
    assertThat(LiveFiles.below(directory)).hasSize(1);
  }

  private Path write(String name, int octets) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, new byte[octets]);
  }

  /// A directory that is not empty stays.
  private static void remove(Path file) {
    try {
      if (!Files.isDirectory(file) || LiveFiles.below(file).isEmpty()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
