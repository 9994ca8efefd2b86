package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.scanner.socket.ScannerSocket;
import io.gatepost.smtp.content.HeaderEditing;
import io.gatepost.testkit.peer.Opendkim;
import io.gatepost.testkit.peer.Rspamd;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The adapter beside OpenDKIM, which is built on libmilter: what one signs another verifies, octet
/// for octet.
class OpendkimIT {

  private static final Duration ENOUGH = Duration.ofSeconds(30);
  private static final String OWN =
      "Received: from helo.example ([192.0.2.1])\r\n\tby mx.dest.example; now\r\n";
  private static final String HEADER =
      """
      received: from earlier.example by helo.example; then
      From: Ann <ann@sender.example>
      TO:bob@dest.example
      Subject:  two spaces,
       and folded
      \tin three lines
      X-Empty:
      Date: Mon, 30 Nov 2026 12:00:00 +0000
      Message-ID: <1@sender.example>

      """
          .replace("\n", "\r\n");
  private static final String BODY = "Dear Bob,\r\n.\r\n..at noon?  \r\ngrüße\r\n\r\n\r\n";

  @TempDir static Path directory;
  private static Opendkim signing;
  private static Opendkim verifying;
  private static MilterScanner signer;
  private static MilterScanner verifier;

  @BeforeAll
  static void start() {
    Opendkim.Keys keys = Opendkim.Keys.create(directory);
    signing = Opendkim.signing(keys);
    verifying = Opendkim.verifying(keys, "reject");
    signer = scanner(signing.address());
    verifier = scanner(verifying.address());
  }

  @AfterAll
  static void stop() {
    for (Opendkim each : new Opendkim[] {signing, verifying}) {
      if (each != null) {
        each.close();
      }
    }
  }

  @Test
  void aSignatureGoesOnTopAndHolds() {
    HeaderEdits edits = signed(HEADER + BODY);

    assertThat(edits.list())
        .filteredOn(edit -> edit.name().equals("DKIM-Signature"))
        .singleElement()
        .isInstanceOfSatisfying(
            HeaderEdit.Insert.class, insert -> assertThat(insert.position()).isZero());
    String delivered = edited(edits, OWN + HEADER + BODY);
    assertThat(delivered).startsWith("DKIM-").endsWith(OWN + HEADER + BODY);
    assertThat(verified(delivered)).contains("dkim=pass");
  }

  @Test
  void aSignatureHoldsOverManyChunks() {
    StringBuilder body = new StringBuilder();
    while (body.length() < 1_000_000) {
      body.append("Grüße, line ").append(body.length()).append("\r\n");
    }
    HeaderEdits edits = signed(HEADER + body);

    assertThat(verified(edited(edits, OWN + HEADER + body))).contains("dkim=pass");
  }

  @Test
  void aMessageThatWasChangedIsRefusedInTheFiltersWords() {
    String delivered = edited(signed(HEADER + BODY), OWN + HEADER + BODY);

    ScannerAnswer answer =
        verifier
            .scan(job(Packets.NAMED, OWN + delivered.replace("at noon", "at one"), OWN.length()))
            .block(ENOUGH);

    assertThat(answer)
        .isInstanceOfSatisfying(
            ScannerAnswer.Bad.class,
            bad -> {
              assertThat(bad.finding()).isEqualTo("bad DKIM signature data");
              assertThat(bad.reply().orElseThrow().toString())
                  .isEqualTo("550 5.7.0 bad DKIM signature data");
            });
  }

  @Test
  void aMessageThatAFilterWouldDropIsBad() {
    String delivered = edited(signed(HEADER + BODY), OWN + HEADER + BODY);
    try (Opendkim dropping = Opendkim.verifying(new Opendkim.Keys(directory), "discard")) {
      assertThat(
              scanner(dropping.address())
                  .scan(job(Packets.NAMED, OWN + delivered.replace("noon", "one"), OWN.length()))
                  .block(ENOUGH))
          .isEqualTo(ScannerAnswer.bad("discarded by the filter"));
    }
  }

  @Test
  void aStrangersMessageIsNotSigned() {
    Provenance stranger =
        Provenance.connected("192.0.2.1", "192.0.2.25:25", Provenance.Origin.EXTERNAL);

    assertThat(signer.scan(job(stranger, OWN + HEADER + BODY, OWN.length())).block(ENOUGH))
        .isEqualTo(ScannerAnswer.GOOD);
  }

  @Test
  void aMessageOfOurOwnIsSigned() {
    ScannerAnswer answer = signer.scan(job(Provenance.local(), HEADER + BODY, 0)).block(ENOUGH);

    assertThat(((ScannerAnswer.Good) answer).edits().list())
        .anyMatch(edit -> edit.name().equals("DKIM-Signature"));
  }

  @Test
  void twoHundredMessagesGoOverAFewSessions() {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      HeaderEdits edits = signed("From: ann@sender.example\r\nSubject: " + i + "\r\n\r\n" + BODY);
      answers.add(edits.list().getLast().name());
    }

    assertThat(answers).hasSize(200).containsOnly(answers.getFirst());
  }

  @Test
  void rspamdAsAMilterWantsMoreThanIsOffered() {
    try (Rspamd rspamd = Rspamd.start("")) {
      ScannerFailedException failure =
          catchThrowableOfType(
              ScannerFailedException.class,
              () ->
                  scanner(rspamd.milter())
                      .scan(job(Packets.NAMED, HEADER + BODY, 0))
                      .block(ENOUGH));

      assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
      assertThat(failure)
          .hasMessageContaining(
              "wants to make changes that are not made for filters: another body");
    }
  }

  private static HeaderEdits signed(String message) {
    ScannerAnswer answer =
        signer.scan(job(Packets.NAMED, OWN + message, OWN.length())).block(ENOUGH);
    assertThat(answer).isInstanceOf(ScannerAnswer.Good.class);
    return ((ScannerAnswer.Good) answer).edits();
  }

  /// Returns the fields that the verifier puts on top of a message that another host has passed on.
  private static String verified(String message) {
    ScannerAnswer answer =
        verifier.scan(job(Packets.NAMED, OWN + message, OWN.length())).block(ENOUGH);
    assertThat(answer).isInstanceOf(ScannerAnswer.Good.class);
    return edited(((ScannerAnswer.Good) answer).edits(), message);
  }

  /// The message as its recipient gets it; none of its lines begins with a dot that is doubled on
  /// the wire.
  private static String edited(HeaderEdits edits, String message) {
    return new String(
        HeaderEditing.edited(
            edits, AddressForm.ASCII, message.getBytes(StandardCharsets.UTF_8), true, () -> {}),
        StandardCharsets.UTF_8);
  }

  private static ScanJob job(Provenance from, String message, int ownOctets) {
    Envelope envelope = Packets.envelope(from, "ann@sender.example", "bob@dest.example");
    return new ScanJob(
        envelope, ScanJobs.of(message.getBytes(StandardCharsets.UTF_8)).content(), ownOctets);
  }

  private static MilterScanner scanner(String address) {
    return new MilterScanner(
        new ScannerSocket(ScannerAddress.of("address", address)),
        "mx.dest.example",
        4,
        Optional.empty());
  }
}
