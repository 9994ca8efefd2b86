package io.gatepost.routing.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.routing.check.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptCheckTest {

  @TempDir private Path directory;

  private final List<Finding> findings = new ArrayList<>();

  private void script(String domain, String name, String text) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(domain));
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void scriptsAreCountedAndGoodOnesAreNotToldOf() throws IOException {
    script("a.test", "ann.sieve", "keep;");
    script("a.test", "bob.sieve", "discard;");
    script("b.test", "ann.sieve", "stop;");
    Files.writeString(directory.resolve("readme"), "beside the domains");

    assertThat(ScriptCheck.run(directory, findings::add)).isEqualTo(3);
    assertThat(findings).isEmpty();
  }

  @Test
  void noMoreThanABoundedNumberIsLookedAt() throws IOException {
    for (int i = 0; i < 10; i++) {
      script("d" + i + ".test", "ann.sieve", "broken");
    }

    ScriptCheck.run(directory, 4, findings::add);

    assertThat(findings).hasSize(5);
    assertThat(findings.getLast().what()).startsWith("more than 4 scripts");
  }

  @Test
  void namesThatNoMailboxHasAreToldWithoutTheirControlCharacters() throws IOException {
    script("a.test", "An\u001b[2Jn.sieve", "keep;");
    script("A.test", "ann.sieve", "keep;");
    script("b\u00fccher.test", "ann.sieve", "keep;");

    ScriptCheck.run(directory, findings::add);

    assertThat(findings)
        .hasSize(3)
        .allSatisfy(finding -> {
          assertThat(finding.kind()).isEqualTo(Finding.Kind.DEAD_RULE);
          assertThat(finding.where()).doesNotContain("\u001b");
        });
  }
}
