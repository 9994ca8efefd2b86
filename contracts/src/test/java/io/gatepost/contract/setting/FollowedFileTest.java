package io.gatepost.contract.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedFileTest {

  @TempDir private Path directory;

  private static String parse(String file, List<String> lines) {
    if (lines.contains("wrong")) {
      throw new SettingException(file, "wrong", "anything else");
    }
    return String.join(" ", lines);
  }

  @Test
  void aChangeIsSeenAndAWrongVersionIsNot() throws IOException {
    Path file = Files.writeString(directory.resolve("list"), "one\n");
    FollowedFile<String> followed = FollowedFile.open("key", file, FollowedFileTest::parse);
    assertThat(followed.get()).isEqualTo("one");

    Files.writeString(file, "one\ntwo\n");
    await().until(followed::get, "one two"::equals);
    Files.writeString(file, "wrong\n");
    await().during(java.time.Duration.ofMillis(2500)).until(followed::get, "one two"::equals);
    Files.writeString(file, "three\nthree\n");
    await().until(followed::get, "three three"::equals);
  }

  @Test
  void aFileThatIsNotThereIsNamedByItsKey() {
    assertThatThrownBy(() ->
            FollowedFile.open("gatepost.key", directory.resolve("none"), FollowedFileTest::parse))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("gatepost.key = ");
  }
}
