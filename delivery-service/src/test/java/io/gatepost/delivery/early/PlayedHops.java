package io.gatepost.delivery.early;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.transport.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Next hops that do nothing but what a test makes them do.
final class PlayedHops implements Transport<Destination.Smtp> {

  static final Reply OK = Reply.of(250, "2.0.0", "taken");
  static final Reply NO = Reply.of(550, "5.1.1", "no such user");
  static final Reply LATER = Reply.of(451, "4.7.1", "not now");
  static final Reply NO_ANSWER = Reply.of(451, "4.4.2", "no answer");

  private final Map<String, Hop> latest = new HashMap<>();

  /// All that were ever asked, in order.
  final List<Hop> all = new ArrayList<>();

  @Override
  public void deliver(
      EnvelopeRecord message, List<Recipient> recipients, Destination.Smtp host, Receiver ended) {
    Hop hop = new Hop(host.name(), recipients, ended);
    latest.put(host.name(), hop);
    all.add(hop);
  }

  /// The one that was asked last under a name.
  Hop hop(String name) {
    return Objects.requireNonNull(latest.get(name), name);
  }

  /// A next hop with its share of one attempt.
  static final class Hop {
    final String name;
    final List<Recipient> recipients;
    final Receiver receiver;
    @Nullable Part part;
    private Set<String> refused = Set.of();

    Hop(String name, List<Recipient> recipients, Receiver receiver) {
      this.name = name;
      this.recipients = recipients;
      this.receiver = receiver;
    }

    /// Answers RCPT: 550 to some, by their addresses, 250 to the others.
    void answersForAllBut(String... addresses) {
      refused = Set.of(addresses);
      Part fresh = new Part(this);
      part = fresh;
      receiver.prepared(fresh);
    }

    /// The connection breaks before the content.
    void breaks() {
      part().isStanding = false;
    }

    /// Answers the final dot.
    void takes() {
      ends(OK, Reason.NEXT_HOP_DEFERRED);
    }

    /// Refuses the content, or all recipients.
    void refuses() {
      ends(NO, Reason.NEXT_HOP_REFUSED);
    }

    void putsOff() {
      ends(LATER, Reason.NEXT_HOP_DEFERRED);
    }

    void neverAnswersTheDot() {
      ends(NO_ANSWER, Reason.FINAL_DOT_UNANSWERED);
    }

    /// The transport has closed what was abandoned.
    void isClosed() {
      ends(LATER, Reason.DESTINATION_BUSY);
    }

    Part part() {
      return Objects.requireNonNull(part, "nothing is prepared");
    }

    private void ends(Reply reply, Reason deferred) {
      receiver.accept(recipients.stream().map(each -> outcome(each, reply, deferred)).toList());
    }

    private RecipientOutcome outcome(Recipient to, Reply reply, Reason deferred) {
      Reply its = refused.contains(to.address().toString()) ? NO : reply;
      if (its.code().isCompletion()) {
        return new RecipientOutcome.Delivered(to, name, its);
      }
      return its.code().isPermanent()
          ? new RecipientOutcome.Failed(to, Reason.NEXT_HOP_REFUSED, its)
          : new RecipientOutcome.Deferred(to, deferred, its);
    }
  }

  /// A transaction that waits for its content.
  static final class Part implements Transport.Prepared {
    private final Hop hop;
    boolean isStanding = true;
    boolean hasGone;
    boolean isAbandoned;

    Part(Hop hop) {
      this.hop = hop;
    }

    @Override
    public List<Recipient> recipients() {
      return hop.recipients;
    }

    @Override
    public List<RecipientOutcome> refused() {
      return hop.recipients.stream()
          .filter(each -> hop.refused.contains(each.address().toString()))
          .<RecipientOutcome>map(
              each -> new RecipientOutcome.Failed(each, Reason.NEXT_HOP_REFUSED, NO))
          .toList();
    }

    @Override
    public boolean isStanding() {
      return isStanding && !hasGone && !isAbandoned;
    }

    @Override
    public void go() {
      hasGone |= isStanding();
    }

    @Override
    public void abandon() {
      isAbandoned |= isStanding();
    }
  }
}
