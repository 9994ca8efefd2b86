package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Covered;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.Routing;
import io.gatepost.delivery.dsn.DeliveryNotice;
import io.gatepost.delivery.late.LateScans;
import io.gatepost.delivery.transport.Transport;
import io.gatepost.gate.Gate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes attempts: routes every recipient anew, hands each destination its share, gathers what
/// became of them and judges it.
public final class Attempts {

  private static final Logger log = LoggerFactory.getLogger(Attempts.class);

  private static final Reply IN_PARTS =
      Reply.of(451, "4.3.2", "Too many addresses for one attempt, they go on in parts");
  private static final Reply TOO_WIDE =
      Reply.of(550, "5.4.6", "The message's aliases lead to too many addresses");

  private final Routes routes;
  private final Transport<Destination.Smtp> smtp;
  private final Transport<Destination.Mailbox> mailboxes;
  private final AttemptEnds ends;
  private final OwedScan owed;
  private final LateScans late;
  private final Expiry expiry;
  private final AttemptMeters meters;

  /// @param routes which questions to routing pass, see [#routes]
  /// @param late who scans what was accepted unscanned
  public Attempts(
      Routing routing,
      Gate routes,
      Transport<Destination.Smtp> smtp,
      Transport<Destination.Mailbox> mailboxes,
      Queue queue,
      LateScans late,
      Expiry expiry,
      Duration delayNotice,
      String hostname,
      InstantSource clock,
      AttemptMeters meters) {
    this.routes = new Routes(routing, routes);
    this.smtp = smtp;
    this.mailboxes = mailboxes;
    this.expiry = expiry;
    this.meters = meters;
    this.ends =
        new AttemptEnds(
            new Judge(expiry, delayNotice, new DeliveryNotice(hostname, expiry.lifetime())),
            queue,
            clock,
            meters);
    this.late = late;
    this.owed = new OwedScan(late, queue, expiry, clock, ends);
  }

  /// A gate for the questions to routing of a process: none of them is refused.
  ///
  /// @param messages under way at most
  public static Gate routes(int messages) {
    return Routes.gate(messages);
  }

  /// Makes an attempt; before the first one of a message that owes a scan, the scan is made.
  ///
  /// @param reached what this generation came to in an earlier run, for those who have their copy:
  ///   they are told of at the end as if there had been one run
  /// @param sink told of progress and of the end, on any thread
  public void start(EnvelopeRecord message, List<RecipientOutcome> reached, AttemptSink sink) {
    Running running = new Running(message, reached, sink, Conduct.ORDINARY);
    List<Recipient> unscanned =
        message.envelope().scan() == ScanState.OWED ? running.remaining() : List.of();
    if (unscanned.isEmpty()) {
      running.route();
    } else {
      owed.scan(
          message,
          unscanned,
          reached,
          running.run(),
          scanned -> new Running(scanned, reached, sink, Conduct.ORDINARY).route());
    }
  }

  /// Makes an attempt of a message that is not on the log, and owes no scan.
  ///
  /// @param sink told of the end once the conduct has it concluded
  /// @param conduct has its say at each step
  public void start(EnvelopeRecord message, AttemptSink sink, Conduct conduct) {
    new Running(message, List.of(), sink, conduct).route();
  }

  /// Messages of other partitions are another's now.
  public void keepOnly(Set<Integer> partitions) {
    late.keepOnly(partitions);
  }

  /// How much longer nothing expires, as the clock has jumped ahead: to be noted where it outlives
  /// the process.
  public Duration holdLeft() {
    return expiry.holdLeft();
  }

  /// Lets nothing expire for the rest of what an earlier run noted.
  public void hold(Duration left) {
    expiry.hold(left);
  }

  /// One attempt, from its routes to its end.
  private final class Running {
    private final EnvelopeRecord message;
    private final EarlierRun earlier;
    private final AttemptSink sink;
    private final Conduct conduct;
    private final long started = System.nanoTime();
    private final List<RecipientOutcome> outcomes;
    private final CommonDelay commonDelay = new CommonDelay();
    private final AliasMembers members = new AliasMembers();

