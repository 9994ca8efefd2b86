package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanVerdict;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.scanner.pattern.PatternScanner;
import io.gatepost.scanner.pattern.TestStrings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.Disposable;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class PatternScanningTest {

  private static final String EICAR =
      "X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*";
  private static final Duration LONG = Duration.ofSeconds(20);

  private final NettyDataBufferFactory buffers =
      new NettyDataBufferFactory(Unpooled.buffer().alloc());
  private final List<ByteBuf> given = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private PatternScanning scanning(int slots, Duration timeout) {
    return new PatternScanning(
        new PatternScanner(TestStrings.ALL),
        new Gate("scanner", GateLimits.slots(slots)),
        timeout,
        meters);
  }

  private DataBuffer buffer(String text) {
    ByteBuf octets = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    given.add(octets);
    return buffers.wrap(octets);
  }

  private void assertEverythingLetGo() {
    assertThat(given).allSatisfy(octets -> assertThat(octets.refCnt()).isZero());
  }

  private double verdicts(String verdict) {
    return meters.get("gatepost.scanner.verdicts").tag("verdict", verdict).counter().count();
  }

  @Test
  void contentInOnePieceIsJudgedAtOnce() {
    Mono<ScanVerdict> clean = scanning(1, LONG).scan("id", Flux.just(buffer("hello\r\n")));
    Mono<ScanVerdict> bad = scanning(1, LONG).scan("id", Flux.just(buffer(EICAR)));

    assertThat(clean).isInstanceOf(Fuseable.ScalarCallable.class);
    assertThat(clean.block()).isEqualTo(new ScanVerdict.Clean());
    assertThat(bad.block())
        .isInstanceOfSatisfying(
            ScanVerdict.Rejected.class,
            rejected -> {
              assertThat(rejected.finding()).isEqualTo("EICAR test virus");
              assertThat(rejected.reply())
                  .hasToString("550 5.7.1 Message content rejected: EICAR test virus");
            });
    assertThat(verdicts("clean")).isEqualTo(1);
    assertThat(verdicts("rejected")).isEqualTo(1);
    assertEverythingLetGo();
  }

  @Test
  void noContentIsClean() {
    assertThat(scanning(1, LONG).scan("id", Flux.empty()).block())
        .isEqualTo(new ScanVerdict.Clean());
  }

  @Test
  void aPatternAcrossPiecesOfAStreamIsFoundAndTheRestIsNotRead() {
    AtomicInteger pieces = new AtomicInteger();
    String text = "x".repeat(70_000) + EICAR + "y".repeat(200_000);
    Flux<DataBuffer> content =
        Flux.range(0, text.length() / 1_000)
            .map(i -> {
              pieces.incrementAndGet();
              return buffer(text.substring(i * 1_000, (i + 1) * 1_000));
            });

    ScanVerdict verdict = scanning(1, LONG).scan("id", content).block();

    assertThat(verdict).isInstanceOf(ScanVerdict.Rejected.class);
    assertThat(pieces.get()).isLessThan(80);
    assertEverythingLetGo();
  }

  @Test
  void nothingOfALongStreamStaysInMemory() {
    Flux<DataBuffer> content =
        Flux.range(0, 1_000)
            .map(i -> {
              assertEverythingLetGo();
              given.clear();
              return buffer("x".repeat(1_000));
            });

    assertThat(scanning(1, LONG).scan("id", content).block()).isEqualTo(new ScanVerdict.Clean());
    assertEverythingLetGo();
  }

  @Test
  void whoFindsNoSlotIsToldAndASlotThatIsGivenUpIsFree() {
    PatternScanning scanning = scanning(1, LONG);
    Disposable running = scanning.scan("one", Flux.never()).subscribe();

    assertFails(RpcStatus.UNAVAILABLE, scanning.scan("two", Flux.just(buffer("x")).hide()));
    running.dispose();

    assertThat(scanning.scan("three", Flux.just(buffer("x")).hide()).block())
        .isEqualTo(new ScanVerdict.Clean());
  }

  @Test
  void aScanIsBoundedInTime() {
    assertFails(
        RpcStatus.DEADLINE_EXCEEDED, scanning(1, Duration.ofMillis(30)).scan("id", Flux.never()));
  }

  @Test
  void contentThatCannotBeReadIsNoVerdict() {
    RpcException unreadable = new RpcException(RpcStatus.NOT_FOUND, "no such content");

    assertFails(RpcStatus.NOT_FOUND, scanning(1, LONG).scan("id", Flux.error(unreadable)));
    assertFails(
        RpcStatus.NOT_FOUND,
        scanning(1, LONG).scan("id", Flux.<DataBuffer>error(unreadable).hide()));
    assertThat(verdicts("clean")).isZero();
  }

  private static void assertFails(RpcStatus status, Mono<ScanVerdict> scan) {
    assertThatThrownBy(() -> scan.block(LONG))
        .isInstanceOfSatisfying(
            RpcException.class, error -> assertThat(error.status()).isEqualTo(status));
  }
}
