package io.gatepost.dns;

import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Cache;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.lookup.LookupSession;

/// The resolvers of a process, with the cache and the gate that all its questions share.
public final class NameServers {

  private static final int MAX_CACHED_NAMES = 50_000;
  private static final int MAX_CACHED_SECONDS = 24 * 3_600;

  /// RFC 2308 §5 recommends one to three hours; less, as a new domain should not wait for long.
  private static final int MAX_NEGATIVE_SECONDS = 15 * 60;

  /// Questions that the DNS is asked at a time: each has a socket.
  static final int MAX_RUNNING = 2_000;

  /// Questions that wait for their turn; beyond it the answer is an error at once.
  private static final int MAX_WAITING = 20_000;

  /// Those of them that one party may have. Parties take turns, so that one with slow name servers
  /// does not hold up the others.
  private static final int MAX_WAITING_OF_PARTY = 100;

  private final List<InetSocketAddress> servers;
  private final Gate gate;
  private final Cache cache = new Cache(DClass.IN);

  /// @param servers those to ask; the system's where there are none
  /// @param gate which questions pass, see [#gate()]
  public NameServers(List<InetSocketAddress> servers, Gate gate) {
    this.servers = List.copyOf(servers);
    this.gate = gate;
    cache.setMaxEntries(MAX_CACHED_NAMES);
    cache.setMaxCache(MAX_CACHED_SECONDS);
    cache.setMaxNCache(MAX_NEGATIVE_SECONDS);
  }

  /// A gate for the questions of a process. A question that it refuses is not asked.
  public static Gate gate() {
    return new Gate("dns", GateLimits.of(MAX_RUNNING, MAX_WAITING).withShare(MAX_WAITING_OF_PARTY));
  }

  /// Questions that the shared cache may answer; what it does not know it learns. Aliases are
  /// followed. How long an answer holds is what its owner says: of that, some may be over.
  ///
  /// @param timeout for one answer
  public Dns cached(Duration timeout) {
    LookupSession session =
        LookupSession.builder().resolver(resolver(timeout)).cache(cache).build();
    return new GatedDns(new CachedQuestions(session), gate, timeout);
  }

  /// Questions that go to the servers, for those who keep the answers themselves.
  ///
  /// @param timeout for one answer
  public Dns direct(Duration timeout) {
    return new GatedDns(new DirectQuestions(resolver(timeout)), gate, timeout);
  }

  /// A lost datagram is sent again at half of the time.
  private Resolver resolver(Duration timeout) {
    List<Resolver> resolvers = new ArrayList<>();
    for (InetSocketAddress server : servers) {
      resolvers.add(new SimpleResolver(server));
    }
    ExtendedResolver resolver =
        resolvers.isEmpty() ? new ExtendedResolver() : new ExtendedResolver(resolvers);
    resolver.setRetries(2);
    resolver.setTimeout(timeout.dividedBy(2).plus(Duration.ofMillis(1)));
    return resolver;
  }
}
