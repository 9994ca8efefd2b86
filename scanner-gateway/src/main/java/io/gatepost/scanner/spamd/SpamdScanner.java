package io.gatepost.scanner.spamd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.socket.Conversation;
import io.gatepost.scanner.socket.Piece;
import io.gatepost.scanner.socket.Question;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.scanner.socket.ScannerSocket;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// SpamAssassin's spamd, asked with `SYMBOLS` of its protocol, version 1.5: points, its own
/// threshold, and the names of the rules. Each scan has a connection of its own. The length of the
/// message is known when it has gone out only, so it ends as our side is closed.
///
/// spamd learns the client from the Received field on top. It takes messages of any size and has
/// them in memory several times over: the setting `max-size` bounds them.
public final class SpamdScanner implements Scanner {

  /// The largest message that it is given where the settings do not say, in octets: spamc's own
  /// limit.
  public static final long DEFAULT_MAX_MESSAGE = 512 * 1024;

  /// A few hundred octets of header, and the names of the rules.
  private static final Question.AnswerForm ANSWER =
      new Question.AnswerForm(OptionalInt.empty(), 64 * 1024);

  /// spamd scans to the end what it has been given, whoever has left.
  private static final Duration LINGERING = Duration.ofSeconds(60);

  private final ScannerAddress address;
  private final Conversation spamd;
  private final byte[] request;
  private final Duration lingering;

  /// @param user whose preferences and whose Bayes database are used; spamd's own where empty. One
  ///   line.
  public SpamdScanner(ScannerAddress address, Optional<String> user) {
    this(address, user, LINGERING);
  }

  SpamdScanner(ScannerAddress address, Optional<String> user, Duration lingering) {
    this.address = address;
    this.spamd = new Conversation(new ScannerSocket(address));
    this.request =
        ("SYMBOLS SPAMC/1.5\r\n" + user.map(name -> "User: " + name + "\r\n").orElse("") + "\r\n")
            .getBytes(UTF_8);
    this.lingering = lingering;
  }

  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    Flux<ByteBuf> octets = job.content().octets().map(Piece::of);
    return spamd.ask(
        new Question(request, octets, Question.endingByHalfClose(), ANSWER, lingering),
        answer -> SpamdAnswer.read(address, answer));
  }

  @Override
  public Mono<Void> settled() {
    return spamd.settled();
  }

  /// spamd tells the version of its protocol only, and that of its rules nowhere; what its Bayes
  /// database has learned would not be in it either. So its answers are not kept.
  @Override
  public Mono<String> version() {
    return Mono.empty();
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGE;
  }
}
