package io.gatepost.routing.chain;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Every router there may be, by the name that settings and explanations use. The constants stand
/// in the default order.
public enum RouterName {
  ALIASES,
  VIRTUSERTABLE,
  REGSUB,
  SQL,
  LDAP,
  MAILBOXES,
  MAILERTABLE,
  RELAY_CONTROL,
  /// Goes to other people's hosts, as the two behind it do.
  SMART_HOST,
  ADDRESS_LITERAL,
  DNS;

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /// Returns the router of a name, or nothing where there is none.
  public static Optional<RouterName> of(String text) {
    return Arrays.stream(values()).filter(name -> name.text.equals(text)).findFirst();
  }

  /// Returns the names in the default order.
  public static List<RouterName> inDefaultOrder() {
    return List.of(values());
  }

  /// Returns whether the router leads to hosts that the operator did not name for the address's
  /// domain. Only relayed mail goes there, so relay control stands before it.
  public boolean leadsToTheWorld() {
    return switch (this) {
      case SMART_HOST, ADDRESS_LITERAL, DNS -> true;
      case ALIASES, VIRTUSERTABLE, REGSUB, SQL, LDAP, MAILBOXES, MAILERTABLE, RELAY_CONTROL ->
          false;
    };
  }

  /// Returns whether an address that came past the router's rewriting is not rewritten by it again.
  /// Where a mailbox is missing, [#MAILBOXES] names the one that stands in: that counts always.
  boolean isRewriting() {
    return switch (this) {
      case ALIASES, VIRTUSERTABLE, REGSUB, SQL, LDAP -> true;
      case MAILBOXES, MAILERTABLE, RELAY_CONTROL, SMART_HOST, ADDRESS_LITERAL, DNS -> false;
    };
  }

  /// Returns the name in settings and explanations, such as `relay-control`.
  @Override
  public String toString() {
    return text;
  }
}
