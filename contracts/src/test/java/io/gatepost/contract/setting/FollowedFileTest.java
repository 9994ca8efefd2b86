package io.gatepost.contract.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedFileTest {

  @TempDir private Path directory;

  private static String parse(FileReading reading) throws IOException {
    return parse(reading.file().toString(), reading.lines());
  }

  private static String parse(String file, List<String> lines) {
    if (lines.contains("wrong")) {
      throw new SettingException(file, "wrong", "anything else");
    }
    if (lines.contains("bug")) {
      throw new IllegalStateException("a bug");
    }
    return String.join(" ", lines);
  }

  @Test
  void theWatchSeesAChange() throws IOException {
    Path file = write("one", 1);
    try (FileWatch watch = new FileWatch()) {
      FollowedFile<String> followed = watch.follow("key", file, FollowedFileTest::parse);
      assertThat(followed.get()).isEqualTo("one");

      write("two", 2);
      await().until(followed::get, "two"::equals);
      write("wrong", 3);
      await().until(() -> watch.stale() == 1);
      assertThat(followed.get()).isEqualTo("two");
      write("three", 4);
      await().until(followed::get, "three"::equals);
      assertThat(watch.stale()).isZero();
    }
  }

  @Test
  void neitherAWrongVersionNorABugInTheParserNorALostFileChangesAnything() throws IOException {
    Path file = write("good", 1);
    FollowedFile<String> followed = FollowedFile.open("key", file, FollowedFileTest::parse);

    write("wrong", 2);
    assertStale(followed);
    write("bug", 3);
    assertStale(followed);
    Files.delete(file);
    assertStale(followed);

    write("better", 4);
    followed.refresh();
    assertThat(followed.isStale()).isFalse();
    assertThat(followed.get()).isEqualTo("better");
  }

  @Test
  void aByteOrderMarkAtTheHeadIsSkippedAndAnyOtherIsNamed() throws IOException {
    FollowedFile<String> followed =
        FollowedFile.open("key", write("\ufeffgood", 1), FollowedFileTest::parse);

    assertThat(followed.get()).isEqualTo("good");
    assertThatThrownBy(
            () -> FollowedFile.open("key", write("good\n\ufeffname", 2), FollowedFileTest::parse))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("list:2 = ");
  }

  @Test
  void aFileThatIsNotThereIsNamedByItsKey() {
    assertThatThrownBy(() ->
            FollowedFile.open("gatepost.key", directory.resolve("none"), FollowedFileTest::parse))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("gatepost.key = ");
  }

  @Test
  void aFileThatIsReplacedByOneOfTheSameTimeAndSizeIsReadAgain() throws IOException {
    FollowedFile<String> followed =
        FollowedFile.open("key", write("one", 1), FollowedFileTest::parse);
    Path next = Files.writeString(directory.resolve("next"), "two\n");
    Files.setLastModifiedTime(next, FileTime.fromMillis(1_000L));

    Files.move(next, directory.resolve("list"), StandardCopyOption.REPLACE_EXISTING);
    followed.refresh();

    assertThat(followed.get()).isEqualTo("two");
  }

  @Test
  void aFileThatTheFileNamesIsFollowedAsItIs() throws IOException {
    Path other = directory.resolve("other");
    FollowedFile<String> followed =
        FollowedFile.open(
            "key",
            write("good", 1),
            reading -> {
              reading.follow(other);
              return Files.exists(other) ? parse("other", reading.lines(other)) : "none";
            });
    assertThat(followed.get()).isEqualTo("none");

    Files.writeString(other, "here\n");
    followed.refresh();
    assertThat(followed.get()).isEqualTo("here");
    Files.writeString(other, "wrong\n");
    followed.refresh();
    assertThat(followed.get()).isEqualTo("here");
    assertThat(followed.isStale()).isTrue();
    Files.delete(other);
    followed.refresh();
    assertThat(followed.get()).isEqualTo("none");
    assertThat(followed.isStale()).isFalse();
  }

  private static void assertStale(FollowedFile<String> followed) {
    followed.refresh();
    assertThat(followed.isStale()).isTrue();
    assertThat(followed.get()).isEqualTo("good");
  }

  private Path write(String text, int second) throws IOException {
    Path file = Files.writeString(directory.resolve("list"), text + "\n");
    return Files.setLastModifiedTime(file, FileTime.fromMillis(second * 1_000L));
  }
}
