package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.scanner.socket.ScannerSocket;
import io.gatepost.scanner.socket.SessionPool;
import io.gatepost.testkit.peer.LibMilter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The adapter beside a filter on libmilter that does all that it may.
class LibMilterIT {

  private static final Duration ENOUGH = Duration.ofMinutes(1);
  private static final String OWN = "X-Old: ours\r\nReceived: from a by b; now\r\n";
  private static final Provenance STRANGER =
      Provenance.connected("2001:db8:0:0:0:0:0:1", "[2001:db8::25]:25", Provenance.Origin.EXTERNAL);

  private static LibMilter filter;

  private final SessionPool<FilterSession> pool = new SessionPool<>(2, Duration.ofMinutes(10));
  private final MilterScanner scanner =
      new MilterScanner(
          new ScannerSocket(ScannerAddress.of("address", filter.address())),
          "mx.dest.example",
          pool);

  @BeforeAll
  static void start() {
    filter = LibMilter.start();
  }

  @AfterAll
  static void stop() {
    if (filter != null) {
      filter.close();
    }
  }

  @Test
  void theFilterIsToldOfEachClientInASessionThatBothShare() {
    assertThat(told(Packets.NAMED))
        .isEqualTo("client.sender.example 192.0.2.1 " + Packets.ID + " bob@dest.example ann");
    assertThat(pool.size()).isEqualTo(1);
    assertThat(told(STRANGER))
        .isEqualTo("[2001:db8:0:0:0:0:0:1] 2001:db8::1 " + Packets.ID + " bob@dest.example -");
    assertThat(pool.size()).isEqualTo(1);
  }

  @Test
  void anotherClientAfterAcceptOrRejectIsToldInASessionOfItsOwn() {
    for (String subject : List.of("accept", "reject")) {
      scan(Packets.NAMED, subject);

      assertThat(told(STRANGER)).startsWith("[2001:db8:0:0:0:0:0:1] ").endsWith(" -");
    }
  }

  @Test
  void changesCountOurOwnFields() {
    ScannerAnswer answer = scan(STRANGER, "change");

    assertThat(((ScannerAnswer.Good) answer).edits().list())
        .contains(
            new HeaderEdit.Replace("X-Old", 3, "new\r\n\tand folded"),
            new HeaderEdit.Remove("X-Gone", 1));
  }

  @Test
  void aMessageMayBePutAsideOrRefusedInTheFiltersWords() {
    assertThat(scan(STRANGER, "quarantine"))
        .isInstanceOfSatisfying(
            ScannerAnswer.PutAside.class,
            aside -> {
              assertThat(aside.finding()).isEqualTo("looks odd");
              assertThat(aside.edits().list()).extracting(HeaderEdit::name).contains("X-Told");
            });
    assertThat(scan(STRANGER, "reject"))
        .isInstanceOfSatisfying(
            ScannerAnswer.Bad.class,
            bad -> assertThat(bad.reply().orElseThrow().toString()).isEqualTo("554 5.7.1 100% no"));
  }

  private String told(Provenance client) {
    ScannerAnswer answer = scan(client, "pass");
    return ((ScannerAnswer.Good) answer)
        .edits().list().stream()
            .filter(HeaderEdit.Insert.class::isInstance)
            .map(edit -> ((HeaderEdit.Insert) edit).value())
            .findFirst()
            .orElseThrow();
  }

  private ScannerAnswer scan(Provenance client, String subject) {
    String message =
        OWN + "X-Old: one\r\nX-Old: two\r\nX-Gone: 1\r\nSubject: " + subject + "\r\n\r\nbody\r\n";
    ScannerAnswer answer =
        scanner
            .scan(
                new ScanJob(
                    Packets.envelope(client, "ann@sender.example", "bob@dest.example"),
                    ScanJobs.of(message).content(),
                    OWN.length()))
            .block(ENOUGH);
    assertThat(answer).isNotNull();
    await().atMost(ENOUGH).until(() -> pool.size() > 0);
    return answer;
  }
}
