package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScanJobs;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.scanner.socket.ScannerSocket;
import io.gatepost.scanner.socket.SessionPool;
import io.gatepost.testkit.scanner.FakeScanner;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;

/// The adapter beside a filter that does as it is told, misbehaviour included.
abstract class MilterFixture {

  static final String OWN = "Received: from a by b; now\r\n";
  static final String MESSAGE = OWN + "Subject: one\r\nTo: bob\r\n\r\nbody\r\n";
  static final Provenance ANN = client("192.0.2.1");
  static final Provenance EVE = client("192.0.2.66");
  static final Duration ENOUGH = Duration.ofMinutes(1);
  static final Duration LONG = Duration.ofMinutes(10);

  /// A filter's side of a connection, from the offer on.
  interface Part {
    void play(FilterTalk filter) throws IOException;
  }

  final SessionPool<FilterSession> pool = new SessionPool<>(2, LONG);
  final Queue<FilterTalk> talks = new ConcurrentLinkedQueue<>();
  final FakeScanner server = FakeScanner.start(talk -> {});
  final MilterScanner scanner = scanner(server, pool);

  @AfterEach
  void close() {
    server.close();
  }

  void play(Part part) {
    server.behave(talk -> part.play(begin(talk)));
  }

  FilterTalk begin(Talk talk) {
    FilterTalk filter = new FilterTalk(talk);
    talks.add(filter);
    return filter;
  }

  String heard() {
    return talks.element().commands();
  }

  ScannerAnswer scan() {
    return scan(ANN);
  }

  ScannerAnswer scan(Provenance client) {
    ScanJob job =
        new ScanJob(
            Packets.envelope(client, "ann@sender.example", "bob@dest.example"),
            job().content(),
            OWN.length());
    ScannerAnswer answer = scanner.scan(job).block(ENOUGH);
    assertThat(answer).isNotNull();
    return answer;
  }

  ScannerFailedException failure() {
    ScannerFailedException failure =
        catchThrowableOfType(ScannerFailedException.class, () -> scanner.scan(job()).block(ENOUGH));
    assertThat(failure).isNotNull();
    return failure;
  }

  static Provenance client(String address) {
    return Provenance.connected(address, "192.0.2.25:25", Provenance.Origin.EXTERNAL)
        .greeted("helo.example", Provenance.Protocol.ESMTP);
  }

  static ScanJob job() {
    ScanJob plain = ScanJobs.of(MESSAGE);
    return new ScanJob(plain.envelope(), plain.content(), OWN.length());
  }

  static MilterScanner scanner(FakeScanner server, SessionPool<FilterSession> pool) {
    return new MilterScanner(
        new ScannerSocket(ScannerAddress.of("address", server.address())), "mx.dest.example", pool);
  }
}
