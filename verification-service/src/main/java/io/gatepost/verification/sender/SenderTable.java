package io.gatepost.verification.sender;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.verification.user.UserName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Senders that users may use beside their own addresses: lines `user: sender, sender`; `#` starts
/// a comment line. A sender is an address, which stands for itself with any `+detail`, `@domain`
/// for every address of a domain, or `*` for every address. A user may have several lines.
public final class SenderTable {

  /// No others than their own.
  public static final SenderTable NONE = new SenderTable(Map.of());

  private static final String EXPECTED = "user: sender, sender, each an address, @domain or *";

  private final Map<UserName, Set<Permit>> permits;

  private SenderTable(Map<UserName, Set<Permit>> permits) {
    this.permits = permits;
  }

  private sealed interface Permit {
    record Address(String localPart, DomainName domain) implements Permit {}

    record Domain(DomainName domain) implements Permit {}

    record Any() implements Permit {}
  }

  /// Reads a table; throws [SettingException] that names file and line.
  public static SenderTable parse(String file, List<String> lines) {
    Map<UserName, Set<Permit>> permits = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        add(permits, file + ":" + (i + 1), line);
      }
    }
    return new SenderTable(permits);
  }

  private static void add(Map<UserName, Set<Permit>> permits, String where, String line) {
    int colon = line.indexOf(':');
    if (colon <= 0) {
      throw new SettingException(where, line, EXPECTED);
    }
    Set<Permit> ofUser =
        permits.computeIfAbsent(
            UserName.of(line.substring(0, colon).strip()), any -> new HashSet<>());
    for (String sender : line.substring(colon + 1).split(",", -1)) {
      try {
        ofUser.add(permit(sender.strip()));
      } catch (IllegalArgumentException e) {
        throw new SettingException(where, line, EXPECTED);
      }
    }
  }

  private static Permit permit(String text) {
    if (text.equals("*")) {
      return new Permit.Any();
    }
    if (text.startsWith("@")) {
      return new Permit.Domain(DomainName.listed(text.substring(1)));
    }
    ForwardPath address = ForwardPath.listed(text);
    return new Permit.Address(address.localPart().lookupKey(), address.domain());
  }

  /// Whether a user may use a sender by this table.
  public boolean permits(UserName user, ForwardPath sender) {
    Set<Permit> ofUser = permits.getOrDefault(user, Set.of());
    DomainName domain = sender.domain();
    return ofUser.contains(new Permit.Any())
        || ofUser.contains(new Permit.Domain(domain))
        || ofUser.contains(new Permit.Address(sender.localPart().lookupKey(), domain))
        || ofUser.contains(
            new Permit.Address(SenderOwner.withoutDetail(sender.localPart()), domain));
  }
}
