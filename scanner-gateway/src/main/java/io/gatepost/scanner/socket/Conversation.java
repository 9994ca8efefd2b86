package io.gatepost.scanner.socket;

import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/// Questions to one scanner, at the scanner's speed, each over a connection of its own or one after
/// the other over connections that are kept.
///
/// An answer is read also where writing fails: a scanner that has had enough of a message says so
/// and closes, and its words are still there to be read.
///
/// A connection is kept after a whole question with one answer that was believed, and only then.
public final class Conversation {

  private final ScannerSocket socket;
  private final @Nullable Keeping keeping;
  private final SessionPool<Line> waiting;

  /// Connections of questions that were given up, and that the scanner may still be busy with.
  private final Set<Connection> lingering = ConcurrentHashMap.newKeySet();

  /// With a connection for each question.
  public Conversation(ScannerSocket socket) {
    this.socket = socket;
    this.keeping = null;
    this.waiting = new SessionPool<>(0, Duration.ZERO);
  }

  /// With connections that are kept.
  public Conversation(ScannerSocket socket, Keeping keeping) {
    this.socket = socket;
    this.keeping = keeping;
    this.waiting = new SessionPool<>(keeping.most(), keeping.idle());
  }

  /// Asks, once for each subscriber. Fails with [ScannerFailedException]: unreachable where the
  /// connection is refused or ends without an answer, garbled where the answer is too long; with
  /// the question's own error where that fails. After a cancellation see [Question#lingering].
  ///
  /// A connection that has waited may have been closed by the scanner: where it ends without an
  /// octet of an answer the question is asked again, once, over a new one.
  ///
  /// @param reader reads the answer; fails with [ScannerFailedException] where it is none
  public <T> Mono<T> ask(Question question, Function<Answer, T> reader) {
    return Mono.defer(() -> {
      Optional<Line> kept = waiting.take(_ -> true, Line::isHere);
      if (kept.isEmpty()) {
        return overNew(question, reader);
      }
      return over(kept.get(), question, reader)
          .onErrorResume(Conversation::isUnanswered, _ -> overNew(question, reader));
    });
  }

  private <T> Mono<T> overNew(Question question, Function<Answer, T> reader) {
    return socket
        .connect()
        .flatMap(connection -> over(new Line(socket, connection, keeping), question, reader));
  }

  private <T> Mono<T> over(Line line, Question question, Function<Answer, T> reader) {
    return Mono.create(sink -> new Exchange<>(this, line, question, reader, sink).run());
  }

  private static boolean isUnanswered(Throwable error) {
    return error instanceof ScannerFailedException e && e.kind() == Kind.UNREACHABLE;
  }

  /// Completes when the scanner has answered or closed the connections of all questions that were
  /// given up until now, each at most [Question#lingering] after it was given up. Never fails.
  public Mono<Void> settled() {
    return Mono.defer(() ->
        Mono.when(lingering.stream().map(each -> each.onDispose().onErrorComplete()).toList()));
  }

  /// How many connections wait for another question.
  public int kept() {
    return waiting.size();
  }

  void linger(Connection connection) {
    lingering.add(connection);
    connection.onDispose(() -> lingering.remove(connection));
  }

  /// Keeps a connection for another question.
  void keep(Line line) {
    waiting.give(line);
  }
}
