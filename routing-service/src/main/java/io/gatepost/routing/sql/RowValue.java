package io.gatepost.routing.sql;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.value.Parameters;
import io.gatepost.routing.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Values of rows: what tables of text have, addresses or `error:…`, and mailboxes, `mailbox` or
/// `mailbox:name`.
final class RowValue {

  private static final String MAILBOX = "mailbox";
  private static final String NAMED = MAILBOX + ':';
  private static final int MOST_SHOWN = 3;

  /// A name that is safe as a file's.
  private static final Pattern USER = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,63}");

  private RowValue() {}

  /// Whether a name can be a mailbox's.
  static boolean isMailboxName(String name) {
    return USER.matcher(name).matches();
  }

  /// Reads the rows of an address: one mailbox, one reply, or addresses. Throws
  /// [UnusableRowException] where they are none of these.
  ///
  /// @param bare the local part that a plain `mailbox` means, without its detail: where that is no
  ///   mailbox's name, the client has made it up, and nobody has it
  static RouterResult result(List<String> values, ForwardPath address, String bare) {
    List<ForwardPath> targets = new ArrayList<>();
    Set<RouterResult> others = new LinkedHashSet<>();
    for (String value : values) {
      switch (one(value.strip(), address, bare)) {
        case RouterResult.Rewrite(var addresses) -> targets.addAll(addresses);
        case RouterResult other -> others.add(other);
      }
    }
    if (others.size() + (targets.isEmpty() ? 0 : 1) > 1) {
      throw new UnusableRowException(
          "%d rows, such as %s (expected: one mailbox, one error: or addresses)"
              .formatted(values.size(), values.subList(0, Math.min(MOST_SHOWN, values.size()))));
    }
    if (!others.isEmpty()) {
      return others.iterator().next();
    }
    return targets.isEmpty()
        ? RouterResult.NO_MATCH
        : new RouterResult.Rewrite(notItself(targets, address));
  }

  /// Checks the value of an alias, which is no mailbox; throws [UnusableRowException].
  static void addressesOrError(String value, ForwardPath address) {
    if (parsed(value.strip(), address) instanceof RouterResult.Rewrite(var addresses)) {
      notItself(addresses, address);
    }
  }

  private static RouterResult one(String value, ForwardPath address, String bare) {
    if (value.equals(MAILBOX)) {
      return isMailboxName(bare)
          ? new RouterResult.Deliver(new Destination.Mailbox(bare, address.domain()))
          : new RouterResult.Refuse(Reason.UNKNOWN_USER, Replies.unknownUser(address));
    }
    return value.startsWith(NAMED)
        ? mailbox(value, value.substring(NAMED.length()), address)
        : parsed(value, address);
  }

  private static RouterResult parsed(String value, ForwardPath address) {
    try {
      return Value.parse("value", value, Parameters.NONE)
          .result(address, address.domain(), _ -> "");
    } catch (SettingException e) {
      throw new UnusableRowException(String.valueOf(e.getMessage()));
    }
  }

  private static RouterResult mailbox(String value, String name, ForwardPath address) {
    int at = name.indexOf('@');
    String user = (at < 0 ? name : name.substring(0, at)).toLowerCase(Locale.ROOT);
    try {
      DomainName domain = at < 0 ? address.domain() : DomainName.listed(name.substring(at + 1));
      if (isMailboxName(user)) {
        return new RouterResult.Deliver(new Destination.Mailbox(user, domain));
      }
    } catch (IllegalArgumentException e) {
      throw unusableMailbox(value);
    }
    throw unusableMailbox(value);
  }

  private static UnusableRowException unusableMailbox(String value) {
    return new UnusableRowException(
        "value = \""
            + value
            + "\" (expected: a mailbox of letters, digits, dot, dash and underscore)");
  }

  /// Nothing behind this router has a mailbox for it.
  private static List<ForwardPath> notItself(List<ForwardPath> targets, ForwardPath address) {
    for (ForwardPath target : targets) {
      if (target.domain().equals(address.domain())
          && target.localPart().lookupKey().equals(address.localPart().lookupKey())) {
        throw new UnusableRowException(
            "value names " + address + " itself (expected: a mailbox of another name)");
      }
    }
    return targets;
  }
}