    /// Recipients at destinations that have no outcome yet.
    private int pending;

    /// Whether a recipient has failed, which its sender is told at the end of the attempt.
    private volatile boolean isFailureUntold;

    private final Expansion expansion;

    Running(
        EnvelopeRecord message, List<RecipientOutcome> reached, AttemptSink sink, Conduct conduct) {
      this.message = message;
      this.earlier = new EarlierRun(message.envelope(), reached);
      this.outcomes = new ArrayList<>(reached);
      this.sink = sink;
      this.conduct = conduct;
      this.expansion = new Expansion(earlier, members, outcomes::add, this::leaveOut);
    }

    void route() {
      List<Recipient> recipients = remaining();
      sink.span()
          .within(
              routes.of(
                  message.envelope().sender(),
                  recipients,
                  routed -> expansion.isEnough(routed.recipient(), routed.answer())))
          .subscribe(routed -> deliver(recipients, routed), this::broken);
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

    /// @param routes of the recipients, in order; of the first ones where they lead to very many
    void deliver(List<Recipient> recipients, List<Routes.Routed> routes) {
      List<Recipient> unrouted = recipients.subList(routes.size(), recipients.size());
      boolean tooMany = !unrouted.isEmpty() || expansion.isTooMuch();
      if (tooMany && mayBeSplit()) {
        if (conduct.splits()) {
          split(routes, unrouted);
        }
        return;
      }
      Shares shares = new Shares();
      List<RecipientOutcome.Failed> refused = new ArrayList<>(0);
      for (Routes.Routed routed : routes) {
        Recipient recipient = routed.recipient();
        switch (routed.answer()) {
          case RouteAnswer.Refused(var reason, var reply, _)
              when earlier.hasReachedAMemberOf(recipient) ->
              leaveOut(recipient, new RouteAnswer.DeadLeg(recipient.address(), reason, reply));
          case RouteAnswer.Refused(var reason, var reply, _) ->
              refused.add(new RecipientOutcome.Failed(recipient, reason, reply));
          case RouteAnswer.TryLater(var reason, var reply) -> defer(recipient, reason, reply);
          case RouteAnswer.Resolved resolved
              when tooMany && !resolved.isOnly(recipient.address()) ->
              refused.add(new RecipientOutcome.Failed(recipient, Reason.ROUTING_LOOP, TOO_WIDE));
          case RouteAnswer.Resolved resolved -> spread(recipient, resolved, shares);
        }
      }
      unrouted.forEach(each -> defer(each, Reason.DESTINATION_BUSY, IN_PARTS));
      refuse(refused);
      synchronized (this) {
        pending = shares.all().stream().mapToInt(share -> share.recipients().size()).sum();
      }
      if (!conduct.begins(shares.destinations(), List.copyOf(outcomes), pending)) {
        return;
      }
      if (shares.all().isEmpty()) {
        end();
        return;
      }
      for (Shares.Share share : shares.all()) {
        switch (share.destination()) {
          case Destination.Smtp host ->
              smtp.deliver(message, share.recipients(), host, new Gathering(share));
          case Destination.Mailbox mailbox ->
              mailboxes.deliver(message, share.recipients(), mailbox, new Gathering(share));
          case Destination.Discard nowhere -> gather(share, discarded(share, nowhere));
        }
      }
    }

    private static List<RecipientOutcome> discarded(
        Shares.Share share, Destination.Discard nowhere) {
      return share.recipients().stream()
          .<RecipientOutcome>map(each -> new RecipientOutcome.Discarded(each, nowhere.name()))
          .toList();
    }

    private boolean mayBeSplit() {
      Envelope envelope = message.envelope();
      return envelope.id().mayBeSplit() && envelope.covered().size() < Split.MAX_COVERED;
    }

    /// No recipient is tried now: each part is attempted on its own when it is read.
    private void split(List<Routes.Routed> routes, List<Recipient> unrouted) {
      Split split = new Split();
      List<Recipient> open = new ArrayList<>(0);
      for (Routes.Routed routed : routes) {
        if (routed.answer() instanceof RouteAnswer.Resolved resolved) {
          List<Recipient> group = new ArrayList<>(resolved.legs().size());
          expansion.expand(routed.recipient(), resolved, (to, _) -> group.add(to));
          split.add(group);
        } else {
          open.add(routed.recipient());
        }
      }
      open.removeIf(this::isLeftOutOf);
      open.addAll(unrouted);
      split.elsewhere().forEach(each -> outcomes.add(earlier.elsewhere(each)));
      Covered covered = message.envelope().covered().plus(Judge.served(outcomes));
      List<EnvelopeRecord> parts = split.records(message, open, covered, members::settled);
      if (parts.isEmpty()) {
        end();
        return;
      }
      Set<ForwardPath> goOn = split.originals();
      open.forEach(each -> goOn.add(each.original()));
      remaining().stream()
          .filter(each -> goOn.contains(each.original()))
          .limit(Split.MAX_ADDRESSES) // more come from earlier versions only
          .forEach(each ->
              outcomes.add(new RecipientOutcome.Deferred(each, Reason.DESTINATION_BUSY, IN_PARTS)));
      AttemptLog.split(message.envelope(), parts);
      ends.split(message, outcomes, parts, run());
    }

    /// Whether a member that is refused is left out, now that its alias's other members are known.
    private boolean isLeftOutOf(Recipient member) {
      return member.isMember() && members.mayLeaveOut(member);
    }

    /// Gives every destination of a recipient its share.
    private void spread(Recipient recipient, RouteAnswer.Resolved answer, Shares shares) {
      expansion.expand(
          recipient,
          answer,
          (to, leg) -> {
            switch (leg) {
              case Expansion.Known(var known) -> shares.add(known, to);
              case Expansion.Unknown(var unknown) -> defer(to, unknown.reason(), unknown.reply());
            }
          });
    }

    /// Nothing can be told of a recipient now.
    private void defer(Recipient recipient, Reason reason, Reply reply) {
      members.remain(recipient);
      commonDelay.addUnknown();
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
          isFailureUntold = true;
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
      commonDelay.addUnknown();
      for (Recipient recipient : remaining()) {
        outcomes.add(
            new RecipientOutcome.Deferred(
                recipient, Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
      }
      end();
    }

    /// Successes are told at once: a later transaction, of this destination or another, may take
    /// long.
    private void gather(Shares.Share share, List<RecipientOutcome> ended) {
      List<RecipientOutcome> all = share.ofAll(ended);
      boolean last;
      synchronized (this) {
        outcomes.addAll(all);
        isFailureUntold |= ended.stream().anyMatch(RecipientOutcome.Failed.class::isInstance);
        commonDelay.add(share.destination(), ended);
        pending -= ended.size();
        last = pending == 0;
      }
      conduct.ended(share.destination(), ended, all);
      if (last) {
        end();
        return;
      }
      List<RecipientOutcome> served = all.stream().filter(RecipientOutcome::isServed).toList();
      if (!served.isEmpty()) {
        sink.progress(served);
      }
    }

    /// Gathers the outcomes of one destination's share.
    private final class Gathering implements Transport.Receiver {
      private final Shares.Share share;

      Gathering(Shares.Share share) {
        this.share = share;
      }

      @Override
      public void accept(List<RecipientOutcome> ended) {
        gather(share, ended);
      }

      @Override
      public boolean isAwaited() {
        return isFailureUntold && message.envelope().sender() instanceof ReversePath.Sender;
      }

      @Override
      public boolean isWanted() {
        return conduct.isWanted();
      }

      @Override
      public void prepared(Transport.Prepared part) {
        conduct.prepared(share.destination(), part);
      }
    }

    private void end() {
      List<RecipientOutcome> settled = members.settled(outcomes);
      conduct.over(
          settled,
          () ->
              ends.judged(message, settled, commonDelay.destination(), Judge.Made.ATTEMPT, run()));
    }

    private AttemptEnds.Run run() {
      return new AttemptEnds.Run(started, sink);
    }
  }
}
