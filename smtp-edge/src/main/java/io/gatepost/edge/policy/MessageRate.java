package io.gatepost.edge.policy;

import io.gatepost.contract.address.ClientNetwork;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import reactor.core.publisher.Mono;

/// At most so many messages a minute from one stranger's [ClientNetwork], or from one user. Our own
/// networks are not counted. The count begins anew with each minute.
public final class MessageRate implements Check<SenderQuestion> {

  private static final Mono<Verdict> REFUSED =
      Verdict.refuse(Reason.RATE_LIMITED, Replies.RATE_LIMITED);

  /// More clients than this in one minute are not told apart: those beyond it pass.
  private static final int MAX_CLIENTS = 500_000;

  private final int maxPerMinute;
  private final InstantSource clock;
  private volatile Minute current = new Minute(0, new ConcurrentHashMap<>());

  private record Minute(long number, ConcurrentMap<String, Integer> messages) {}

  /// @param maxPerMinute 0 for no limit
  public MessageRate(int maxPerMinute, InstantSource clock) {
    this.maxPerMinute = maxPerMinute;
    this.clock = clock;
  }

  @Override
  public Mono<Verdict> on(SenderQuestion question) {
    Provenance client = question.provenance();
    if (maxPerMinute == 0 || (client.origin() == Origin.INTERNAL && client.user().isEmpty())) {
      return Verdict.PASS_NOW;
    }
    ConcurrentMap<String, Integer> messages = minute().messages();
    String key = client.user().orElseGet(() -> ClientNetwork.of(client.peer()).text());
    if (messages.size() >= MAX_CLIENTS && !messages.containsKey(key)) {
      return Verdict.PASS_NOW;
    }
    return messages.merge(key, 1, Integer::sum) > maxPerMinute ? REFUSED : Verdict.PASS_NOW;
  }

  private Minute minute() {
    long number = clock.millis() / 60_000;
    Minute minute = current;
    if (minute.number() != number) {
      minute = new Minute(number, new ConcurrentHashMap<>());
      current = minute; // two threads at once lose a few counts, no more
    }
    return minute;
  }
}
