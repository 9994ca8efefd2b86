package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.smtp.client.Action;
import io.gatepost.smtp.client.ClientDialog;
import io.gatepost.smtp.client.Mail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Probes that one connection asks: at most one transaction of them at a time. Used by the
/// connection's event loop only.
///
/// An answer is told at the end of the burst of octets that brought it, the last of a transaction
/// once RSET is answered: a reply that no command asked for, in the same burst, says that replies
/// and commands are out of step, and the answers are not used.
final class AskedProbes {

  /// A connection that is closed without a word after so many was not lost by chance.
  private static final int MANY_REFUSALS = 5;

  /// A host may think about a probe for so long while mail waits for the connection.
  private static final Duration HELD_UP = Duration.ofSeconds(5);

  private static final int CLOSING = 421;

  private final SmtpDestination destination;
  private final NextHop hop;
  private final ClientDialog dialog;
  private final DelayWatch delays;
  private final List<Probe> batch = new ArrayList<>();
  private final List<Heard> untold = new ArrayList<>();
  private final List<Probe> tooMany = new ArrayList<>();
  private Optional<Reply> refusal = Optional.empty();
  private boolean isUnderWay;
  private boolean isOpened;
  private boolean isComplete;
  private boolean isProven;
  private int refusals;
  private int transactions;

  /// An answer that has come.
  private record Heard(Probe probe, Reply reply) {}

  AskedProbes(SmtpDestination destination, NextHop hop, ClientDialog dialog, LongSupplier nanos) {
    this.destination = destination;
    this.hop = hop;
    this.dialog = dialog;
    this.delays = new DelayWatch(nanos);
  }

  boolean isEmpty() {
    return !isUnderWay;
  }

  /// Whether the host thinks about one for too long, while mail waits for the connection.
  boolean holdUpMail(SilenceLimit silence) {
    return isUnderWay && silence.isLongerThan(HELD_UP) && destination.isMailHeldUp();
  }

  /// Whether the connection is good for more of them, or was never asked.
  boolean mayBegin() {
    return destination.manners().bears(refusals, transactions);
  }

  /// Begins a transaction.
  ///
  /// @return what has to be done for it; empty where nothing was left to ask, and the connection is
  ///   as it was
  Optional<List<Action>> begin(ProbeBatch given) {
    List<Probe> fit = new ArrayList<>(given.probes().size());
    for (Probe probe : given.probes()) {
      dialog
          .refusal(Recipient.of(probe.recipient()))
          .ifPresentOrElse(
              refused -> probe.answer(new ProbeAnswer.OfRecipient(hop, refused)),
              () -> fit.add(probe));
    }
    int most = most();
    if (fit.size() > most) {
      destination.putBack(List.copyOf(fit.subList(most, fit.size())));
    }
    batch.addAll(fit.subList(0, Math.min(most, fit.size())));
    if (batch.isEmpty()) {
      destination.probed();
      return Optional.empty();
    }
    Mail question = Mail.ofInquiry(given.sender(), batch.stream().map(Probe::recipient).toList());
    Optional<Reply> unfit = dialog.refusal(question);
    if (unfit.isPresent()) {
      batch.forEach(probe -> probe.answer(ofHost(ProbeAnswer.Stage.MAIL, unfit.get())));
      batch.clear();
      destination.probed();
      return Optional.empty();
    }
    isUnderWay = true;
    isOpened = false;
    isComplete = false;
    refusal = Optional.empty();
    transactions++;
    delays.begin();
    return Optional.of(dialog.ask(question));
  }

  private int most() {
    int ofHost = dialog.extensions().maxRecipients();
    int left = Math.max(1, destination.manners().refusalsLeft(refusals));
    return ofHost == 0 ? left : Math.min(ofHost, left);
  }

  /// The host has accepted the sender.
  void opened() {
    isOpened = true;
  }

