package io.gatepost.routing.table;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.setting.SettingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Our domains and their mailboxes. A mailbox is listed by its local part, and is then in every
/// local domain, or by its whole address. `alice+list@…` is alice's. Where nothing else is said,
/// the first mailbox is the postmaster's (RFC 5321 §4.5.1).
public final class LocalDomains {

  private static final String POSTMASTER = "postmaster";
  private static final char DETAIL_SEPARATOR = '+';

  private final Set<DomainName> domains;
  private final Set<String> mailboxes;
  private final Optional<String> postmaster;

  private LocalDomains(
      Set<DomainName> domains, Set<String> mailboxes, Optional<String> postmaster) {
    this.domains = domains;
    this.mailboxes = mailboxes;
    this.postmaster = postmaster;
  }

  /// Reads the settings; throws [SettingException] that names the key and the value.
  public static LocalDomains of(List<String> domains, List<String> mailboxes) {
    Set<DomainName> names = new HashSet<>();
    for (String domain : domains) {
      try {
        names.add(DomainName.of(domain.strip()));
      } catch (IllegalArgumentException e) {
        throw new SettingException(
            "gatepost.routing.local-domains", domain, "a domain such as example.test");
      }
    }
    List<String> boxes = new ArrayList<>();
    for (String mailbox : mailboxes) {
      String name = mailbox.strip().toLowerCase(Locale.ROOT);
      if (!name.matches("[a-z0-9_][a-z0-9_.-]{0,63}(@[a-z0-9.-]+)?")) {
        throw new SettingException(
            "gatepost.routing.mailboxes",
            mailbox,
            "a name or address of letters, digits, dot, dash, underscore");
      }
      int at = name.indexOf('@');
      if (at >= 0
          && names.stream().noneMatch(local -> local.text().equals(name.substring(at + 1)))) {
        throw new SettingException(
            "gatepost.routing.mailboxes", mailbox, "an address in one of the local domains");
      }
      boxes.add(name);
    }
    Optional<String> first = boxes.stream().findFirst().map(LocalDomains::localPart);
    return new LocalDomains(names, new HashSet<>(boxes), first);
  }

  /// Whether a domain is ours.
  public boolean contains(DomainName domain) {
    return domains.contains(domain);
  }

  /// The mailbox of an address in one of our domains.
  public Optional<Destination.Mailbox> mailbox(ForwardPath address) {
    String user = withoutDetail(address.localPart().lookupKey());
    if (user.indexOf('@') >= 0) {
      return Optional.empty(); // a quoted "bob@other.example" is not that address
    }
    if (mailboxes.contains(user) || mailboxes.contains(user + '@' + address.domain())) {
      return Optional.of(new Destination.Mailbox(user, address.domain()));
    }
    return user.equals(POSTMASTER)
        ? postmaster.map(box -> new Destination.Mailbox(box, address.domain()))
        : Optional.empty();
  }

  static String withoutDetail(String key) {
    int separator = key.indexOf(DETAIL_SEPARATOR, 1);
    return separator < 0 ? key : key.substring(0, separator);
  }

  private static String localPart(String mailbox) {
    int at = mailbox.indexOf('@');
    return at < 0 ? mailbox : mailbox.substring(0, at);
  }
}
