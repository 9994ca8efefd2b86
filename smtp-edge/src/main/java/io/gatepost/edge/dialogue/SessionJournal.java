package io.gatepost.edge.dialogue;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.policy.Note;
import io.gatepost.edge.policy.Stage;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.SessionState;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The account of one session: each refusal goes with the same reason into log, metric and traffic
/// class. The log of a stranger's session is bounded: its first refusals have a line each, the
/// others one line at the end of the session, so that a crowd cannot fill the disk. Metrics count
/// all. For the session's thread.
public final class SessionJournal {

  private static final Logger log = LoggerFactory.getLogger(SessionJournal.class);

  private final EdgeMeters meters;
  private final Client client;
  private final int loggedRefusals;
  private final LongSupplier used;
  private long decidedAt;
  private long busyNanos;
  private TrafficClass traffic = TrafficClass.EMPTY;
  private int logged;
  private String lastHelo = "";

  /// Refusals without a line of their own, by reason; most sessions have none.
  private Map<Reason, Integer> unlogged = Map.of();

  /// Opens the account, and counts the session.
  ///
  /// @param loggedRefusals how many refusals of a stranger have a line each
  /// @param used tells how many octets from the client have been used so far
  public SessionJournal(EdgeMeters meters, Client client, int loggedRefusals, LongSupplier used) {
    this.meters = meters;
    this.client = client;
    this.loggedRefusals = loggedRefusals;
    this.used = used;
    meters.sessionOpened();
  }

  /// Adds to what the session turns out to be.
  void note(TrafficClass seen) {
    TrafficClass weightier = traffic.or(seen);
    if (weightier != traffic) {
      traffic = weightier;
      decidedAt = used.getAsLong();
    }
  }

  /// The session has had a turn on its event loop.
  public void worked(long nanos) {
    busyNanos += nanos;
  }

  /// Records that something was refused.
  ///
  /// @param helo the name that the client has given, empty before HELO
  /// @param from the sender, empty before MAIL
  /// @param to the recipient, or the user at AUTH, else empty
  public void refused(Stage stage, Verdict.Refuse verdict, String helo, Object from, Object to) {
    meters.refused(stage, verdict.reason());
    note(TrafficClass.of(verdict.reason()));
    lastHelo = helo;
    if (!hasLine(verdict.reason())) {
      return;
    }
    log.info(
        "refused stage={} reason={} peer={} helo={} from=<{}> to=<{}> reply=\"{}\"",
        stage.label(),
        verdict.reason().label(),
        client.provenance().peer(),
        helo,
        from,
        to,
        verdict.reply());
  }

  /// Records that a message was refused behind its final dot.
  void refused(QueueId id, SessionState.InTransaction transaction, Verdict.Refuse verdict) {
    meters.refused(Stage.DATA, verdict.reason());
    note(TrafficClass.of(verdict.reason()));
    if (!hasLine(verdict.reason())) {
      return;
    }
    log.info(
        "qid={} refused stage=data reason={} peer={} from=<{}> recipients={} reply=\"{}\"",
        id,
        verdict.reason().label(),
        client.provenance().peer(),
        transaction.sender(),
        transaction.recipients().size(),
        verdict.reply());
  }

  /// Records what checks have noted that let pass: marks, and what a check that warns only would
  /// have refused. Such lines count among the refusals' that a stranger's session may have; metrics
  /// count all.
  ///
  /// @param helo the name that the client has given, empty before HELO
  /// @param from the sender, empty before MAIL
  /// @param to the recipient, else empty
  public void noted(Stage stage, List<Note> notes, String helo, Object from, Object to) {
    for (Note note : notes) {
      if (logged >= loggedRefusals && client.clientClass() != ClientClass.OWN) {
        return;
      }
      logged++;
      String what =
          switch (note) {
            case Note.Marked _ -> "marked";
            case Note.Warned _ -> "warned";
          };
      String text =
          switch (note) {
            case Note.Marked marked -> marked.text();
            case Note.Warned warned -> warned.refusal().reply().toString();
          };
      log.info(
          "{} stage={} check={} reason={} peer={} helo={} from=<{}> to=<{}> text=\"{}\"",
          what,
          stage.label(),
          note.check().label(),
          note.reason().label(),
          client.provenance().peer(),
          helo,
          from,
          to,
          text);
    }
  }

  /// Whether a refusal has a line of its own; else it is counted. All of our own clients have. A
  /// ban has one at its beginning, and none for each connection that it refuses.
  private boolean hasLine(Reason reason) {
    if (reason == Reason.BANNED) {
      return false;
    }
    if (logged < loggedRefusals || client.clientClass() == ClientClass.OWN) {
      logged++;
      return true;
    }
    if (unlogged.isEmpty()) {
      unlogged = new EnumMap<>(Reason.class);
    }
    unlogged.merge(reason, 1, Integer::sum);
    return false;
  }

  /// Records that the session ends because the client breaks the protocol.
  ///
  /// @param helo the name that the client has given, empty before HELO
  void expelled(Reply reply, String helo) {
    meters.protocolError();
    note(TrafficClass.of(Reason.PROTOCOL_ERRORS));
    log.info(
        "expelled reason={} peer={} helo={} reply=\"{}\"",
        Reason.PROTOCOL_ERRORS.label(),
        client.provenance().peer(),
        helo,
        reply);
  }

  /// Records that the client has proved to be a user.
  void authenticated(String user) {
    log.info("authenticated user={} peer={}", user, client.provenance().peer());
  }

  /// Closes the account.
  ///
  /// @param octets from the client in the whole session, after TLS is taken off
  public void ended(long octets) {
    if (!unlogged.isEmpty()) {
      log.info(
          "refused {} more peer={} helo={} reasons={}",
          unlogged.values().stream().mapToInt(Integer::intValue).sum(),
          client.provenance().peer(),
          lastHelo,
          unlogged.entrySet().stream()
              .map(each -> each.getKey().label() + ':' + each.getValue())
              .collect(Collectors.joining(",")));
    }
    meters.sessionEnded(
        traffic, octets, traffic == TrafficClass.EMPTY ? octets : decidedAt, busyNanos);
  }
}
