package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.scanning.ScannerResult.Outcome;
import io.gatepost.scanner.pattern.PatternScanner;
import io.gatepost.scanner.plan.Plan;
import io.gatepost.scanner.plan.TotalRule;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.schedule.ScheduledScanner;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.Disposable;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ScanServiceTest {

  private static final String EICAR =
      "X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*";
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final ScanTerms ONLINE = ScanTerms.online(0);

  private final NettyDataBufferFactory buffers =
      new NettyDataBufferFactory(Unpooled.buffer().alloc());
  private final List<ByteBuf> given = new ArrayList<>();
  private final Scheduling scheduling = new Scheduling();

  private ScanService service(Supplier<Flux<DataBuffer>> stored, Scanner... scanners) {
    List<ScheduledScanner> all = new ArrayList<>();
    for (Scanner scanner : scanners) {
      all.add(scheduling.of("s" + all.size(), scanner));
    }
    return new ScanService(
        all, new Plan(TotalRule.NONE), Messages.holding(stored), scheduling.digests);
  }

  private ScanService pattern(Supplier<Flux<DataBuffer>> stored) {
    return service(stored, new PatternScanner());
  }

  private DataBuffer buffer(String text) {
    ByteBuf octets = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    given.add(octets);
    return buffers.wrap(octets);
  }

  private void assertEverythingLetGo() {
    assertThat(given).allSatisfy(octets -> assertThat(octets.refCnt()).isZero());
  }

  private Supplier<Flux<DataBuffer>> pieces(String text) {
    return () ->
        Flux.range(0, (text.length() + 999) / 1_000)
            .map(i -> buffer(text.substring(i * 1_000, Math.min(text.length(), (i + 1) * 1_000))));
  }

  private double verdicts(String outcome) {
    return scheduling
        .meters
        .get("gatepost.scanner.verdicts")
        .tags("scanner", "s0", "outcome", outcome)
        .counter()
        .count();
  }

  @Test
  void contentInOnePieceIsJudgedAtOnce() {
    ScanService service = pattern(Flux::never);

    Mono<ScanReport> clean = service.scan(Messages.inMemory("hello\r\n"), ONLINE);
    Mono<ScanReport> bad = service.scan(Messages.inMemory(EICAR), ONLINE);

    assertThat(clean).isInstanceOf(Fuseable.ScalarCallable.class);
    assertThat(clean.block().decision()).isEqualTo(ScanDecision.CLEAN);
    assertThat(bad).isInstanceOf(Fuseable.ScalarCallable.class);
    assertThat(bad.block().decision())
        .isEqualTo(
            new ScanDecision.Refuse(
                "s0 bad: EICAR test virus", Replies.contentRejected("EICAR test virus")));
    assertThat(verdicts("clean")).isEqualTo(1);
    assertThat(verdicts("bad")).isEqualTo(1);
  }

  @Test
  void aDoubledDotIsUndoneAtOnceAsWell() {
    Mono<ScanReport> bad =
        pattern(Flux::never).scan(Messages.inMemory("\r\n.." + EICAR + "\r\n"), ONLINE);

    assertThat(bad).isInstanceOf(Fuseable.ScalarCallable.class);
    assertThat(bad.block().decision()).isInstanceOf(ScanDecision.Refuse.class);
  }

  @Test
  void noContentIsClean() {
    assertThat(pattern(Flux::never).scan(Messages.inMemory(""), ONLINE).block().decision())
        .isEqualTo(ScanDecision.CLEAN);
  }

  @Test
  void aPatternAcrossPiecesOfAStreamIsFoundAndTheRestIsNotRead() {
    AtomicInteger pieces = new AtomicInteger();
    String text = "x".repeat(70_000) + EICAR + "y".repeat(200_000);

    ScanReport report =
        pattern(() -> pieces(text).get().doOnNext(_ -> pieces.incrementAndGet()))
            .scan(Messages.stored(text), ONLINE)
            .block(LONG);

    assertThat(report.decision()).isInstanceOf(ScanDecision.Refuse.class);
    assertThat(pieces.get()).isLessThan(80);
    assertEverythingLetGo();
  }

  @Test
  void nothingOfALongStreamStaysInMemory() {
    String text = "x".repeat(1_000_000);
    Supplier<Flux<DataBuffer>> content =
        () ->
            Flux.range(0, 1_000)
                .map(_ -> {
                  assertEverythingLetGo();
                  given.clear();
                  return buffer("x".repeat(1_000));
                });

    assertThat(pattern(content).scan(Messages.stored(text), ONLINE).block(LONG).decision())
        .isEqualTo(ScanDecision.CLEAN);
    assertEverythingLetGo();
  }

  @Test
  void whoFindsNoSlotIsToldAndASlotThatIsGivenUpIsFree() {
    scheduling.places = 0;
    AtomicInteger asked = new AtomicInteger();
    ScanService service =
        pattern(() -> asked.getAndIncrement() == 0 ? Flux.never() : pieces("x").get());
    Disposable running = service.scan(Messages.stored("x"), ONLINE).subscribe();

    ScanReport busy = service.scan(Messages.stored("x"), ONLINE).block(LONG);
    running.dispose();

    assertThat(busy.decision()).isInstanceOf(ScanDecision.TryLater.class);
    assertThat(busy.results())
        .extracting(ScannerResult::words)
        .containsExactly("busy: no slot in time");
    assertThat(service.scan(Messages.stored("x"), ONLINE).block(LONG).decision())
        .isEqualTo(ScanDecision.CLEAN);
  }

  @Test
  void aScanIsBoundedInTime() {
    scheduling.limit = Duration.ofMillis(30);

    ScanReport report = pattern(Flux::never).scan(Messages.stored("x"), ONLINE).block(LONG);

    assertThat(report.decision())
        .isInstanceOfSatisfying(
            ScanDecision.TryLater.class,
            later -> assertThat(later.reply()).isEqualTo(Replies.SCANNER_UNAVAILABLE));
    assertThat(verdicts("failed")).isEqualTo(1);
  }

  @Test
  void contentThatHasGoneIsNoVerdict() {
    RpcException gone = new RpcException(RpcStatus.NOT_FOUND, "no such content");

    assertFails(
        RpcStatus.NOT_FOUND, pattern(() -> Flux.error(gone)).scan(Messages.stored("x"), ONLINE));
    assertFails(
        RpcStatus.UNAVAILABLE,
        pattern(() -> Flux.error(new RpcException(RpcStatus.UNAVAILABLE, "away")))
            .scan(Messages.stored("x"), ONLINE));
    assertThat(verdicts("clean")).isZero();
  }

  @Test
  void contentThatIsNotWhatCameInIsNoVerdict() {
    assertFails(RpcStatus.NOT_FOUND, pattern(pieces("y")).scan(Messages.stored("x"), ONLINE));
    assertThat(verdicts("clean")).isZero();
  }

  @Test
  void aRefusalIsNotHeldUpByAScannerThatStillWorks() {
    FakeScanner slow = new FakeScanner();
    FakeScanner quick = new FakeScanner();
    ScanService service = service(Flux::never, slow, quick);
    List<ScanReport> reports = new ArrayList<>();
    service.scan(Messages.inMemory("x"), ONLINE).subscribe(reports::add);

    quick.scans.getFirst().answers(ScannerAnswer.bad("worm"));

    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.decision()).isInstanceOf(ScanDecision.Refuse.class);
          assertThat(report.results())
              .extracting(ScannerResult::outcome)
              .containsExactly(Outcome.BAD);
        });
    assertThat(slow.scans).hasSize(1);
  }

  @Test
  void answersStandInTheOrderOfTheSettings() {
    FakeScanner first = new FakeScanner();
    FakeScanner second = new FakeScanner();
    ScanService service = service(Flux::never, first, second);
    List<ScanReport> reports = new ArrayList<>();
    service.scan(Messages.inMemory("x"), ONLINE).subscribe(reports::add);

    second.scans.getFirst().answers(ScannerAnswer.GOOD);
    assertThat(reports).isEmpty();
    first.scans.getFirst().answers(ScannerAnswer.GOOD);

    assertThat(reports.getFirst().results())
        .extracting(ScannerResult::scanner)
        .containsExactly("s0", "s1");
  }

  private static void assertFails(RpcStatus status, Mono<ScanReport> scan) {
    assertThatThrownBy(() -> scan.block(LONG))
        .isInstanceOfSatisfying(
            RpcException.class, error -> assertThat(error.status()).isEqualTo(status));
  }
}
