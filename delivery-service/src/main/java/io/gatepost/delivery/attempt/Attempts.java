package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.RouteRequest.Skip;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.delivery.dsn.DeliveryNotice;
import io.gatepost.delivery.transport.Transport;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Makes attempts: routes every recipient anew, hands each destination its share, gathers what
/// became of them and judges it.
public final class Attempts {

  private static final Logger log = LoggerFactory.getLogger(Attempts.class);
  private static final Duration ROUTING_TIMEOUT = Duration.ofSeconds(30);
  private static final int CONCURRENT_ROUTES = 32;

  private final Routing routing;
  private final Transport<Destination.Smtp> smtp;
  private final Transport<Destination.Mailbox> mailboxes;
  private final Judge judge;
  private final InstantSource clock;
  private final AttemptMeters meters;

  public Attempts(
      Routing routing,
      Transport<Destination.Smtp> smtp,
      Transport<Destination.Mailbox> mailboxes,
      Duration lifetime,
      Duration delayNotice,
      String hostname,
      InstantSource clock,
      AttemptMeters meters) {
    this.routing = routing;
    this.smtp = smtp;
    this.mailboxes = mailboxes;
    this.judge = new Judge(lifetime, delayNotice, new DeliveryNotice(hostname, lifetime));
    this.clock = clock;
    this.meters = meters;
  }

  /// What routing says of one recipient.
  private record Routed(Recipient recipient, RouteAnswer answer) {}

  /// Makes an attempt.
  ///
  /// @param served final addresses that this generation has reached already, in an earlier run
  /// @param sink told of progress and of the end, on any thread
  public void start(EnvelopeRecord message, Set<ForwardPath> served, AttemptSink sink) {
    List<Recipient> recipients = message.envelope().recipients();
    ReversePath sender = message.envelope().sender();
    Running running = new Running(message, served, sink);
    if (recipients.size() == 1) {
      route(sender, recipients.getFirst())
          .subscribe(routed -> running.deliver(List.of(routed)), running::broken);
      return;
    }
    Flux.fromIterable(recipients)
        .flatMapSequential(recipient -> route(sender, recipient), CONCURRENT_ROUTES)
        .collectList()
        .subscribe(running::deliver, running::broken);
  }

