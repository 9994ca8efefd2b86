package io.gatepost.scanner.socket;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/// Questions to one scanner, each over a connection of its own, at the scanner's speed: the next
/// piece is asked for when the one before it has been written.
///
/// An answer is read also where writing fails: a scanner that has had enough of a message says so
/// and closes, and its words are still there to be read.
public final class Conversation {

  private final ScannerSocket socket;

  /// Connections of questions that were given up, and that the scanner may still be busy with.
  private final Set<Connection> lingering = ConcurrentHashMap.newKeySet();

  public Conversation(ScannerSocket socket) {
    this.socket = socket;
  }

  /// Asks, once for each subscriber. Fails with [io.gatepost.scanner.scan.ScannerFailedException]:
  /// unreachable where the connection is refused or ends without an answer, garbled where the
  /// answer is too long; with the question's own error where that fails. The connection is closed
  /// in every case; after a cancellation see [Question#lingering].
  public Mono<Answer> ask(Question question) {
    return socket
        .connect()
        .flatMap(connection ->
            Mono.create(sink -> new Exchange(socket, connection, question, sink, this).run()));
  }

  /// Completes when the scanner has closed the connections of all questions that were given up
  /// until now, each at most [Question#lingering] after it was given up. Never fails.
  public Mono<Void> settled() {
    return Mono.defer(() ->
        Mono.when(lingering.stream().map(each -> each.onDispose().onErrorComplete()).toList()));
  }

  void linger(Connection connection) {
    lingering.add(connection);
    connection.onDispose(() -> lingering.remove(connection));
  }
}
