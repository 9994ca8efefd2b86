package io.gatepost.edge.session;

import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.session.Connection.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The answers to EHLO. An extension is announced only where the whole path honours it, and only to
/// a client that could use it now.
final class ExtensionList {

  /// By what differs between connections: see [#index].
  private final Reply[] replies = new Reply[16];

  private final Offers offers;

  ExtensionList(String hostname, SessionLimits limits, Offers offers) {
    this.offers = offers;
    for (int index = 0; index < replies.length; index++) {
      replies[index] = Replies.ehlo(hostname, extensions(index, limits, offers.mechanisms()));
    }
  }

  Reply reply(Connection connection) {
    return replies[index(connection)];
  }

  boolean offersStartTls(Connection connection) {
    return offers.tls() == Offers.Tls.STARTTLS && !connection.isEncrypted();
  }

  /// Over TLS only: a password is never sent in the clear, and a proof of it is not either.
  boolean offersAuth(Connection connection) {
    return knowsAuth(connection) && connection.isAnonymous();
  }

  /// Whether the client has been offered AUTH, before it authenticated.
  boolean knowsAuth(Connection connection) {
    return !offers.mechanisms().isEmpty() && connection.isEncrypted();
  }

  /// Whether anybody can authenticate here at all.
  boolean knowsUsers() {
    return !offers.mechanisms().isEmpty();
  }

  boolean offers(Mechanism mechanism) {
    return offers.mechanisms().contains(mechanism);
  }

  /// Not to strangers: whoever forges a sender could have notices of success sent to it. A
  /// stranger's own system tells him that it has relayed (RFC 3461 §5.2.2).
  boolean offersNotices(Connection connection) {
    return !connection.isStranger();
  }

  private int index(Connection connection) {
    return (offersStartTls(connection) ? 1 : 0)
        | (offersAuth(connection) ? 2 : 0)
        | (connection.proxy() == Proxy.TRUSTED ? 4 : 0)
        | (offersNotices(connection) ? 8 : 0);
  }

  private static List<String> extensions(
      int index, SessionLimits limits, Set<Mechanism> mechanisms) {
    List<String> extensions =
        new ArrayList<>(
            List.of(
                "PIPELINING",
                "SIZE " + limits.maxMessageOctets(),
                "8BITMIME",
                "SMTPUTF8",
                "CHUNKING",
                "BINARYMIME",
                "ENHANCEDSTATUSCODES",
                "LIMITS MAILMAX=" + limits.maxMessages() + " RCPTMAX=" + limits.maxRecipients()));
    if ((index & 8) != 0) {
      extensions.add("DSN");
    }
    if ((index & 1) != 0) {
      extensions.add("STARTTLS");
    }
    if ((index & 2) != 0) {
      extensions.add(
          mechanisms.stream()
              .sorted()
              .map(Mechanism::word)
              .collect(Collectors.joining(" ", "AUTH ", "")));
    }
    if ((index & 4) != 0) {
      extensions.add("XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT");
    }
    return extensions;
  }
}
