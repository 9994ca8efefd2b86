package io.gatepost.edge.policy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The checks that clients, senders and recipients are exempt from, by a table. Of each of the
/// three its most specific entry counts, alone: the smallest network that has the client; of a
/// sender or recipient the whole address before its domain, and that before the domains above it.
/// Exempt is who is so by any of the three.
public final class Exemptions {

  /// No client is exempt.
  public static final Exemptions NONE =
      new Exemptions(new NetworkTable<>(), new AddressTable<>(), new AddressTable<>());

  private static final Set<CheckName> NOTHING = Set.of();

  private final NetworkTable<Set<CheckName>> clients;
  private final AddressTable<Set<CheckName>> senders;
  private final AddressTable<Set<CheckName>> recipients;

  Exemptions(
      NetworkTable<Set<CheckName>> clients,
      AddressTable<Set<CheckName>> senders,
      AddressTable<Set<CheckName>> recipients) {
    this.clients = clients;
    this.senders = senders;
    this.recipients = recipients;
  }

  /// Reads the table; throws [io.gatepost.contract.setting.SettingException] that names the line
  /// which is wrong.
  public static Exemptions parse(String file, List<String> lines) {
    return ExemptionsFile.parse(file, lines);
  }

  /// Checks that a client is exempt from when it connects.
  Set<CheckName> of(InetAddress client) {
    return clients.isEmpty() ? NOTHING : clients.find(client).orElse(NOTHING);
  }

  /// Checks that a client is exempt from.
  ///
  /// @param client its address; what is none is in no network
  Set<CheckName> of(String client) {
    if (clients.isEmpty()) {
      return NOTHING;
    }
    try {
      return of(InetAddress.ofLiteral(client));
    } catch (IllegalArgumentException e) {
      return NOTHING;
    }
  }

  /// Checks that a message of a sender is exempt from.
  Set<CheckName> of(String client, ReversePath sender) {
    Set<CheckName> ofClient = of(client);
    return !senders.isEmpty() && sender instanceof ReversePath.Sender known
        ? both(ofClient, senders.find(known.asForwardPath()).orElse(NOTHING))
        : ofClient;
  }

  /// Checks that one recipient of it is exempt from.
  Set<CheckName> of(String client, ReversePath sender, ForwardPath recipient) {
    Set<CheckName> ofSender = of(client, sender);
    return recipients.isEmpty()
        ? ofSender
        : both(ofSender, recipients.find(recipient).orElse(NOTHING));
  }

  private static Set<CheckName> both(Set<CheckName> one, Set<CheckName> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    Set<CheckName> all = EnumSet.copyOf(one);
    all.addAll(other);
    return all;
  }

  /// How many entries there are.
  int size() {
    return clients.size() + senders.size() + recipients.size();
  }
}
