package io.gatepost.scanner.clamd;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.socket.Conversation;
import io.gatepost.scanner.socket.Keeping;
import io.gatepost.scanner.socket.Piece;
import io.gatepost.scanner.socket.Question;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.scanner.socket.ScannerSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.OptionalInt;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// ClamAV's clamd, asked with `INSTREAM` (clamd(8)): chunks, each behind its length in four octets,
/// then one of length 0. Scans follow one another over sessions (`IDSESSION`), in which clamd puts
/// the number of a question before its answer. Any error ends a session.
public final class ClamdScanner implements Scanner {

  private static final int LONGEST_CHUNK = 64 * 1024;

  /// A virus's name has some hundred octets at most.
  private static final Question.AnswerForm ANSWER =
      new Question.AnswerForm(OptionalInt.of(0), 16 * 1024);

  /// clamd scans to the end what it has been given, whoever has left.
  private static final Duration LINGERING = Duration.ofSeconds(60);

  /// Shorter than clamd waits for a command: `ReadTimeout`, 120 s unless set.
  private static final Duration IDLE_TIME = Duration.ofSeconds(10);

  private static final Duration LONGEST_SESSION = Duration.ofSeconds(60);

  private static final byte[] INSTREAM = command("INSTREAM");
  private static final byte[] VERSION = command("VERSION");

  private final ScannerAddress address;
  private final Conversation clamd;
  private final Conversation versions;
  private final Duration lingering;

  /// @param slots how many messages are scanned at a time: no more sessions wait
  public ClamdScanner(ScannerAddress address, int slots) {
    this(address, slots, IDLE_TIME, LINGERING);
  }

  ClamdScanner(ScannerAddress address, int slots, Duration idleTime, Duration lingering) {
    ScannerSocket socket = new ScannerSocket(address);
    this.address = address;
    this.clamd =
        new Conversation(
            socket,
            new Keeping(
                command("IDSESSION"),
                command("END"),
                ClamdAnswer::goesOn,
                slots,
                idleTime,
                LONGEST_SESSION));
    this.versions = new Conversation(socket);
    this.lingering = lingering;
  }

  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    Flux<ByteBuf> octets = job.content().octets().map(ClamdScanner::chunks);
    return clamd.ask(
        new Question(INSTREAM, octets, Question.endingWith(new byte[4]), ANSWER, lingering),
        answer -> ClamdAnswer.read(address, answer));
  }

  @Override
  public Mono<Void> settled() {
    return clamd.settled();
  }

  /// The whole of `ClamAV 1.4.3/27700/Mon Nov 30 09:00:00 2026`: clamd's version, that of its
  /// signatures, and their time.
  @Override
  public Mono<String> version() {
    return versions.ask(
        new Question(VERSION, Flux.empty(), Question.endingWith(), ANSWER, Duration.ZERO),
        answer -> ClamdAnswer.readVersion(address, answer));
  }

  @Override
  public Scope scope() {
    return Scope.CONTENT;
  }

  /// How many sessions wait for another message.
  int sessions() {
    return clamd.kept();
  }

  /// A command that ends with NUL, as does its answer.
  private static byte[] command(String word) {
    return ('z' + word + '\0').getBytes(US_ASCII);
  }

  private static ByteBuf chunks(DataBuffer buffer) {
    ByteBuf piece = Piece.of(buffer);
    int octets = piece.readableBytes();
    if (octets <= LONGEST_CHUNK) {
      return chunk(piece);
    }
    ByteBuf[] chunks = new ByteBuf[(octets + LONGEST_CHUNK - 1) / LONGEST_CHUNK];
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = chunk(piece.readRetainedSlice(Math.min(LONGEST_CHUNK, piece.readableBytes())));
    }
    piece.release();
    return Unpooled.wrappedBuffer(chunks.length, chunks);
  }

  private static ByteBuf chunk(ByteBuf octets) {
    return Unpooled.wrappedBuffer(Unpooled.copyInt(octets.readableBytes()), octets);
  }
}
