package io.gatepost.edge.policy;

import io.gatepost.contract.address.ClientNetwork;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import reactor.core.publisher.Mono;

/// At most so many messages a minute from one stranger's [ClientNetwork], from one wider network of
/// strangers, or from one user. Our own networks are not counted. The count starts again with each
/// minute.
public final class MessageRate implements Check<SenderQuestion> {

  private static final Mono<Verdict> REFUSED =
      Verdict.refuse(Reason.RATE_LIMITED, Replies.RATE_LIMITED);

  /// More clients than this in one minute are not told apart: those beyond it pass.
  private static final int MAX_CLIENTS = 500_000;

  private final Bounds bounds;
  private final NetworkPrefixes prefixes;
  private final InstantSource clock;
  private volatile Minute current = new Minute(0);

  /// How many messages there may be in a minute.
  ///
  /// @param fromOne of one address or user; 0 for no limit
  /// @param fromNetwork of one wider network; 0 for no limit
  public record Bounds(int fromOne, int fromNetwork) {}

  private record Minute(
      long number, ConcurrentMap<Object, Integer> ofOne, ConcurrentMap<Object, Integer> ofNetwork) {
    Minute(long number) {
      this(number, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
    }
  }

  /// @param prefixes of the wider networks
  public MessageRate(Bounds bounds, NetworkPrefixes prefixes, InstantSource clock) {
    this.bounds = bounds;
    this.prefixes = prefixes;
    this.clock = clock;
  }

  @Override
  public Mono<Verdict> on(SenderQuestion question) {
    Provenance client = question.provenance();
    if (!isOn() || (client.origin() == Origin.INTERNAL && client.user().isEmpty())) {
      return Verdict.PASS_NOW;
    }
    Minute minute = minute();
    if (bounds.fromOne() > 0) {
      Object one = client.user().orElseGet(() -> ClientNetwork.of(client.peer()).text());
      if (isBeyond(bounds.fromOne(), minute.ofOne(), one)) {
        return REFUSED;
      }
    }
    return bounds.fromNetwork() > 0
            && client.user().isEmpty()
            && isBeyond(bounds.fromNetwork(), minute.ofNetwork(), network(client.peer()))
        ? REFUSED
        : Verdict.PASS_NOW;
  }

  private static boolean isBeyond(int most, ConcurrentMap<Object, Integer> counts, Object client) {
    return (counts.size() < MAX_CLIENTS || counts.containsKey(client))
        && counts.merge(client, 1, Integer::sum) > most;
  }

  /// A text that is no address counts as it is.
  private Object network(String peer) {
    try {
      return prefixes.of(InetAddress.ofLiteral(peer));
    } catch (IllegalArgumentException e) {
      return peer;
    }
  }

  private Minute minute() {
    long number = clock.millis() / 60_000;
    Minute minute = current;
    if (minute.number() != number) {
      minute = new Minute(number);
      current = minute; // two threads at once lose a few counts, no more
    }
    return minute;
  }

  @Override
  public boolean isOn() {
    return bounds.fromOne() > 0 || bounds.fromNetwork() > 0;
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        Setting.of("max-messages-per-minute", bounds.fromOne()),
        Setting.of("max-messages-per-minute-per-network", bounds.fromNetwork()));
  }
}
