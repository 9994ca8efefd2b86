package io.gatepost.scanner.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.scanner.Messages;
import io.gatepost.scanner.scan.Scanner.Scope;
import io.gatepost.scanner.scan.ScannerAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VerdictCacheTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final Duration TOOK = Duration.ofMillis(70);

  private long now;

  private VerdictCache cache(int size) {
    return new VerdictCache(
        new VerdictCache.Limits(size, HOUR, FIVE_MINUTES), Optional.of(10.0), () -> now);
  }

  private static VerdictKey key(String content) {
    return VerdictCache.key(
        "1",
        ContentDigest.of(Sha256.of(content.getBytes(java.nio.charset.StandardCharsets.UTF_8))),
        Scope.CONTENT,
        Messages.inMemory("").envelope());
  }

  static List<ScannerAnswer> bad() {
    return List.of(ScannerAnswer.bad("worm"), ScannerAnswer.scored(10, "RULE"));
  }

  static List<ScannerAnswer> others() {
    return List.of(
        ScannerAnswer.GOOD,
        ScannerAnswer.scored(9.9, "RULE"),
        new ScannerAnswer.Suspect(Optional.empty(), "hm", HeaderEdits.NONE),
        new ScannerAnswer.PutAside("hm", HeaderEdits.NONE));
  }

  static List<ScannerAnswer> unkept() {
    return List.of(
        new ScannerAnswer.TryLater("greylisted", Optional.empty()),
        new ScannerAnswer.NotScanned("too large"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void aBadOneIsKeptForAnHour(ScannerAnswer answer) {
    assertLives(answer, HOUR);
  }

  @ParameterizedTest
  @MethodSource("others")
  void anyOtherForFiveMinutes(ScannerAnswer answer) {
    assertLives(answer, FIVE_MINUTES);
  }

  private void assertLives(ScannerAnswer answer, Duration time) {
    VerdictCache cache = cache(10);
    cache.put(key("x"), answer, TOOK);

    now += time.minusSeconds(1).toNanos();
    assertThat(cache.get(key("x"))).isEqualTo(new VerdictCache.Verdict(answer, TOOK));
    now += Duration.ofSeconds(2).toNanos();
    assertThat(cache.get(key("x"))).isNull();
  }

  @ParameterizedTest
  @MethodSource("unkept")
  void whatIsNoVerdictIsNotKept(ScannerAnswer answer) {
    VerdictCache cache = cache(10);
    cache.put(key("x"), answer, TOOK);

    assertThat(cache.get(key("x"))).isNull();
  }

  @Test
  void thereAreNoMoreThanItsSize() {
    VerdictCache cache = cache(10);
    for (int i = 0; i < 100; i++) {
      cache.put(key("x" + i), ScannerAnswer.GOOD, TOOK);
    }

    assertThat(cache.size()).isLessThanOrEqualTo(10);
  }

  @Test
  void oneWithManyChangesOfTheHeaderCountsAsSeveral() {
    VerdictCache cache = cache(10);
    HeaderEdits edits =
        new HeaderEdits(List.of(HeaderEdit.Insert.onTop("X-Spam-Report", "x".repeat(10_000))));
    for (int i = 0; i < 100; i++) {
      cache.put(key("x" + i), new ScannerAnswer.Good(Optional.empty(), "", edits), TOOK);
    }

    assertThat(cache.size()).isLessThanOrEqualTo(2);
  }

  @Test
  void noneIsKeptWhereThereIsNoRoom() {
    VerdictCache cache = cache(0);
    cache.put(key("x"), ScannerAnswer.GOOD, TOOK);

    assertThat(cache.isUsed()).isFalse();
    assertThat(cache.get(key("x"))).isNull();
  }

  @Test
  void anotherVersionIsAnotherQuestion() {
    ContentDigest content = ContentDigest.of(Sha256.of(new byte[0]));

    assertThat(VerdictCache.key("1", content, Scope.CONTENT, Messages.inMemory("").envelope()))
        .isNotEqualTo(
            VerdictCache.key("2", content, Scope.CONTENT, Messages.inMemory("").envelope()));
  }
}
