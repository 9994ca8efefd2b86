package io.gatepost.routing.table;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.reply.ReplyCode;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.AddressLiteral;
import io.gatepost.routing.chain.RouterResult;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The mailertable (requirement C5): lines `domain transport:argument`. `.domain` stands for its
/// subdomains, `.` alone for every domain that no other line names; the longest match wins.
///
/// - `smtp:[host]:port` that host, without MX; `smtp:host:port` its mail exchangers; the port is 25
///   where none is given;
/// - `error:5.1.2:550 text` a refusal with that status, code and text (requirement C9); with 4xx
///   the client is told to try later.
///
/// `#` at the beginning of a line or after a blank starts a comment.
///
/// A domain that is listed may be sent to by anyone; `.` lists none.
public final class Mailertable {

  /// An empty table.
  public static final Mailertable NONE = new Mailertable(Map.of());

  private static final String EXPECTED =
      "domain smtp:[host]:port, domain smtp:host or domain error:5.1.2:550 text";
  private static final Pattern ERROR =
      Pattern.compile("([45])(\\.\\d{1,3}\\.\\d{1,3}):(\\1\\d\\d) (\\S.*)");
  private static final Pattern SMTP = Pattern.compile("(\\[[^]]+]|[^:\\[\\]]+)(?::(\\d{1,5}))?");
  private static final int SMTP_PORT = 25;
  private static final String DEFAULT = ".";

  private final Map<String, RouterResult> entries;

  private Mailertable(Map<String, RouterResult> entries) {
    this.entries = entries;
  }

  /// Reads a table; throws [SettingException] that names file and line.
  public static Mailertable parse(String file, List<String> lines) {
    Map<String, RouterResult> entries = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = TableText.withoutComment(lines.get(i));
      if (!line.isEmpty()) {
        add(entries, file + ":" + (i + 1), line);
      }
    }
    return new Mailertable(entries);
  }

  /// What is said of a domain: its own entry, else that of the closest parent that covers
  /// subdomains.
  public Optional<RouterResult> find(DomainName domain) {
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    String name = domain.text();
    RouterResult found = entries.get(name);
    for (int dot = name.indexOf('.'); found == null && dot >= 0; dot = name.indexOf('.', dot + 1)) {
      found = entries.get(name.substring(dot));
    }
    return Optional.ofNullable(found);
  }

  /// What is said of every other domain.
  public Optional<RouterResult> defaultRoute() {
    return Optional.ofNullable(entries.get(DEFAULT));
  }

  private static void add(Map<String, RouterResult> entries, String where, String line) {
    String[] columns = line.split("\\s+", 2);
    String key = columns[0].toLowerCase(Locale.ROOT);
    int colon = columns.length < 2 ? -1 : columns[1].indexOf(':');
    if (colon < 0 || !isKey(key)) {
      throw new SettingException(where, line, EXPECTED);
    }
    String argument = columns[1].substring(colon + 1);
    RouterResult entry =
        switch (columns[1].substring(0, colon)) {
          case "smtp" -> smtp(where, line, argument);
          case "error" -> error(where, line, argument);
          default -> throw new SettingException(where, line, EXPECTED);
        };
    if (entries.putIfAbsent(key, entry) != null) {
      throw new SettingException(where, line, "each domain once");
    }
  }

  private static boolean isKey(String key) {
    if (key.equals(DEFAULT)) {
      return true;
    }
    try {
      DomainName.of(key.startsWith(".") ? key.substring(1) : key);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static RouterResult smtp(String where, String line, String argument) {
    Matcher matcher = SMTP.matcher(argument);
    if (!matcher.matches()) {
      throw new SettingException(where, line, EXPECTED);
    }
    String host = matcher.group(1).toLowerCase(Locale.ROOT);
    int port = matcher.group(2) == null ? SMTP_PORT : Integer.parseInt(matcher.group(2));
    if (port < 1 || port > 65_535) {
      throw new SettingException(where, line, "a port from 1 to 65535");
    }
    try {
      Optional<String> ip = AddressLiteral.parse(host);
      if (ip.isPresent()) {
        return new RouterResult.Deliver(
            new Destination.Smtp(
                "smtp:" + argument, List.of(new Destination.NextHop(host, ip.get(), port))));
      }
      if (host.startsWith("[")) {
        DomainName name = DomainName.of(host.substring(1, host.length() - 1));
        return new RouterResult.LookUp(new RouterResult.HostQuery.Host(name, port));
      }
      return new RouterResult.LookUp(
          new RouterResult.HostQuery.MailExchange(DomainName.of(host), port));
    } catch (IllegalArgumentException e) {
      throw new SettingException(where, line, EXPECTED);
    }
  }

  private static RouterResult error(String where, String line, String argument) {
    Matcher matcher = ERROR.matcher(argument);
    if (!matcher.matches()) {
      throw new SettingException(where, line, EXPECTED);
    }
    Reply reply =
        new Reply(
            new ReplyCode(Integer.parseInt(matcher.group(3))),
            EnhancedStatusCode.of(matcher.group(1) + matcher.group(2)),
            List.of(matcher.group(4)));
    return reply.code().isPermanent()
        ? new RouterResult.Refuse(Reason.REFUSED_BY_TABLE, reply)
        : new RouterResult.Later(Reason.REFUSED_BY_TABLE, reply);
  }
}
