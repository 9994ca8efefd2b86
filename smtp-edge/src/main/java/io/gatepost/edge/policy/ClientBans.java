package io.gatepost.edge.policy;

import io.gatepost.contract.address.ClientNetwork;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Sends strangers away for a while that have asked for many unknown users, or tried to relay: one
/// who has so many is trying addresses out. A ban is of a [ClientNetwork], and ends by itself. For
/// any thread; memory is bounded, and the oldest counts and bans are forgotten first.
public final class ClientBans implements Check<ConnectingClient> {

  private static final Logger log = LoggerFactory.getLogger(ClientBans.class);

  /// A ban passes, and so must the reply: 4yz has a client that shares its address with the guilty
  /// one come again, and its mail is late at most; 554 in place of a greeting would have it give
  /// the mail up (RFC 5321 §3.1, §4.2.1).
  private static final Mono<Verdict> BANNED = Verdict.refuse(Reason.BANNED, Replies.BANNED);

  private static final EnhancedStatusCode BAD_MAILBOX = EnhancedStatusCode.of("5.1.1");

  private final Rule rule;
  private final int maxClients;
  private final InstantSource clock;
  private final Counter begun;
  private final ConcurrentMap<ClientNetwork, Long> bans = new ConcurrentHashMap<>();
  private final ArrayDeque<Ban> byEnd = new ArrayDeque<>();
  private final Map<ClientNetwork, Strikes> strikes = new LinkedHashMap<>();

  /// When a client is banned, and for how long.
  ///
  /// @param after how many unknown users and attempts to relay; 0 for no bans
  /// @param within in which time
  /// @param duration of a ban
  public record Rule(int after, Duration within, Duration duration) {
    /// No client is banned.
    public static final Rule OFF = new Rule(0, Duration.ofMinutes(10), Duration.ofMinutes(10));
  }

  private record Ban(ClientNetwork client, long until) {}

  private record Strikes(long since, int count) {}

  /// @param maxClients whose unknown users are counted at a time, and as many that are banned
  public ClientBans(Rule rule, int maxClients, InstantSource clock, MeterRegistry meters) {
    this.rule = rule;
    this.maxClients = maxClients;
    this.clock = clock;
    this.begun =
        Counter.builder("gatepost.edge.bans")
            .description("Bans of clients that asked for many unknown users")
            .register(meters);
    Gauge.builder("gatepost.edge.bans.active", this, ClientBans::active)
        .description("Clients that are banned now")
        .register(meters);
  }

  @Override
  public Mono<Verdict> on(ConnectingClient connecting) {
    return bans.isEmpty()
            || connecting.origin() == Origin.INTERNAL
            || !isBanned(ClientNetwork.of(connecting.address()))
        ? Verdict.PASS_NOW
        : BANNED;
  }

  private boolean isBanned(ClientNetwork client) {
    Long until = bans.get(client);
    return until != null && until > clock.millis();
  }

  /// A recipient was refused, which counts where nobody has such an address, or it is nobody of
  /// ours.
  void refused(Provenance client, Verdict.Refuse refusal) {
    if (rule.after() == 0 || client.origin() == Origin.INTERNAL || !isGuess(refusal)) {
      return;
    }
    ClientNetwork network = ClientNetwork.of(client.peer());
    if (struck(network, clock.millis())) {
      begun.increment();
      log.info(
          "banned peer={} for={} unknown_users={} within={}",
          client.peer(),
          rule.duration(),
          rule.after(),
          rule.within());
    }
  }

  private static boolean isGuess(Verdict.Refuse refusal) {
    Reason reason = refusal.reason();
    return reason == Reason.UNKNOWN_USER
        || reason == Reason.RELAY_DENIED
        || (reason == Reason.NEXT_HOP_REFUSED && refusal.reply().status().equals(BAD_MAILBOX));
  }

  /// Counts one more; whether a ban begins by it.
  private synchronized boolean struck(ClientNetwork client, long now) {
    Strikes before = strikes.get(client);
    Strikes after;
    if (before == null || now - before.since() >= rule.within().toMillis()) {
      strikes.remove(client); // to the end, behind all that began earlier
      after = new Strikes(now, 1);
    } else {
      after = new Strikes(before.since(), before.count() + 1);
    }
    if (after.count() >= rule.after()) {
      strikes.remove(client);
      return begin(new Ban(client, now + rule.duration().toMillis()), now);
    }
    strikes.put(client, after);
    if (strikes.size() > maxClients) {
      strikes.remove(strikes.keySet().iterator().next());
    }
    return false;
  }

  private boolean begin(Ban ban, long now) {
    forgetEnded(now);
    if (byEnd.size() >= maxClients) {
      forget(byEnd.removeFirst());
    }
    byEnd.addLast(ban);
    Long earlier = bans.put(ban.client(), ban.until());
    return earlier == null || earlier <= now;
  }

  private void forgetEnded(long now) {
    while (!byEnd.isEmpty() && byEnd.getFirst().until() <= now) {
      forget(byEnd.removeFirst());
    }
  }

  /// A longer ban of the same client stays.
  private void forget(Ban ban) {
    bans.remove(ban.client(), ban.until());
  }

  private synchronized int active() {
    forgetEnded(clock.millis());
    return bans.size();
  }

  @Override
  public boolean isOn() {
    return rule.after() > 0;
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        Setting.of("ban.after", rule.after()),
        Setting.of("ban.within", rule.within()),
        Setting.of("ban.duration", rule.duration()));
  }
}
