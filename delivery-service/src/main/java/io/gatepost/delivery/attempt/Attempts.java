package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.queue.StoredContent;
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
import io.gatepost.delivery.dsn.ReturnedPart;
import io.gatepost.delivery.transport.Transport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Makes attempts: routes every recipient anew, hands each destination its share, gathers what
/// became of them and judges it.
public final class Attempts {

  private static final Logger log = LoggerFactory.getLogger(Attempts.class);
  private static final Duration ROUTING_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration CONTENT_TIMEOUT = Duration.ofSeconds(10);

  /// Questions of one message at a time.
  private static final int CONCURRENT_ROUTES = 32;

  /// Those of all messages with several recipients, roughly: the more of them are being routed, the
  /// fewer questions each has. Beyond what the resolver takes they would be answered "later"
  /// unasked.
  private static final int ALL_ROUTES = 500;

  private static final int MAX_AT_ONCE = 2_000;
  private static final Reply TOO_MANY_AT_ONCE =
      Reply.of(451, "4.3.2", "Too many addresses at once, the others follow");

  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  /// Ten minutes of it.
  private static final int MAX_ASKED_AGAIN = 120;

  private final Routing routing;
  private final Transport<Destination.Smtp> smtp;
  private final Transport<Destination.Mailbox> mailboxes;
  private final Queue queue;
  private final Judge judge;
  private final InstantSource clock;
  private final AttemptMeters meters;
  private final AtomicInteger beingRouted = new AtomicInteger();

  public Attempts(
      Routing routing,
      Transport<Destination.Smtp> smtp,
      Transport<Destination.Mailbox> mailboxes,
      Queue queue,
      Expiry expiry,
      Duration delayNotice,
      String hostname,
      InstantSource clock,
      AttemptMeters meters) {
    this.routing = routing;
    this.smtp = smtp;
    this.mailboxes = mailboxes;
    this.queue = queue;
    this.judge = new Judge(expiry, delayNotice, new DeliveryNotice(hostname, expiry.lifetime()));
    this.clock = clock;
    this.meters = meters;
  }

  /// What routing says of one recipient.
  private record Routed(Recipient recipient, RouteAnswer answer) {}

  /// What a destination gets. Two answers may name the hosts of one destination in another order.
  private record Share(Destination destination, List<Recipient> recipients) {}

  /// Makes an attempt.
  ///
  /// @param reached those whom this generation has reached already, in an earlier run
  /// @param sink told of progress and of the end, on any thread
  public void start(EnvelopeRecord message, Set<Recipient> reached, AttemptSink sink) {
    Running running = new Running(message, new EarlierRun(reached), sink);
    List<Recipient> recipients = running.remaining();
    if (recipients.size() == 1) {
      route(running, recipients.getFirst())
          .subscribe(routed -> running.deliver(List.of(routed)), running::broken);
      return;
    }
    int share = ALL_ROUTES / beingRouted.incrementAndGet();
    Flux.fromIterable(recipients)
        .flatMapSequential(
            recipient -> route(running, recipient), Math.clamp(share, 1, CONCURRENT_ROUTES))
        .collectList()
        .doFinally(_ -> beingRouted.decrementAndGet())
        .subscribe(running::deliver, running::broken);
  }

  /// An alias that is partly served is not given up soon: deferred as a whole, it would be expanded
  /// again in the next generation, which does not know whom this one has reached.
  private Mono<Routed> route(Running running, Recipient recipient) {
    Mono<RouteAnswer> answer = ask(running.message.envelope().sender(), recipient);
    return (running.earlier.hasReachedAMemberOf(recipient) ? untilTold(answer) : answer)
        .map(told -> new Routed(recipient, told));
  }

  private static Mono<RouteAnswer> untilTold(Mono<RouteAnswer> answer) {
    return answer
        .repeatWhen(asked -> asked.delayElements(ASK_AGAIN).take(MAX_ASKED_AGAIN))
        .takeUntil(told -> !(told instanceof RouteAnswer.TryLater))
        .last();
  }

