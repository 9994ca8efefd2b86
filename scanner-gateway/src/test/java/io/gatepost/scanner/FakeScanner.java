package io.gatepost.scanner;

import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// A scanner whose scans are ended by the test.
public final class FakeScanner implements Scanner {

  public final List<Scan> scans = new CopyOnWriteArrayList<>();
  public final AtomicInteger versionsAsked = new AtomicInteger();
  public volatile Mono<String> version = Mono.just("1");
  public volatile Mono<Void> settled = Mono.empty();
  public volatile Scope scope = Scope.CONTENT;

  /// One that has begun.
  public static final class Scan {
    public final ScanJob job;
    private final Sinks.One<ScannerAnswer> answer = Sinks.one();
    public volatile boolean cancelled;

    private Scan(ScanJob job) {
      this.job = job;
    }

    public void answers(ScannerAnswer given) {
      answer.tryEmitValue(given).orThrow();
    }

    public void fails(Throwable error) {
      answer.tryEmitError(error).orThrow();
    }
  }

  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    return Mono.defer(() -> {
      Scan scan = new Scan(job);
      scans.add(scan);
      return scan.answer.asMono().doOnCancel(() -> scan.cancelled = true);
    });
  }

  @Override
  public Mono<String> version() {
    versionsAsked.incrementAndGet();
    return version;
  }

  @Override
  public Mono<Void> settled() {
    return settled;
  }

  @Override
  public Scope scope() {
    return scope;
  }

  /// The peers whose messages are scanned, in order.
  public List<String> peers() {
    List<String> peers = new ArrayList<>();
    scans.forEach(scan -> peers.add(scan.job.envelope().provenance().peer()));
    return peers;
  }
}
