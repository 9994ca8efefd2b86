package io.gatepost.scanner.schedule;

import io.gatepost.scanner.scan.Scanner;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The version of one scanner and its signatures, asked for every ten seconds, beside all scans.
/// One that does not answer keeps the version that it had.
public final class VersionWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(VersionWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String name;
  private final Scanner scanner;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile Optional<String> version = Optional.empty();
  private volatile Standing standing = Standing.NOT_ASKED;
  private volatile String trouble = "";
  private volatile Runnable onChange = () -> {};
  private volatile Disposable timer = () -> {};

  /// Result of the last question.
  public enum Standing {
    NOT_ASKED,
    /// It has told its version.
    ANSWERS,
    /// It has none to tell.
    HAS_NONE,
    UNREACHABLE
  }

  /// @param name of the scanner
  public VersionWatch(String name, Scanner scanner) {
    this.name = name;
    this.scanner = scanner;
  }

  /// The version by which answers are kept; none where none is known.
  public Optional<String> version() {
    return version;
  }

  public Standing standing() {
    return standing;
  }

  /// Why it is [Standing#UNREACHABLE]; else empty.
  public String trouble() {
    return trouble;
  }

  /// Asks now and from now on.
  void start(Runnable whenChanged) {
    onChange = whenChanged;
    timer =
        Schedulers.parallel()
            .schedulePeriodically(this::ask, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.dispose();
  }

  /// Asks, unless the last question is still open.
  void ask() {
    if (!asking.compareAndSet(false, true)) {
      return;
    }
    Mono.defer(scanner::version)
        .timeout(PATIENCE)
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty())
        .doFinally(_ -> asking.set(false))
        .subscribe(this::told, this::failed);
  }

  private void told(Optional<String> now) {
    Optional<String> before = version;
    version = now;
    reached(now.isPresent() ? Standing.ANSWERS : Standing.HAS_NONE);
    if (before.isPresent() && !before.equals(now)) {
      log.info("scanner={} is now \"{}\", was \"{}\"", name, now.orElse(""), before.get());
      onChange.run();
    }
  }

  private void reached(Standing now) {
    if (standing == Standing.UNREACHABLE) {
      log.info("scanner={} answers again", name);
    }
    trouble = "";
    standing = now;
  }

  private void failed(Throwable error) {
    trouble =
        error instanceof TimeoutException
            ? "no answer in " + PATIENCE.toSeconds() + " s"
            : String.valueOf(error.getMessage());
    if (standing != Standing.UNREACHABLE) {
      log.warn("scanner={} does not tell its version: {}", name, trouble);
    }
    standing = Standing.UNREACHABLE;
  }
}
