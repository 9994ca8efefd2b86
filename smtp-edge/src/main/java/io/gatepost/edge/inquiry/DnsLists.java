package io.gatepost.edge.inquiry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatepost.dns.Dns;
import io.gatepost.edge.dnslist.ListJudge;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// All DNS lists, and what they have said of clients.
public final class DnsLists {

  /// Questions to all lists at a time, in equal parts: each has a socket, and the process has
  /// others to ask.
  private static final int MAX_RUNNING = 512;

  private final ListJudge judge;
  private final Duration timeout;
  private final LongSupplier nanoTime;
  private final List<ZoneAsking> zones;
  private final Cache<InetAddress, ListInquiry> known;

  /// @param dns past its cache, with the time-out of the lists
  /// @param timeout how long a client may have to wait for all lists since it has connected
  /// @param maxKnown clients whose verdicts are kept
  public DnsLists(ListJudge judge, Dns dns, Duration timeout, int maxKnown, MeterRegistry meters) {
    this(judge, dns, timeout, maxKnown, meters, System::nanoTime);
  }

  DnsLists(
      ListJudge judge,
      Dns dns,
      Duration timeout,
      int maxKnown,
      MeterRegistry meters,
      LongSupplier nanoTime) {
    this.judge = judge;
    this.timeout = timeout;
    this.nanoTime = nanoTime;
    int each = Math.max(1, MAX_RUNNING / Math.max(1, judge.zones().size()));
    this.zones =
        judge.zones().stream()
            .map(zone -> new ZoneAsking(zone, dns, timeout, each, nanoTime, meters))
            .toList();
    this.known = Caffeine.newBuilder().maximumSize(maxKnown).executor(Runnable::run).build();
    Gauge.builder("gatepost.edge.dnslist.known", known, Cache::estimatedSize)
        .description("Clients of which the answers of DNS lists are kept")
        .register(meters);
  }

  /// Begins to ask about a client, unless it is known or being asked about.
  ListedClient about(InetAddress client) {
    if (zones.isEmpty()) {
      return ListedClient.NOT_ASKED;
    }
    ListInquiry inquiry = known.getIfPresent(client);
    return inquiry != null && inquiry.holds(nanoTime.getAsLong()) ? inquiry : ask(client);
  }

  private ListInquiry ask(InetAddress client) {
    AtomicBoolean isNew = new AtomicBoolean();
    ListInquiry inquiry =
        known
            .asMap()
            .compute(
                client,
                (_, earlier) -> {
                  if (earlier != null && earlier.holds(nanoTime.getAsLong())) {
                    return earlier;
                  }
                  isNew.set(true);
                  return new ListInquiry(client, zones, judge, timeout, nanoTime, earlier);
                });
    if (isNew.get()) {
      inquiry.begin();
    }
    return inquiry;
  }
}
