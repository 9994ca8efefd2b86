package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.scanner.body.Replacements;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.scanner.socket.ScannerSocket;
import io.gatepost.scanner.socket.SessionPool;
import io.gatepost.testkit.scanner.FakeScanner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The adapter beside filters that put another body in place of a message's (requirement E31).
class ReplacedBodyTest {

  private static final String OWN = "Received: from a by b; now\r\n";
  private static final String HEADER = OWN + "Subject: one\r\nTo: bob\r\n";
  private static final Duration ENOUGH = Duration.ofMinutes(1);
  private static final int MOST_OCTETS = 1_000_000;

  /// A filter's side of a connection, from the end of the message on.
  private interface End {
    void play(FilterTalk filter) throws IOException;
  }

  @TempDir static Path directory;

  private final Replacements kept = new Replacements(directory, MOST_OCTETS, 1, ENOUGH);

  @Test
  void aBodyInManyPacketsStandsBehindTheHeaderOfTheMessage() {
    String body = "0123456789abcd\r\n".repeat(4_096);
    End filter =
        talk -> {
          for (int i = 0; i < 10; i++) {
            talk.say('b', body.substring(0, 65_535).getBytes(StandardCharsets.US_ASCII));
            talk.say('p');
            talk.say('b', body.substring(65_535).getBytes(StandardCharsets.US_ASCII));
          }
          talk.say('c');
        };

    assertThat(content(scan(HEADER + "\r\nbody\r\n", filter)))
        .isEqualTo(HEADER + "\r\n" + body.repeat(10));
  }

  @Test
  void bodyAndHeaderAreChangedTogether() {
    End filter =
        talk -> {
          talk.say('h', "X-Seen", "yes");
          talk.say('b', "new\r\n".getBytes(StandardCharsets.US_ASCII));
          talk.say('m', 1, "Subject", "two");
          talk.say('a');
        };

    ScannerAnswer answer = scan(HEADER + "\r\nbody\r\n", filter);

    assertThat(((ScannerAnswer.Replaced) answer).edits().list())
        .containsExactly(
            HeaderEdit.Insert.atEnd("X-Seen", "yes"), new HeaderEdit.Replace("Subject", 1, "two"));
    assertThat(content(answer)).isEqualTo(HEADER + "\r\nnew\r\n");
  }

  @Test
  void anEmptyBodyIsOne() {
    assertThat(content(scan(HEADER + "\r\nbody\r\n", body("")))).isEqualTo(HEADER + "\r\n");
  }

  @Test
  void linesOfTheBodyEndWithCrlfWhereverItsPacketsAreCut() {
    End filter =
        talk -> {
          talk.say('b', "one\ntwo\r".getBytes(StandardCharsets.US_ASCII));
          talk.say('b', "\n\n.three\n".getBytes(StandardCharsets.US_ASCII));
          talk.say('c');
        };

    assertThat(content(scan(HEADER + "\r\nbody\r\n", filter)))
        .isEqualTo(HEADER + "\r\none\r\ntwo\r\n\r\n.three\r\n");
  }

  @Test
  void aHeaderWithoutAnEndGetsOne() {
    assertThat(content(scan(HEADER, body("new\r\n")))).isEqualTo(HEADER + "\r\nnew\r\n");
    assertThat(content(scan(HEADER + "no field\r\n\r\n", body("new\r\n"))))
        .isEqualTo(HEADER + "\r\nnew\r\n");
    assertThat(content(scan("no field\r\n", 0, body("new\r\n")))).isEqualTo("\r\nnew\r\n");
  }

  @Test
  void aMessageThatIsRefusedOrPutAsideAfterAllHasNoOtherBody() {
    ScannerAnswer rejected =
        scan(
            HEADER + "\r\nbody\r\n",
            talk -> {
              talk.say('b', new byte[65_535]);
              talk.say('r');
            });
    assertThat(rejected).isInstanceOf(ScannerAnswer.Bad.class);
    assertNothingIsKept();

    ScannerAnswer aside =
        scan(
            HEADER + "\r\nbody\r\n",
            talk -> {
              talk.say('b', new byte[1]);
              talk.say('q', "odd");
              talk.say('c');
            });
    assertThat(aside).isInstanceOf(ScannerAnswer.PutAside.class);
    assertNothingIsKept();
  }

  @Test
  void aBodyLargerThanTheBoundIsAFailure() {
    ScannerFailedException failure =
        failure(talk -> {
          byte[] piece = new byte[65_535];
          for (int i = 0; i <= MOST_OCTETS / piece.length; i++) {
            talk.say('b', piece);
          }
          talk.say('c');
        });

    assertThat(failure).hasMessageContaining("more than 1000000 octets");
    assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
    assertNothingIsKept();
  }