  private Mono<Routed> route(ReversePath sender, Recipient recipient) {
    RouteRequest request =
        new RouteRequest(
            sender,
            recipient.address(),
            Scope.ANYWHERE,
            recipient.isMember() ? Optional.of(Skip.ALIASES) : Optional.empty());
    return Deadline.within(ROUTING_TIMEOUT, routing.route(request))
        .onErrorResume(error -> {
          log.warn("routing does not answer for <{}>: {}", recipient.address(), error.getMessage());
          return Mono.just(
              new RouteAnswer.TryLater(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
        })
        .map(answer -> new Routed(recipient, answer));
  }

  /// One attempt, from its routes to its end.
  private final class Running {
    private final EnvelopeRecord message;
    private final Set<ForwardPath> served;
    private final AttemptSink sink;
    private final long started = System.nanoTime();
    private final List<RecipientOutcome> outcomes = new ArrayList<>(1);
    private final HoldUp holdUp = new HoldUp();
    private final AliasMembers members = new AliasMembers();
    private int pending;

    Running(EnvelopeRecord message, Set<ForwardPath> served, AttemptSink sink) {
      this.message = message;
      this.served = served;
      this.sink = sink;
    }

    void deliver(List<Routed> routes) {
      Map<Destination, List<Recipient>> shares = new LinkedHashMap<>();
      List<RecipientOutcome.Failed> refused = new ArrayList<>(0);
      for (Routed routed : routes) {
        Recipient recipient = routed.recipient();
        if (recipient.isMember() && served.contains(recipient.address())) {
          members.served(recipient); // whatever routing says now
          continue;
        }
        switch (routed.answer()) {
          case RouteAnswer.Refused(var reason, var reply) ->
              refused.add(new RecipientOutcome.Failed(recipient, reason, reply));
          case RouteAnswer.TryLater(var reason, var reply) -> defer(recipient, reason, reply);
          case RouteAnswer.Resolved resolved -> spread(recipient, resolved, shares);
        }
      }
      refuse(refused);
      synchronized (this) {
        pending = shares.size();
      }
      if (shares.isEmpty()) {
        end();
        return;
      }
      shares.forEach((destination, recipients) -> {
        switch (destination) {
          case Destination.Smtp host ->
              smtp.deliver(message, recipients, host, shared -> gather(host, shared));
          case Destination.Mailbox mailbox ->
              mailboxes.deliver(message, recipients, mailbox, shared -> gather(mailbox, shared));
        }
      });
    }

    /// Gives every destination of a recipient its share; legs of an alias are on their own from
    /// here on.
    private void spread(
        Recipient recipient,
        RouteAnswer.Resolved answer,
        Map<Destination, List<Recipient>> shares) {
      boolean alias = !answer.isOnly(recipient.address());
      members.remain(recipient);
      for (RouteAnswer.Leg leg : answer.legs()) {
        if (served.contains(leg.address())) {
          members.served(recipient);
        } else {
          share(shares, leg.destination(), alias ? recipient.member(leg.address()) : recipient);
        }
      }
      for (RouteAnswer.UndecidedLeg leg : answer.undecided()) {
        if (served.contains(leg.address())) {
          members.served(recipient);
        } else {
          defer(recipient.member(leg.address()), leg.reason(), leg.reply());
        }
      }
      answer.dead().forEach(leg -> leaveOut(recipient, leg));
    }

    /// Nothing can be told of a recipient now.
    private void defer(Recipient recipient, Reason reason, Reply reply) {
      members.remain(recipient);
      holdUp.addUnknown();
      outcomes.add(new RecipientOutcome.Deferred(recipient, reason, reply));
    }

    /// A refusal is the sender's to know, except of a member of an alias: that one is left out as
    /// long as another has its copy, or may still get it.
    private void refuse(List<RecipientOutcome.Failed> refused) {
      for (RecipientOutcome.Failed failed : refused) {
        Recipient recipient = failed.recipient();
        if (members.mayLeaveOut(recipient)) {
          leaveOut(
              recipient,
              new RouteAnswer.DeadLeg(recipient.address(), failed.reason(), failed.reply()));
        } else {
          outcomes.add(failed);
        }
      }
    }

    /// A member of an alias that is dead gets no copy, and it is the alias's owner who must know,
    /// not the sender: the address that he wrote to is served.
    private void leaveOut(Recipient alias, RouteAnswer.DeadLeg leg) {
      meters.leftOut(leg.reason());
      AttemptLog.leftOut(message.envelope(), alias, leg);
    }

    /// Something of our own went wrong on the way: all recipients are deferred.
    void broken(Throwable error) {
      log.error("qid={} attempt failed", message.envelope().id(), error);
      holdUp.addUnknown();
      for (Recipient recipient : message.envelope().recipients()) {
        outcomes.add(
            new RecipientOutcome.Deferred(
                recipient, Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
      }
      end();
    }

    private static void share(
        Map<Destination, List<Recipient>> shares, Destination destination, Recipient recipient) {
      List<Recipient> share = shares.computeIfAbsent(destination, any -> new ArrayList<>(1));
      if (!recipient.isMember()) {
        // Whom the sender wrote to himself he must hear of, alias or not.
        share.removeIf(other -> other.isMember() && other.address().equals(recipient.address()));
      }
      if (share.stream().noneMatch(other -> other.address().equals(recipient.address()))) {
        share.add(recipient); // two recipients may be aliases of one mailbox
      }
    }

    private void gather(Destination destination, List<RecipientOutcome> shared) {
      boolean last;
      synchronized (this) {
        outcomes.addAll(shared);
        holdUp.add(destination, shared);
        last = --pending == 0;
      }
      if (last) {
        end();
      } else {
        List<RecipientOutcome> delivered =
            shared.stream().filter(RecipientOutcome.Delivered.class::isInstance).toList();
        if (!delivered.isEmpty()) {
          sink.progress(delivered);
        }
      }
    }

    private void end() {
      long nanos = System.nanoTime() - started;
      Judge.Result result =
          judge.judge(message, members.settled(outcomes), holdUp.destination(), clock.instant());
      switch (result) {
        case Judge.Result.AllDelivered(var all) -> {
          meters.ended(all, nanos);
          AttemptLog.delivered(message.envelope(), all, nanos);
          sink.delivered(all);
        }
        case Judge.Result.Leftover(var conclusion) -> {
          meters.ended(conclusion.outcomes(), nanos);
          AttemptLog.leftover(message.envelope(), conclusion, nanos);
          sink.leftover(conclusion);
        }
      }
    }
  }
}
