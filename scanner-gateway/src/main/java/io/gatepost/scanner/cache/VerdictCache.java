package io.gatepost.scanner.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Answers of one scanner that are believed for a while: that a message is bad for longer than that
/// it is not. "Later" and "not looked at" are never kept, nor any failure. Bounded by entries; one
/// with many changes of the header counts as several. The scanner's settings are part of every key
/// without standing in it: a cache lives no longer than they do (requirement E30).
public final class VerdictCache {

  private static final int OCTETS_OF_AN_ENTRY = 2_048;

  private final Limits limits;
  private final Optional<Double> badAbove;
  private final Cache<VerdictKey, Verdict> known;

  /// @param size entries; 0 for none
  /// @param bad how long a bad one is kept
  /// @param clean how long any other is
  public record Limits(long size, Duration bad, Duration clean) {}

  /// An answer, and what it cost.
  ///
  /// @param took how long the scan took that gave it
  public record Verdict(ScannerAnswer answer, Duration took) {}

  /// @param badAbove points from which on the settings call a message bad
  public VerdictCache(Limits limits, Optional<Double> badAbove) {
    this(limits, badAbove, Ticker.systemTicker());
  }

  VerdictCache(Limits limits, Optional<Double> badAbove, Ticker ticker) {
    this.limits = limits;
    this.badAbove = badAbove;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(limits.size)
            .weigher((VerdictKey key, Verdict verdict) -> weight(verdict.answer))
            .ticker(ticker)
            // its bookkeeping is short, and a thread of a pool that is woken for it costs more
            .executor(Runnable::run)
            .expireAfter(
                Expiry.<VerdictKey, Verdict>creating((key, verdict) -> lifetime(verdict.answer)))
            .build();
  }

  /// Whether anything is kept at all.
  public boolean isUsed() {
    return limits.size > 0;
  }

  /// The key of a message.
  ///
  /// @param version that the scanner had when it was asked last
  public static VerdictKey key(
      String version, ContentDigest content, Scanner.Scope scope, Envelope envelope) {
    ContentDigest facts =
        switch (scope) {
          case CONTENT -> MessageFacts.NONE;
          case MESSAGE -> MessageFacts.of(envelope);
        };
    return new VerdictKey(version, content, facts);
  }

  /// The answer that is known; null where none is.
  public @Nullable Verdict get(VerdictKey key) {
    return known.getIfPresent(key);
  }

  /// Keeps an answer, if it is one to be kept.
  public void put(VerdictKey key, ScannerAnswer answer, Duration took) {
    if (isUsed() && isKept(answer)) {
      known.put(key, new Verdict(answer, took));
    }
  }

  /// Forgets everything: the scanner has other signatures.
  public void clear() {
    known.invalidateAll();
  }

  /// How many answers are kept, after what has expired or is too much has been dropped.
  long size() {
    known.cleanUp();
    return known.estimatedSize();
  }

  private static boolean isKept(ScannerAnswer answer) {
    return switch (answer) {
      case ScannerAnswer.Good _,
          ScannerAnswer.Suspect _,
          ScannerAnswer.Bad _,
          ScannerAnswer.PutAside _ ->
          true;
      case ScannerAnswer.Replaced _, ScannerAnswer.TryLater _, ScannerAnswer.NotScanned _ -> false;
    };
  }

  private Duration lifetime(ScannerAnswer answer) {
    boolean isBad =
        switch (answer) {
          case ScannerAnswer.Bad _ -> true;
          case ScannerAnswer.Good good -> isAbove(good.score());
          case ScannerAnswer.Suspect suspect -> isAbove(suspect.score());
          case ScannerAnswer.Replaced _,
              ScannerAnswer.PutAside _,
              ScannerAnswer.TryLater _,
              ScannerAnswer.NotScanned _ ->
              false;
        };
    return isBad ? limits.bad : limits.clean;
  }

  private boolean isAbove(Optional<Double> score) {
    return score.isPresent() && badAbove.isPresent() && score.get() >= badAbove.get();
  }

  private static int weight(ScannerAnswer answer) {
    HeaderEdits edits =
        switch (answer) {
          case ScannerAnswer.Good good -> good.edits();
          case ScannerAnswer.Suspect suspect -> suspect.edits();
          case ScannerAnswer.PutAside aside -> aside.edits();
          case ScannerAnswer.Replaced replaced -> replaced.edits();
          case ScannerAnswer.Bad _, ScannerAnswer.TryLater _, ScannerAnswer.NotScanned _ ->
              HeaderEdits.NONE;
        };
    return 1 + edits.list().stream().mapToInt(HeaderEdit::size).sum() / OCTETS_OF_AN_ENTRY;
  }
}