  @Test
  void aBodyThatBreaksOffIsAFailure() {
    ScannerFailedException failure = failure(talk -> talk.say('b', new byte[65_535]));

    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertNothingIsKept();
  }

  @Test
  void aBodyBeforeTheEndOfTheMessageIsAFailure() {
    try (FakeScanner server =
        FakeScanner.start(talk -> {
          FilterTalk filter = new FilterTalk(talk).agree(6, Protocol.CHGBODY, 0).goOnTo('N');
          filter.say('b', new byte[1]);
          filter.hear();
        })) {
      ScannerFailedException failure =
          catchThrowableOfType(
              ScannerFailedException.class,
              () -> scanner(server, Optional.of(kept)).scan(job(HEADER, 0)).block(ENOUGH));

      assertThat(failure).hasMessageContaining("asks for a change at END_OF_HEADER");
      assertNothingIsKept();
    }
  }

  @Test
  void aFilterThatMayNotReplaceTheBodyIsNotOfferedIt() {
    try (FakeScanner server =
        FakeScanner.start(talk -> {
          FilterTalk filter = new FilterTalk(talk).agree(6, 0, 0).goOnTo('E');
          filter.say('b', new byte[1]);
          filter.hear();
        })) {
      ScannerFailedException failure =
          catchThrowableOfType(
              ScannerFailedException.class,
              () -> scanner(server, Optional.empty()).scan(job(HEADER, 0)).block(ENOUGH));

      assertThat(failure).hasMessageContaining("that it was not offered: 'b'");
    }
  }

  private void assertNothingIsKept() {
    await().atMost(ENOUGH).until(() -> kept.open() == 0);
  }

  private static End body(String body) {
    return talk -> {
      talk.say('b', body.getBytes(StandardCharsets.US_ASCII));
      talk.say('c');
    };
  }

  private ScannerAnswer scan(String message, End end) {
    return scan(message, OWN.length(), end);
  }

  private ScannerAnswer scan(String message, int ownOctets, End end) {
    try (FakeScanner server = serving(end)) {
      ScannerAnswer answer =
          scanner(server, Optional.of(kept)).scan(job(message, ownOctets)).block(ENOUGH);
      assertThat(answer).isNotNull();
      return answer;
    }
  }

  private ScannerFailedException failure(End end) {
    try (FakeScanner server = serving(end)) {
      ScannerFailedException failure =
          catchThrowableOfType(
              ScannerFailedException.class,
              () ->
                  scanner(server, Optional.of(kept))
                      .scan(job(HEADER + "\r\nbody\r\n", OWN.length()))
                      .block(ENOUGH));
      assertThat(failure).isNotNull();
      return failure;
    }
  }

  private static FakeScanner serving(End end) {
    return FakeScanner.start(talk -> {
      FilterTalk filter =
          new FilterTalk(talk)
              .agree(
                  6,
                  Protocol.CHGBODY | Protocol.ADDHDRS | Protocol.CHGHDRS | Protocol.QUARANTINE,
                  0)
              .goOnTo('E');
      end.play(filter);
    });
  }

  private String content(ScannerAnswer answer) {
    assertThat(answer).isInstanceOf(ScannerAnswer.Replaced.class);
    ScannerAnswer.Replaced replaced = (ScannerAnswer.Replaced) answer;
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    kept.take(replaced.content().token())
        .doOnNext(piece -> all.writeBytes(StoredContent.octets(piece)))
        .blockLast(ENOUGH);
    assertThat(replaced.content().octets()).isEqualTo(all.size());
    return all.toString(StandardCharsets.US_ASCII);
  }

  private static ScanJob job(String message, int ownOctets) {
    return new ScanJob(
        Packets.envelope(
            Provenance.connected("192.0.2.1", "192.0.2.25:25", Provenance.Origin.EXTERNAL)
                .greeted("helo.example", Provenance.Protocol.ESMTP),
            "ann@sender.example",
            "bob@dest.example"),
        ScanJobs.of(message).content(),
        ownOctets);
  }

  private static MilterScanner scanner(FakeScanner server, Optional<Replacements> kept) {
    return new MilterScanner(
        new ScannerSocket(ScannerAddress.of("address", server.address())),
        "mx.dest.example",
        new SessionPool<>(0, Duration.ofSeconds(1)),
        kept);
  }
}
