package io.gatepost.edge.policy;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.SettingException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Reads a table of [Exemptions]: on each line who is exempt, blanks, and the checks, such as
/// `192.0.2.0/24 dns-lists,helo-syntax`, `@friend.example all` or `to:postmaster@ours.example
/// dns-lists`. `none` exempts from nothing what a wider entry would; `#` begins a comment.
final class ExemptionsFile {

  private static final String RECIPIENT = "to:";
  private static final String ALL = "all";
  private static final String NONE = "none";
  private static final String EXPECTED =
      "a network such as 192.0.2.0/24, a sender such as ann@friend.example or @friend.example, or a"
          + " recipient such as to:ann@ours.example, and checks such as dns-lists,helo-syntax";

  private final String file;
  private final NetworkTable<Set<CheckName>> clients = new NetworkTable<>();
  private final AddressTable<Set<CheckName>> senders = new AddressTable<>();
  private final AddressTable<Set<CheckName>> recipients = new AddressTable<>();

  private ExemptionsFile(String file) {
    this.file = file;
  }

  /// Reads the table; throws [SettingException] that names the line which is wrong.
  static Exemptions parse(String file, List<String> lines) {
    ExemptionsFile reading = new ExemptionsFile(file);
    for (int index = 0; index < lines.size(); index++) {
      String line = lines.get(index);
      int comment = line.indexOf('#');
      String text = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (!text.isEmpty()) {
        reading.read(index + 1, text);
      }
    }
    return new Exemptions(reading.clients, reading.senders, reading.recipients);
  }

  private void read(int number, String text) {
    String[] fields = text.split("\\s+", -1);
    String key = file + " line " + number;
    if (fields.length != 2) {
      throw new SettingException(key, text, EXPECTED);
    }
    String who = fields[0];
    boolean isNew;
    if (who.startsWith(RECIPIENT)) {
      isNew =
          recipients.put(
              address(key, who.substring(RECIPIENT.length())),
              checks(key, fields[1], ExemptionsFile::judgesRecipients));
    } else if (who.indexOf('@') >= 0) {
      isNew = senders.put(address(key, who), checks(key, fields[1], ExemptionsFile::judgesSenders));
    } else {
      isNew = clients.put(Network.parse(key, who), checks(key, fields[1], CheckName::mayBeExempt));
    }
    if (!isNew) {
      throw new SettingException(key, who, "one line for each network, sender and recipient");
    }
  }

  private static Set<CheckName> checks(String key, String names, Predicate<CheckName> allowed) {
    Set<CheckName> checks = EnumSet.noneOf(CheckName.class);
    if (names.equals(NONE)) {
      return checks;
    }
    for (CheckName check : CheckName.values()) {
      if (names.equals(ALL) && allowed.test(check)) {
        checks.add(check);
      }
    }
    if (!names.equals(ALL)) {
      for (String name : names.split(",", -1)) {
        checks.add(
            PolicyRules.named(name, allowed)
                .orElseThrow(() -> PolicyRules.unknown(key, name, allowed)));
      }
    }
    return checks;
  }

  /// The sender is known when the check judges.
  private static boolean judgesSenders(CheckName check) {
    return check.mayBeExempt() && check.stage().compareTo(Stage.MAIL) >= 0;
  }

  /// The recipient is known when the check judges.
  private static boolean judgesRecipients(CheckName check) {
    return check.mayBeExempt() && check.stage().compareTo(Stage.RCPT) >= 0;
  }

  private static String address(String key, String text) {
    try {
      if (!text.startsWith("@")) {
        return AddressTable.key(ForwardPath.listed(text));
      }
      boolean below = text.startsWith("@.");
      return (below ? "@." : "@") + DomainName.listed(text.substring(below ? 2 : 1)).text();
    } catch (IllegalArgumentException e) {
      throw new SettingException(key, text, EXPECTED);
    }
  }
}
