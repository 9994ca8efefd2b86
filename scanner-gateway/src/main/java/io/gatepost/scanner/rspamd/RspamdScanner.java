package io.gatepost.scanner.rspamd;

import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerHttp;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;

/// Asks rspamd: its normal worker, its controller, or a proxy in front of them.
public final class RspamdScanner implements Scanner {

  /// Beyond its `max_message` rspamd breaks off the connection without an answer, as it does when
  /// it crashes: larger messages are better not sent. This is its default, in octets.
  public static final long DEFAULT_MAX_MESSAGE = 50L * 1024 * 1024;

  private static final int OK = 200;
  private static final int TOO_LARGE = 413;

  private final ScannerHttp http;
  private final RspamdRequest request;

  /// @param ourName what Gatepost calls itself
  /// @param password of a controller that asks for one; empty for none
  public RspamdScanner(ScannerHttp http, String ourName, String password) {
    this.http = http;
    this.request = new RspamdRequest(ourName, password);
  }

  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    return http.post("/checkv2", job.content(), request.headers(job.envelope()))
        .map(answer -> read(answer, job));
  }

  /// Its version, such as `rspamd/3.4`. Of its rules, maps and statistics it tells nothing.
  @Override
  public Mono<String> version() {
    return http.get("/ping", request.password())
        .mapNotNull(answer -> answer.headers().getFirst(HttpHeaders.SERVER));
  }

  @Override
  public Scope scope() {
    return Scope.MESSAGE;
  }

  private ScannerAnswer read(ScannerHttp.Answer answer, ScanJob job) {
    return switch (answer.status()) {
      case OK -> RspamdAnswer.of(answer.body(), job.id());
      case TOO_LARGE -> new ScannerAnswer.NotScanned("too large for rspamd");
      default ->
          throw new ScannerFailedException(
              Kind.REFUSED,
              "%s answered HTTP %d \"%s\" (expected: 200)"
                  .formatted(http.url(), answer.status(), answer.beginning()));
    };
  }
}
