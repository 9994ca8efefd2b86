package io.gatepost.routing.table;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.setting.SettingException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Our domains and their mailboxes. A mailbox is listed by its local part, and is then in every
/// local domain, or by its whole address. `alice+list@…` is alice's. Where nothing else is said,
/// the first mailbox is the postmaster's (RFC 5321 §4.5.1).
public final class LocalDomains {

  private static final String KEY = "gatepost.routing.mailboxes";
  private static final String POSTMASTER = "postmaster";
  private static final char DETAIL_SEPARATOR = '+';
  private static final Pattern MAILBOX =
      Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,63}(@[a-z0-9.-]+)?");

  private final Set<DomainName> domains;
  private final Set<String> mailboxes;

  private LocalDomains(Set<DomainName> domains, Set<String> mailboxes) {
    this.domains = domains;
    this.mailboxes = mailboxes;
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
    LocalDomains local = new LocalDomains(names, new LinkedHashSet<>());
    for (String mailbox : mailboxes) {
      local.add(KEY, mailbox.strip());
    }
    return local;
  }

  /// The same domains with the mailboxes of a file beside their own: one a line, `#` starts a
  /// comment. Throws [SettingException] that names file and line.
  public LocalDomains with(String file, List<String> lines) {
    LocalDomains more = new LocalDomains(domains, new LinkedHashSet<>(mailboxes));
    for (int i = 0; i < lines.size(); i++) {
      String mailbox = TableText.withoutComment(lines.get(i));
      if (!mailbox.isEmpty()) {
        more.add(file + ":" + (i + 1), mailbox);
      }
    }
    return more;
  }

  /// Only while it is being built.
  private void add(String where, String mailbox) {
    String name = mailbox.toLowerCase(Locale.ROOT);
    if (!MAILBOX.matcher(name).matches()) {
      throw new SettingException(
          where, mailbox, "a name or address of letters, digits, dot, dash, underscore");
    }
    int at = name.indexOf('@');
    if (at >= 0 && !isOurs(name.substring(at + 1))) {
      throw new SettingException(where, mailbox, "an address in one of the local domains");
    }
    mailboxes.add(name);
  }

  private boolean isOurs(String domain) {
    return DomainName.isDomain(domain) && domains.contains(DomainName.of(domain));
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
        ? mailboxes.stream().findFirst().map(first -> postmaster(first, address.domain()))
        : Optional.empty();
  }

  /// A mailbox of one domain only is in that one, whichever domain's postmaster is written to.
  private static Destination.Mailbox postmaster(String first, DomainName domain) {
    int at = first.indexOf('@');
    return at < 0
        ? new Destination.Mailbox(first, domain)
        : new Destination.Mailbox(first.substring(0, at), new DomainName(first.substring(at + 1)));
  }

  static String withoutDetail(String key) {
    int separator = key.indexOf(DETAIL_SEPARATOR, 1);
    return separator < 0 ? key : key.substring(0, separator);
  }
}
