package io.gatepost.scanner.web;

import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerHttp;
import java.util.Optional;
import reactor.core.publisher.Mono;

/// Asks a scanner that speaks the protocol of `docs/scanner-protocol.md`: octets in, a verdict out.
public final class WebScanner implements Scanner {

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int TOO_LARGE = 413;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int UNAVAILABLE = 503;

  private final ScannerHttp http;

  /// Version that the scanner has told last.
  private volatile Optional<String> version = Optional.empty();

  private volatile Scope scope = Scope.MESSAGE;

  /// @param http at the scanner's URL
  public WebScanner(ScannerHttp http) {
    this.http = http;
  }

  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    return http.post("", job.content(), headers -> ScanRequest.headers(headers, job.envelope()))
        .map(this::read);
  }

  /// Asks with `GET`. Of a scanner that does not know the question the version counts that its last
  /// verdict has told.
  @Override
  public Mono<String> version() {
    return http.get("", ScanRequest::version)
        .flatMap(answer -> Mono.justOrEmpty(readVersion(answer)));
  }

  /// Returns the scope that the scanner has told last; [Scope#MESSAGE] until then.
  @Override
  public Scope scope() {
    return scope;
  }

  private ScannerAnswer read(ScannerHttp.Answer answer) {
    return switch (answer.status()) {
      case OK -> {
        ScanVerdict verdict = ScanVerdict.of(http.url().toString(), answer);
        learn(verdict.about());
        yield verdict.answer();
      }
      case TOO_LARGE -> new ScannerAnswer.NotScanned("too large for the scanner");
      default -> throw failed(answer);
    };
  }

  private Optional<String> readVersion(ScannerHttp.Answer answer) {
    return switch (answer.status()) {
      case OK -> {
        About about = About.of(http.url().toString(), answer);
        learn(about);
        yield about.version();
      }
      case NOT_FOUND, METHOD_NOT_ALLOWED, NOT_IMPLEMENTED -> version;
      default -> throw failed(answer);
    };
  }

  private void learn(About about) {
    version = about.version();
    scope = about.scope();
  }

  private ScannerFailedException failed(ScannerHttp.Answer answer) {
    return new ScannerFailedException(
        answer.status() == UNAVAILABLE ? Kind.REFUSED : Kind.GARBLED,
        "%s answered HTTP %d \"%s\" (expected: 200, or 413 or 503)"
            .formatted(http.url(), answer.status(), answer.beginning()));
  }
}
