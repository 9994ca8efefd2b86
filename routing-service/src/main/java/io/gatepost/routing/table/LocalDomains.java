package io.gatepost.routing.table;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.lookup.Entries;
import io.gatepost.routing.lookup.LookupOrder;
import io.gatepost.routing.lookup.Places;
import io.gatepost.routing.lookup.TableForm;
import io.gatepost.routing.lookup.TableKeys;
import io.gatepost.routing.lookup.TableText;
import io.gatepost.routing.lookup.TextEntries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Our domains and their mailboxes. A mailbox is listed by its local part, and is then in every
/// local domain, or by its whole address. `alice+list@…` is alice's. Where nothing else is said,
/// the first mailbox is the postmaster's (RFC 5321 §4.5.1), and `abuse@…` is the postmaster (RFC
/// 2142 §2).
public final class LocalDomains implements AutoCloseable {

  private static final String KEY = "gatepost.routing.mailboxes";
  private static final String POSTMASTER = "postmaster";
  private static final String ABUSE = "abuse";
  private static final Pattern USER = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,63}");

  private final Set<DomainName> domains;
  private final Set<String> mailboxes;
  private final Entries<Boolean> file;

  private LocalDomains(Set<DomainName> domains, Set<String> mailboxes, Entries<Boolean> file) {
    this.domains = domains;
    this.mailboxes = mailboxes;
    this.file = file;
  }

  /// Reads the settings; throws [SettingException] that names the key and the value.
  public static LocalDomains of(List<String> domains, List<String> mailboxes) {
    Set<DomainName> names = new LinkedHashSet<>();
    for (String domain : domains) {
      try {
        names.add(DomainName.listed(domain.strip()));
      } catch (IllegalArgumentException e) {
        throw new SettingException(
            "gatepost.routing.local-domains", domain, "a domain such as example.test");
      }
    }
    Set<String> keys = new LinkedHashSet<>();
    for (String mailbox : mailboxes) {
      keys.add(key(names, KEY, mailbox.strip()));
    }
    return new LocalDomains(names, keys, TextEntries.of(Map.of()));
  }

  /// The same domains with the mailboxes of a file beside their own: of text, one a line, `#`
  /// starts a comment; of a cdb, its keys. Throws [SettingException] that names file and line.
  public LocalDomains with(FileReading reading) throws IOException {
    return new LocalDomains(domains, mailboxes, Entries.read(reading, new Form(domains)));
  }

  /// The same domains with the mailboxes of lines beside their own.
  public LocalDomains with(String name, List<String> lines) {
    return new LocalDomains(domains, mailboxes, TextEntries.read(name, lines, new Form(domains)));
  }

  /// Reads the mailboxes of a file.
  public void forEachKey(FileReading reading, TableKeys.Visitor visitor) throws IOException {
    TableKeys.forEach(reading, new Form(domains), visitor);
  }

  /// The mailboxes of the settings.
  public void forEachListed(TableKeys.Visitor visitor) {
    mailboxes.forEach(mailbox -> visitor.key(KEY, mailbox));
  }

  private static String key(Set<DomainName> domains, String where, String mailbox) {
    int at = mailbox.indexOf('@');
    String user = (at < 0 ? mailbox : mailbox.substring(0, at)).toLowerCase(Locale.ROOT);
    if (!USER.matcher(user).matches()) {
      throw new SettingException(
          where,
          mailbox,
          "a name of letters, digits, dot, dash and underscore, or an address with such a name");
    }
    return at < 0 ? user : user + '@' + ours(domains, where, mailbox, mailbox.substring(at + 1));
  }

  private static DomainName ours(
      Set<DomainName> domains, String where, String mailbox, String text) {
    DomainName domain;
    try {
      domain = DomainName.listed(text);
    } catch (IllegalArgumentException e) {
      throw notOurs(where, mailbox);
    }
    if (!domains.contains(domain)) {
      throw notOurs(where, mailbox);
    }
    return domain;
  }

  private static SettingException notOurs(String where, String mailbox) {
    return new SettingException(where, mailbox, "an address in one of the local domains");
  }

  /// Our domains, in the order of the setting.
  public Set<DomainName> domains() {
    return Collections.unmodifiableSet(domains);
  }

  /// Whether a domain is ours.
  public boolean contains(DomainName domain) {
    return domains.contains(domain);
  }

  /// Whether no domain is ours.
  public boolean isEmpty() {
    return domains.isEmpty();
  }

  /// The domain of a local part that a table puts in an address's place: the address's where that
  /// is ours, else our first; the address's where there are none.
  public DomainName standard(ForwardPath address) {
    return domains.contains(address.domain()) || domains.isEmpty()
        ? address.domain()
        : domains.iterator().next();
  }

  /// The mailbox of an address in one of our domains.
  public Optional<Destination.Mailbox> mailbox(ForwardPath address) {
    String user = LookupOrder.withoutDetail(address.localPart().lookupKey());
    if (user.indexOf('@') >= 0) {
      return Optional.empty(); // a quoted "bob@other.example" is not that address
    }
    if (isListed(user) || isListed(user + '@' + address.domain())) {
      return Optional.of(new Destination.Mailbox(user, address.domain()));
    }
    return user.equals(POSTMASTER)
        ? mailboxes.stream()
            .findFirst()
            .or(file::firstKey)
            .map(first -> postmaster(first, address.domain()))
        : Optional.empty();
  }

  private boolean isListed(String key) {
    return mailboxes.contains(key) || file.find(key).isPresent();
  }

  /// Where the mailbox of an address is listed in the file, for people; empty where it is not.
  public Optional<String> place(ForwardPath address) {
    String user = LookupOrder.withoutDetail(address.localPart().lookupKey());
    Places places = new Places(file);
    return user.indexOf('@') >= 0 || !domains.contains(address.domain())
        ? Optional.empty()
        : places.find(user).or(() -> places.find(user + '@' + address.domain()));
  }

  /// The address that an address without a mailbox stands for, wherever that one leads.
  public Optional<ForwardPath> standsFor(ForwardPath address) {
    return LookupOrder.withoutDetail(address.localPart().lookupKey()).equals(ABUSE)
        ? Optional.of(new ForwardPath(LocalPart.of(POSTMASTER), address.domain()))
        : Optional.empty();
  }

  /// A mailbox of one domain only is in that one, whichever domain's postmaster is written to.
  private static Destination.Mailbox postmaster(String first, DomainName domain) {
    int at = first.indexOf('@');
    return at < 0
        ? new Destination.Mailbox(first, domain)
        : new Destination.Mailbox(first.substring(0, at), new DomainName(first.substring(at + 1)));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private record Form(Set<DomainName> domains) implements TableForm<Boolean> {

    @Override
    public List<Line> lines(String file, List<String> lines) {
      List<Line> entries = new ArrayList<>();
      for (int i = 0; i < lines.size(); i++) {
        String mailbox = TableText.withoutComment(lines.get(i));
        if (!mailbox.isEmpty()) {
          entries.add(new Line(file, i + 1, mailbox, ""));
        }
      }
      return entries;
    }

    @Override
    public String key(String where, String text) {
      return LocalDomains.key(domains, where, text);
    }

    @Override
    public Boolean value(String where, String key, String text) {
      return true;
    }

    @Override
    public boolean mayRepeat() {
      return true;
    }
  }
}