  /// The host has answered for one.
  void answered(int index, Reply reply) {
    isComplete = index + 1 == batch.size();
    destination.moved();
    long took = delays.answered();
    destination.manners().answered(took);
    if (index > 0 && SmtpJob.saysTooMany(reply)) {
      destination.manners().tooMany(index);
      tooMany.add(batch.get(index)); // the next transaction asks it
      return;
    }
    if (reply.code().isPermanent()) {
      refusals++;
      if (delays.isDelayed(took)) {
        destination.manners().reachedLimit(refusals, transactions);
      }
    }
    untold.add(new Heard(batch.get(index), reply));
  }

  /// The host has refused the sender.
  void refused(Reply reply) {
    refusal = Optional.of(reply);
  }

  /// No answers follow.
  ///
  /// @param closing the 421 that ended the conversation, if one did
  /// @param lost what is said of a connection that has broken
  void over(Optional<Reply> closing, Reply lost) {
    if (!isUnderWay) {
      return;
    }
    List<Probe> rest = unanswered();
    destination.putBack(tooMany);
    if (refusal.isPresent()) {
      ProbeAnswer ofHost = ofHost(ProbeAnswer.Stage.MAIL, refusal.get());
      rest.forEach(probe -> probe.answer(ofHost));
    } else {
      broken(rest, closing, lost);
    }
    batch.clear();
    tooMany.clear();
    isUnderWay = false;
    isProven = true;
    destination.probed();
  }

  /// Those of the transaction that are still open; none where it came to its end.
  private List<Probe> unanswered() {
    Set<Probe> answered = new HashSet<>(tooMany);
    untold.forEach(heard -> answered.add(heard.probe()));
    return batch.stream().filter(probe -> probe.isOpen() && !answered.contains(probe)).toList();
  }

  /// That a host gives up a connection says nothing of the host: mail hears nothing of it.
  private void broken(List<Probe> rest, Optional<Reply> closing, Reply lost) {
    boolean isSilent = closing.isEmpty() && !rest.isEmpty();
    if ((closing.isPresent() && (refusals > 0 || isProven))
        || (isSilent && refusals >= MANY_REFUSALS)) {
      destination.manners().reachedLimit(refusals, transactions);
    }
    boolean isStale = isProven && !isOpened;
    List<Probe> again = new ArrayList<>(rest.size());
    for (Probe probe : rest) {
      if (probe.mayGoOn(isStale)) {
        again.add(probe);
      } else {
        probe.answer(
            closing.map(this::closed).orElseGet(() -> ofHost(ProbeAnswer.Stage.LOST, lost)));
      }
    }
    destination.putBack(again);
  }

  private ProbeAnswer closed(Reply closing) {
    return isOpened
        ? new ProbeAnswer.NotAsked(Reason.NEXT_HOP_DEFERRED, closing)
        : ofHost(ProbeAnswer.Stage.MAIL, closing);
  }

  private ProbeAnswer ofHost(ProbeAnswer.Stage stage, Reply reply) {
    return new ProbeAnswer.OfHost(hop, stage, reply);
  }

  /// A burst of octets is over: its answers are good.
  void tell() {
    int good = untold.size() - (isUnderWay && isComplete ? 1 : 0);
    List<Heard> told = untold.subList(0, Math.max(0, good));
    told.forEach(heard -> heard.probe().answer(new ProbeAnswer.OfRecipient(hop, heard.reply())));
    told.clear();
  }

  /// A reply has come that no command asked for. 421 may come at any time (RFC 5321 §4.2.3).
  void unasked(Reply reply, Reply lost) {
    if (reply.code().value() != CLOSING) {
      distrust(lost);
    }
  }

  /// The host has said what no command asked for: answers of this burst may be others'.
  ///
  /// @param lost what is said of the connection
  void distrust(Reply lost) {
    if (untold.isEmpty()) {
      return;
    }
    List<Probe> again = new ArrayList<>(untold.size());
    for (Heard heard : untold) {
      if (heard.probe().mayGoOn(false)) {
        again.add(heard.probe());
      } else {
        heard.probe().answer(ofHost(ProbeAnswer.Stage.LOST, lost));
      }
    }
    untold.clear();
    destination.askAgain(again);
  }
}
