package io.gatepost.system.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Parts of the container image, as far as they can be checked without building one.
class ImageTest {

  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern COPY = Pattern.compile("(?m)^COPY ([^-\\s]\\S*) \\S+$");

  /// `.dockerignore` leaves everything out but what it names, of the distribution what is not made
  /// on this machine.
  @Test
  void whatIsCopiedIsThereAndIsLetThrough() throws IOException {
    List<String> lines = Files.readAllLines(HOME.resolve(".dockerignore"));
    List<String> copied =
        COPY.matcher(Files.readString(HOME.resolve("deploy/Dockerfile")))
            .results()
            .map(match -> match.group(1))
            .toList();

    assertThat(lines).startsWith("*");
    assertThat(copied).isNotEmpty();
    assertThat(copied)
        .allSatisfy(source -> {
          assertThat(lines).anyMatch(line -> (line + "/").startsWith("!" + source + "/"));
          assertThat(HOME.resolve(source)).exists();
        });
  }

  /// The path that its layers have it in, and one that is on `PATH` for those who call it inside.
  @Test
  void theEntryPointIsTheDistributionsCommand() throws IOException {
    assertThat(Files.readString(HOME.resolve("deploy/Dockerfile")))
        .contains(
            "\nCOPY all-in-one/target/dist /dist\n",
            " mv ../bin ../conf /sorted/ours/ ",
            "\nCOPY --from=sorted /sorted/ours /opt/gatepost\n",
            "ln -s /opt/gatepost/bin/gatepost /usr/local/bin/gatepost\n",
            "\nENTRYPOINT [\"/opt/gatepost/bin/gatepost\"]\n");
  }
}
