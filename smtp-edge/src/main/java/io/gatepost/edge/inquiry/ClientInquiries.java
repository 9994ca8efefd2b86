package io.gatepost.edge.inquiry;

import io.gatepost.edge.session.ClientClass;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Predicate;

/// Begins the questions about each client that connects, or that a proxy names. Nobody waits here.
public final class ClientInquiries {

  /// No inquiry is made.
  public static final ClientInquiries NONE =
      new ClientInquiries(_ -> false, Optional.empty(), Optional.empty());

  private final Predicate<InetAddress> speaksForOthers;
  private final Optional<DnsLists> lists;
  private final Optional<ClientNames> names;

  /// @param speaksForOthers addresses of proxies: where one names no client, there is none to ask
  ///   about
  /// @param lists empty where there are none
  /// @param names empty where names are not asked for
  public ClientInquiries(
      Predicate<InetAddress> speaksForOthers,
      Optional<DnsLists> lists,
      Optional<ClientNames> names) {
    this.speaksForOthers = speaksForOthers;
    this.lists = lists;
    this.names = names;
  }

  /// Begins to ask about a client. Lists are asked about strangers on an MX listener only.
  public Inquiry about(InetAddress client, ClientClass clientClass) {
    return clientClass == ClientClass.STRANGER && lists.isPresent() && !speaksForOthers.test(client)
        ? new Inquiry(lists.get().about(client), name(client))
        : aboutNameOf(client);
  }

  /// Begins to ask for a client's name only.
  public Inquiry aboutNameOf(InetAddress client) {
    return names.isEmpty() ? Inquiry.NONE : new Inquiry(ListedClient.NOT_ASKED, name(client));
  }

  private NamedClient name(InetAddress client) {
    return names.isEmpty() || speaksForOthers.test(client)
        ? NamedClient.NOT_ASKED
        : names.get().about(client);
  }
}
