package io.gatepost.scanner.clamd;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.socket.Conversation;
import io.gatepost.scanner.socket.Question;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.scanner.socket.ScannerSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// ClamAV's clamd, asked with `INSTREAM` (clamd(8)): chunks, each behind its length in four octets,
/// then one of length 0. Each scan has a connection of its own.
public final class ClamdScanner implements Scanner {

  private static final int LONGEST_CHUNK = 64 * 1024;

  /// A virus's name has some hundred octets at most.
  private static final Question.AnswerForm ANSWER =
      new Question.AnswerForm(OptionalInt.of(0), 16 * 1024);

  /// clamd scans to the end what it has been given, whoever has left.
  private static final Duration LINGERING = Duration.ofSeconds(60);

  private final ScannerAddress address;
  private final Conversation clamd;
  private final Duration lingering;

  public ClamdScanner(ScannerAddress address) {
    this(address, LINGERING);
  }

  ClamdScanner(ScannerAddress address, Duration lingering) {
    this.address = address;
    this.clamd = new Conversation(new ScannerSocket(address));
    this.lingering = lingering;
  }

  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    Flux<ByteBuf> octets =
        Flux.concat(
            Mono.fromSupplier(() -> Unpooled.wrappedBuffer(command("INSTREAM"))),
            job.content()
                .octets()
                .map(StoredContent::octets)
                .concatMapIterable(ClamdScanner::chunks, 1));
    return clamd
        .ask(new Question(octets, Question.endingWith(new byte[4]), ANSWER, lingering))
        .map(answer -> ClamdAnswer.read(address, answer));
  }

  @Override
  public Mono<Void> settled() {
    return clamd.settled();
  }

  /// The whole of `ClamAV 1.4.3/27700/Mon Nov 30 09:00:00 2026`: clamd's version, that of its
  /// signatures, and their time.
  @Override
  public Mono<String> version() {
    return clamd
        .ask(
            new Question(
                Flux.empty(), Question.endingWith(command("VERSION")), ANSWER, Duration.ZERO))
        .map(answer -> ClamdAnswer.readVersion(address, answer));
  }

  @Override
  public Scope scope() {
    return Scope.CONTENT;
  }

  /// A command that ends with NUL, as does its answer.
  private static byte[] command(String word) {
    return ('z' + word + '\0').getBytes(US_ASCII);
  }

  private static List<ByteBuf> chunks(byte[] piece) {
    List<ByteBuf> chunks = new ArrayList<>(1);
    for (int at = 0; at < piece.length; at += LONGEST_CHUNK) {
      int length = Math.min(LONGEST_CHUNK, piece.length - at);
      chunks.add(
          Unpooled.wrappedBuffer(
              Unpooled.copyInt(length), Unpooled.wrappedBuffer(piece, at, length)));
    }
    return chunks;
  }
}
