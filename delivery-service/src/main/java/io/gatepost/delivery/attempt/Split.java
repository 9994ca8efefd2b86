package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Covered;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Splits a message that leads to more addresses than one attempt takes, before anybody is tried:
/// into parts that each go on alone, so that what an attempt comes to fits into a record. Members
/// of an alias stay together, and so do recipients that have one address.
final class Split {

  /// Addresses that one attempt takes.
  static final int MAX_ADDRESSES = 2_000;

  /// Recipients that one attempt takes, where several lead to one address. With addresses, notices
  /// wanted and replies as long as they may be, the record of their outcomes has 7 MiB.
  static final int MAX_RECIPIENTS = 3_000;

  /// Recipients that are split at a time; the others are routed when their part comes by.
  static final int ENOUGH = 4_000;

  /// A message that leads to more addresses than this is refused for the aliases that remain: the
  /// digests of those that are covered have to fit into its record.
  static final int MAX_COVERED = 100_000;

  private final List<Part> parts = new ArrayList<>();
  private final Map<ForwardPath, Part> homes = new HashMap<>();
  private final List<Recipient> elsewhere = new ArrayList<>(0);

  private static final class Part {
    private final Set<ForwardPath> addresses = new HashSet<>();
    private final List<Recipient> recipients = new ArrayList<>();

    boolean hasRoomFor(int more) {
      return addresses.size() + more <= MAX_ADDRESSES && recipients.size() + more <= MAX_RECIPIENTS;
    }
  }

  /// Whether one attempt takes these.
  static boolean isNeeded(List<ForwardPath> addresses) {
    return addresses.size() > MAX_RECIPIENTS
        || addresses.size() > MAX_ADDRESSES && new HashSet<>(addresses).size() > MAX_ADDRESSES;
  }

  /// Adds what one recipient leads to.
  void add(List<Recipient> members) {
    List<Recipient> fresh = new ArrayList<>(members.size());
    for (Recipient member : members) {
      Part home = homes.get(member.address());
      if (home == null) {
        fresh.add(member);
      } else if (home.recipients.size() < MAX_RECIPIENTS) {
        home.recipients.add(member);
      } else {
        elsewhere.add(member);
      }
    }
    if (fresh.isEmpty()) {
      return;
    }
    if (parts.isEmpty() || !parts.getLast().hasRoomFor(fresh.size())) {
      parts.add(new Part());
    }
    Part part = parts.getLast();
    for (Recipient member : fresh) {
      part.recipients.add(member);
      part.addresses.add(member.address());
      homes.put(member.address(), part);
    }
  }

  /// Recipients whose address is in a part that has no room for another: they get their copy, and
  /// nobody tells what became of it.
  List<Recipient> elsewhere() {
    return elsewhere;
  }

  /// The originals of those who are in some part.
  Set<ForwardPath> originals() {
    Set<ForwardPath> originals = new HashSet<>();
    for (Part part : parts) {
      part.recipients.forEach(each -> originals.add(each.original()));
    }
    return originals;
  }

  /// The parts, as records.
  ///
  /// @param open recipients that are still to be routed: they are a part of their own, which knows
  ///   whom the others cover
  /// @param covered who needs no copy any more
  /// @param standing of a member, now that it is known who has a copy
  List<EnvelopeRecord> records(
      EnvelopeRecord message,
      List<Recipient> open,
      Covered covered,
      UnaryOperator<Recipient> standing) {
    List<EnvelopeRecord> records = new ArrayList<>(parts.size() + 1);
    List<Recipient> all = new ArrayList<>();
    QueueId whole = message.envelope().id();
    for (Part part : parts) {
      List<Recipient> some = part.recipients.stream().map(standing).toList();
      records.add(record(message, whole.part(records.size() + 1), some, covered));
      all.addAll(part.recipients);
    }
    if (!open.isEmpty()) {
      records.add(record(message, whole.rest(), open, covered.plus(all)));
    }
    return records;
  }

  private static EnvelopeRecord record(
      EnvelopeRecord message, QueueId id, List<Recipient> recipients, Covered covered) {
    return new EnvelopeRecord(
        message.envelope().part(id, recipients, covered.neededFor(recipients)), message.content());
  }
}
