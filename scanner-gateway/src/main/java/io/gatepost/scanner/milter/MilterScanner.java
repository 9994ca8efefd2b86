package io.gatepost.scanner.milter;

import io.gatepost.scanner.body.Replacements;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerSocket;
import io.gatepost.scanner.socket.SessionPool;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/// A mail filter that speaks the milter protocol, version 2 to 6, asked after the end of the
/// message for all steps of it. It may add, change and remove header fields, have a message put
/// aside, and replace the body where that is set up (requirement E31); one that insists on other
/// changes is refused when its session begins.
///
/// Filters do not say what their rules are: [#version] is empty, so that no answer is kept.
public final class MilterScanner implements Scanner {

  /// How long a session waits for another message.
  static final Duration IDLE_TIME = Duration.ofSeconds(30);

  private static final int MOST_IDLE = 8;

  private final ScannerSocket socket;
  private final String hostname;
  private final SessionPool<FilterSession> pool;
  private final Optional<Replacements> replacements;

  /// Whether the filter is believed to take another client over a session.
  private volatile boolean takesOthers = true;

  /// @param hostname what this host calls itself, macro `j`
  /// @param slots how many scans run at a time: no more sessions wait
  /// @param replacements where bodies are kept that it gives; none where it may give none
  public MilterScanner(
      ScannerSocket socket, String hostname, int slots, Optional<Replacements> replacements) {
    this(socket, hostname, new SessionPool<>(Math.min(slots, MOST_IDLE), IDLE_TIME), replacements);
  }

  MilterScanner(ScannerSocket socket, String hostname, SessionPool<FilterSession> pool) {
    this(socket, hostname, pool, Optional.empty());
  }

  MilterScanner(
      ScannerSocket socket,
      String hostname,
      SessionPool<FilterSession> pool,
      Optional<Replacements> replacements) {
    this.socket = socket;
    this.hostname = hostname;
    this.pool = pool;
    this.replacements = replacements;
  }

  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    return Mono.defer(() -> {
      ClientFacts client = ClientFacts.of(job.envelope().provenance());
      Optional<FilterSession> waiting =
          pool.take(
              session -> session.takes(client, takesOthers),
              session -> session.takes(client, false));
      return waiting.isPresent() ? over(waiting.get(), job) : overNew(job);
    });
  }

  /// Empty where the filter comes to an agreement; else fails, so that its health tells of it
  /// before there is mail.
  @Override
  public Mono<String> version() {
    return FilterSession.open(socket, replacements)
        .doOnNext(FilterSession::quit)
        .then(Mono.empty());
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGE;
  }

  private Mono<ScannerAnswer> overNew(ScanJob job) {
    return FilterSession.open(socket, replacements).flatMap(session -> used(session, job));
  }

  /// A session that has waited may have been closed by the filter: another is opened, once, where
  /// the filter has not said anything about the message.
  private Mono<ScannerAnswer> over(FilterSession session, ScanJob job) {
    return used(session, job)
        .onErrorResume(
            ScannerFailedException.class,
            e -> {
              if (e.kind() != Kind.UNREACHABLE || session.isAnswered()) {
                return Mono.error(e);
              }
              if (session.hasIgnoredOther()) {
                takesOthers = false;
              }
              return overNew(job);
            });
  }

  private Mono<ScannerAnswer> used(FilterSession session, ScanJob job) {
    return Mono.defer(() -> {
      AtomicBoolean isReleased = new AtomicBoolean();
      return session
          .judge(job, hostname)
          .doOnNext(_ -> {
            isReleased.set(true);
            release(session);
          })
          .doFinally(_ -> {
            // A cancellation may also come from those who have taken the answer.
            if (!isReleased.get()) {
              session.dispose();
            }
          });
    });
  }

  private void release(FilterSession session) {
    if (session.isReusable()) {
      session.endMessage().subscribe(_ -> {}, _ -> session.dispose(), () -> pool.give(session));
    } else {
      session.quit();
    }
  }
}