  private Mono<RouteAnswer> ask(ReversePath sender, Recipient recipient) {
    RouteRequest request =
        new RouteRequest(
            sender,
            recipient.address(),
            Scope.ANYWHERE,
            recipient.isMember() ? Optional.of(Skip.ALIASES) : Optional.empty());
    return Mono.defer(() -> Deadline.within(ROUTING_TIMEOUT, routing.route(request)))
        .onErrorResume(error -> {
          log.warn("routing does not answer for <{}>: {}", recipient.address(), error.getMessage());
          return Mono.just(
              new RouteAnswer.TryLater(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
        });
  }

  /// One attempt, from its routes to its end.
  private final class Running {
    private final EnvelopeRecord message;
    private final EarlierRun earlier;
    private final AttemptSink sink;
    private final long started = System.nanoTime();
    private final List<RecipientOutcome> outcomes = new ArrayList<>(1);
    private final HoldUp holdUp = new HoldUp();
    private final AliasMembers members = new AliasMembers();
    private int pending;
    private int spread;

    Running(EnvelopeRecord message, EarlierRun earlier, AttemptSink sink) {
      this.message = message;
      this.earlier = earlier;
      this.sink = sink;
    }

    /// Those who have not been reached.
    List<Recipient> remaining() {
      List<Recipient> remaining = new ArrayList<>(message.envelope().recipients().size());
      for (Recipient recipient : message.envelope().recipients()) {
        if (!earlier.isOver(recipient)) {
          remaining.add(recipient);
        } else if (recipient.isMember()) {
          members.served(recipient);
        }
      }
      return remaining;
    }

    void deliver(List<Routed> routes) {
      Map<String, Share> shares = new LinkedHashMap<>();
      List<RecipientOutcome.Failed> refused = new ArrayList<>(0);
      for (Routed routed : routes) {
        Recipient recipient = routed.recipient();
        switch (routed.answer()) {
          case RouteAnswer.Refused(var reason, var reply)
              when earlier.hasReachedAMemberOf(recipient) ->
              leaveOut(recipient, new RouteAnswer.DeadLeg(recipient.address(), reason, reply));
          case RouteAnswer.Refused(var reason, var reply) ->
              refused.add(new RecipientOutcome.Failed(recipient, reason, reply));
          case RouteAnswer.TryLater(var reason, var reply) -> defer(recipient, reason, reply);
          case RouteAnswer.Resolved resolved when !hasRoomFor(resolved) ->
              defer(recipient, Reason.DESTINATION_BUSY, TOO_MANY_AT_ONCE);
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
      for (Share share : shares.values()) {
        List<Recipient> recipients = share.recipients();
        switch (share.destination()) {
          case Destination.Smtp host ->
              smtp.deliver(message, recipients, host, shared -> gather(host, shared));
          case Destination.Mailbox mailbox ->
              mailboxes.deliver(message, recipients, mailbox, shared -> gather(mailbox, shared));
        }
      }
    }

    /// The outcomes of an attempt go into one record, so only so many are tried in one; one alias
    /// always has room, or the message would never end.
    private boolean hasRoomFor(RouteAnswer.Resolved answer) {
      int more = answer.legs().size() + answer.undecided().size();
      if (spread > 0 && spread + more > MAX_AT_ONCE) {
        return false;
      }
      spread += more;
      return true;
    }

    /// Gives every destination of a recipient its share; legs of an alias are on their own from
    /// here on.
    private void spread(
        Recipient recipient, RouteAnswer.Resolved answer, Map<String, Share> shares) {
      boolean alias = !answer.isOnly(recipient.address());
      members.remain(recipient);
      for (RouteAnswer.Leg leg : answer.legs()) {
        if (earlier.hasReached(leg.address())) {
          members.served(recipient);
        } else {
          share(shares, leg.destination(), alias ? recipient.member(leg.address()) : recipient);
        }
      }
      for (RouteAnswer.UndecidedLeg leg : answer.undecided()) {
        if (earlier.hasReached(leg.address())) {
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
      for (Recipient recipient : remaining()) {
        outcomes.add(
            new RecipientOutcome.Deferred(
                recipient, Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
      }
      end();
    }

    private static void share(
        Map<String, Share> shares, Destination destination, Recipient recipient) {
      List<Recipient> share =
          shares
              .computeIfAbsent(
                  destination.name(), any -> new Share(destination, new ArrayList<>(1)))
              .recipients();
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
      Instant now = clock.instant();
      Judge.Result result = judge(message.content(), now);
      if (result instanceof Judge.Result.Leftover(var conclusion)
          && !conclusion.notices().isEmpty()
          && message.envelope().content() instanceof ContentRef.Stored stored) {
        // A notice says what it is about: the header is read for that, and only then.
        Deadline.within(
                CONTENT_TIMEOUT,
                StoredContent.beginning(queue, stored, ReturnedPart.MAX_HEADER_OCTETS))
            .map(beginning -> judge(beginning, now))
            .onErrorResume(error -> {
              log.warn(
                  "qid={} the notice goes without the header, which cannot be read: {}",
                  message.envelope().id(),
                  error.getMessage());
              return Mono.just(result);
            })
            .subscribe(this::end);
      } else {
        end(result);
      }
    }

    private Judge.Result judge(byte[] beginning, Instant now) {
      return judge.judge(message, beginning, members.settled(outcomes), holdUp.destination(), now);
    }

    private void end(Judge.Result result) {
      long nanos = System.nanoTime() - started;
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
