package io.gatepost.edge.intake;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.ForeignReply;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.reply.ReplyCode;
import io.gatepost.edge.policy.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The replies to a message that was attempted while its client waits. A stranger sees no names of
/// hosts behind us, and not how many addresses a recipient leads to.
final class EarlyReplies {

  /// Recipients whose refusals are quoted one by one.
  static final int MAX_QUOTED = 20;

  private static final int TRANSACTION_FAILED = 554;
  private static final EnhancedStatusCode UNDEFINED = EnhancedStatusCode.of("5.0.0");

  /// As deliveries name a host: name, address, port.
  private static final Pattern HOST = Pattern.compile("(.*)\\[(.*)]:\\d{1,5}");

  private EarlyReplies() {}

  /// All have got it: quotes the one next hop, or counts. A mailbox says nothing, nor does one
  /// whose user has thrown the message away: the client must not see which it was.
  static Reply delivered(Envelope envelope, EarlyResult.Delivered result) {
    String id = envelope.id().text();
    Set<String> hops = hops(result);
    if (hops.size() > 1) {
      return Replies.delivered(id, counts(envelope, hops.size()));
    }
    List<RecipientOutcome.Delivered> taken =
        result.outcomes().stream()
            .filter(RecipientOutcome.Delivered.class::isInstance)
            .map(RecipientOutcome.Delivered.class::cast)
            .filter(each -> each.handover() != Handover.MAILBOX)
            .toList();
    if (taken.isEmpty()) {
      return Replies.delivered(id);
    }
    return taken.stream().map(RecipientOutcome.Delivered::reply).distinct().count() == 1
        ? Replies.delivered(id, words(envelope, taken.getFirst()))
        : Replies.delivered(id, counts(envelope, 1));
  }

  private static List<String> words(Envelope envelope, RecipientOutcome.Delivered taken) {
    return isOwn(envelope)
        ? ForeignReply.words(taken.reply())
        : ForeignReply.words(taken.reply(), said(taken, host(taken.by())));
  }

  private static String counts(Envelope envelope, int hops) {
    String recipients = counted(envelope.recipients().size(), "recipient");
    return isOwn(envelope) ? recipients + ", " + counted(hops, "next hop") : recipients;
  }

  /// Who has the message, for the log.
  static String by(EarlyResult.Delivered result) {
    Set<String> hops = hops(result);
    return hops.size() == 1 ? hops.iterator().next() : hops.size() + " hops";
  }

  private static Set<String> hops(EarlyResult.Delivered result) {
    Set<String> hops = new LinkedHashSet<>();
    for (RecipientOutcome outcome : result.outcomes()) {
      switch (outcome) {
        case RecipientOutcome.Delivered delivered -> hops.add(delivered.by());
        case RecipientOutcome.Discarded discarded -> hops.add(discarded.by());
        case RecipientOutcome.Deferred _, RecipientOutcome.Failed _ -> {}
      }
    }
    return hops;
  }

  /// All are refused for good: one refusal where all are refused alike, else how many there are,
  /// and what was said of each.
  static Verdict.Refuse refused(Envelope envelope, EarlyResult.Refused refused) {
    Map<ForwardPath, Reply> said = new LinkedHashMap<>();
    refused
        .refusals()
        .forEach(each -> said.putIfAbsent(each.recipient().original(), shown(envelope, each)));
    return new Verdict.Refuse(reason(refused), together(said));
  }

  private static Reply together(Map<ForwardPath, Reply> said) {
    List<Reply> different = said.values().stream().distinct().toList();
    Reply first = different.getFirst();
    if (different.size() == 1) {
      return first;
    }
    boolean isOneCode = different.stream().allMatch(each -> each.code().equals(first.code()));
    boolean isOneStatus = different.stream().allMatch(each -> each.status().equals(first.status()));
    List<String> lines = new ArrayList<>();
    lines.add("All " + said.size() + " recipients are refused:");
    said.forEach((recipient, reply) -> {
      if (lines.size() <= MAX_QUOTED) {
        lines.add(line(recipient, reply));
      }
    });
    if (said.size() > MAX_QUOTED) {
      lines.add("and " + (said.size() - MAX_QUOTED) + " more");
    }
    return new Reply(
        isOneCode ? first.code() : new ReplyCode(TRANSACTION_FAILED),
        isOneStatus ? first.status() : UNDEFINED,
        lines);
  }

  private static String line(ForwardPath recipient, Reply reply) {
    String text =
        "<"
            + recipient
            + ">: "
            + reply.code().value()
            + ' '
            + reply.status()
            + ' '
            + reply.lines().getFirst();
    return text.length() > ForeignReply.MAX_LINE
        ? text.substring(0, ForeignReply.MAX_LINE) + "..."
        : text;
  }

  private static Reply shown(Envelope envelope, RecipientOutcome.Failed failed) {
    return isOwn(envelope)
        ? ForeignReply.toOwnMessage(failed.reply())
        : ForeignReply.toMessage(failed.reply(), said(failed, Optional.empty()));
  }

  private static Reason reason(EarlyResult.Refused refused) {
    Reason first = refused.refusals().getFirst().reason();
    return refused.refusals().stream().allMatch(each -> each.reason() == first)
        ? first
        : Reason.NEXT_HOP_REFUSED;
  }

  /// Whether somebody is refused for good.
  static boolean refusesSome(EarlyResult.TryLater later) {
    return later.outcomes().stream().anyMatch(RecipientOutcome.Failed.class::isInstance);
  }

  private static ForeignReply.Said said(
      RecipientOutcome outcome, Optional<ForeignReply.Host> host) {
    return new ForeignReply.Said(
        host, outcome.recipient().original(), outcome.recipient().address());
  }

  private static Optional<ForeignReply.Host> host(String by) {
    Matcher host = HOST.matcher(by);
    return Optional.of(
        host.matches()
            ? new ForeignReply.Host(host.group(1), host.group(2))
            : new ForeignReply.Host(by, by));
  }

  private static boolean isOwn(Envelope envelope) {
    return envelope.provenance().origin() == Origin.INTERNAL;
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
