package io.gatepost.routing.table;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RoutingChain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The aliases table (requirement C4): lines `name: target, target`, continued by lines that start
/// with a space; `#` starts a comment. A name is a local part of every local domain, or a whole
/// address; each stands once. A name that is among its own targets keeps its mailbox. A target
/// without a domain is in the domain of the address it stands for. Pipes, files and `:include:` are
/// refused: they would let a table run programs or read files. So is an entry of more targets than
/// an address may lead to.
public final class Aliases {

  /// No aliases.
  public static final Aliases NONE = new Aliases(Map.of());

  private static final DomainName WITHOUT_DOMAIN = new DomainName("example.test");

  private final Map<String, List<String>> targets;

  private Aliases(Map<String, List<String>> targets) {
    this.targets = targets;
  }

  /// Reads a table; throws [SettingException] that names file and line.
  public static Aliases parse(String file, List<String> lines) {
    Map<String, List<String>> targets = new HashMap<>();
    StringBuilder entry = new StringBuilder();
    int entryLine = 0;
    for (int i = 0; i <= lines.size(); i++) {
      String line = i < lines.size() ? lines.get(i) : "";
      String text = TableText.withoutComment(line);
      if (!text.isEmpty() && Character.isWhitespace(line.charAt(0)) && !entry.isEmpty()) {
        entry.append(' ').append(text);
        continue;
      }
      if (!entry.isEmpty()) {
        add(targets, file + ":" + entryLine, entry.toString());
        entry.setLength(0);
      }
      if (!text.isEmpty()) {
        entry.append(text);
        entryLine = i + 1;
      }
    }
    return new Aliases(targets);
  }

  /// The addresses that an address stands for; none where it is no alias. The whole address is
  /// looked up first, then, in our own domains, the local part, each with its detail and then
  /// without.
  public List<ForwardPath> find(ForwardPath address, boolean local) {
    if (targets.isEmpty()) {
      return List.of();
    }
    String key = address.localPart().lookupKey();
    String bare = LocalDomains.withoutDetail(key);
    for (String name : bare.equals(key) ? List.of(key) : List.of(key, bare)) {
      List<String> found = targets.get(name + '@' + address.domain());
      if (found == null && local && name.indexOf('@') < 0) { // not a quoted "a@b" for a@b's own
        found = targets.get(name);
      }
      if (found != null) {
        return found.stream().map(target -> target(target, address.domain())).toList();
      }
    }
    return List.of();
  }

  private static ForwardPath target(String target, DomainName domain) {
    return target.indexOf('@') < 0
        ? new ForwardPath(LocalPart.of(target), domain)
        : ForwardPath.of(target);
  }

  private static void add(Map<String, List<String>> targets, String where, String entry) {
    int colon = entry.indexOf(':');
    if (colon <= 0) {
      throw new SettingException(where, entry, "name: target, target");
    }
    List<String> list = new ArrayList<>();
    for (String target : entry.substring(colon + 1).split(",", -1)) {
      list.add(checked(where, target.strip()));
    }
    if (list.size() > RoutingChain.MAX_LEGS) {
      throw new SettingException(
          where, list.size() + " targets", RoutingChain.MAX_LEGS + " at most");
    }
    String name = entry.substring(0, colon).strip();
    if (targets.putIfAbsent(key(where, name), list) != null) {
      throw new SettingException(where, name, "each name once");
    }
  }

  /// The name as it is looked up: a local part, or a whole address, without quotes.
  private static String key(String where, String name) {
    try {
      ForwardPath address = target(name, WITHOUT_DOMAIN);
      String local = address.localPart().lookupKey();
      return name.indexOf('@') < 0 ? local : local + '@' + address.domain();
    } catch (IllegalArgumentException e) {
      throw new SettingException(where, name, "a local part or an address before the colon");
    }
  }

  private static String checked(String where, String target) {
    if (target.startsWith("|")
        || target.startsWith("/")
        || target.startsWith(":include:")
        || target.startsWith("\"")) {
      throw new SettingException(
          where, target, "an address: pipes, files and includes are not allowed");
    }
    try {
      return target.indexOf('@') < 0
          ? LocalPart.of(target).text()
          : ForwardPath.of(target).toString();
    } catch (IllegalArgumentException e) {
      throw new SettingException(where, target, "an address or a local part");
    }
  }
}
