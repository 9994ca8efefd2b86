package io.gatepost.scanner.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.program.Confinement;
import io.gatepost.program.Need;
import io.gatepost.program.ProgramLimits;
import io.gatepost.program.ProgramRunner;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.testkit.peer.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program that knows nothing of Gatepost: Debian's bogofilter, whose exit code 0 is spam.
class BogofilterIT {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String SPAM =
      "Subject: buy pills now\r\n\r\ncheap pills, casino, winner\r\n";
  private static final String HAM = "Subject: lunch\r\n\r\nshall we meet at noon by the river\r\n";

  private final Peer bogofilter = Peer.find("bogofilter", "bogofilter");

  @TempDir Path words;

  @BeforeEach
  void learn() throws IOException {
    for (int i = 0; i < 5; i++) {
      learn("-s", SPAM);
      learn("-n", HAM);
    }
    Files.setPosixFilePermissions(words, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(
        words.resolve("wordlist.db"), PosixFilePermissions.fromString("rw-r--r--"));
  }

  private void learn(String how, String message) throws IOException {
    Path input = Files.writeString(words.resolve("message"), message);
    Peer.Ended ended = bogofilter.run(LIMIT, input, Map.of(), List.of("-d", words.toString(), how));
    assertThat(ended.status()).isZero();
  }

  @Test
  void aSpamFilterForPipesIsAskedAsItIs() throws IOException {
    try (ProgramRunner runner =
        ProgramRunner.of(
            "gatepost.test",
            new Confinement(
                CommandContractTest.user(),
                Need.IF_POSSIBLE,
                Need.IF_POSSIBLE,
                Need.REQUIRED,
                ProgramLimits.DEFAULT,
                Path.of("/tmp")))) {
      CommandScanner scanner =
          new CommandScanner(
              runner,
              new CommandTerms(
                  List.of("/usr/bin/bogofilter", "-T", "-d", words.toString()),
                  Map.of(),
                  Map.of(0, Meaning.SUSPECT, 1, Meaning.CLEAN, 2, Meaning.CLEAN, 3, Meaning.FAILED),
                  true,
                  List.of("/usr/bin/bogofilter", "-V")));

      assertThat(scanner.scan(ScanJobs.of(SPAM)).block(LIMIT))
          .isInstanceOfSatisfying(
              ScannerAnswer.Suspect.class, it -> assertThat(it.words()).startsWith("S "));
      assertThat(scanner.scan(ScanJobs.of(HAM)).block(LIMIT))
          .isInstanceOfSatisfying(
              ScannerAnswer.Good.class, it -> assertThat(it.words()).startsWith("H "));
      assertThat(scanner.version().block(LIMIT)).startsWith("bogofilter version");
    }
  }
}
