package io.gatepost.routing.lookup;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.lookup.LookupOrder.Scope;

/// Keys of tables in the one form in which [LookupOrder] asks for them: in lower case, domains in
/// A-labels and without a dot at the end, local parts without quotes.
public final class KeyForm {

  private static final DomainName ANY = new DomainName("example.test");

  private KeyForm() {}

  /// A key for addresses: `user@domain`, `@domain`, `@.domain`, a `*` at the end of the local part;
  /// a local part alone where the table has such keys. `*@domain` is `@domain`. Throws
  /// [SettingException] where it is none.
  public static String address(String where, String text, Scope scope) {
    try {
      int at = text.lastIndexOf('@');
      if (at >= 0) {
        String domain = domainOrBelow(text.substring(at + 1));
        String local = text.substring(0, at);
        return (local.isEmpty() || local.equals("*") ? "" : local(local)) + '@' + domain;
      }
      if (scope == Scope.ADDRESSES_AND_LOCAL_PARTS && !text.equals("*")) {
        return local(text);
      }
    } catch (IllegalArgumentException e) {
      // told below, by its place
    }
    throw new SettingException(
        where,
        text,
        switch (scope) {
          case ADDRESSES -> "an address, @domain or @.domain";
          case ADDRESSES_AND_LOCAL_PARTS -> "a local part, an address, @domain or @.domain";
        });
  }

  /// The same of a key in a cdb, where local parts have no quotes.
  public static String storedAddress(String where, String key, Scope scope) {
    int at = key.lastIndexOf('@');
    String local = at < 0 ? key : key.substring(0, at);
    String quoted = '"' + local.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    boolean plain = local.isEmpty() || isPlain(local);
    return address(where, plain ? key : quoted + key.substring(local.length()), scope);
  }

  private static boolean isPlain(String local) {
    try {
      return LocalPart.of(local).unquoted().equals(local);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// A key for domains: `domain`, `.domain` for those below it, `.` for all others; throws
  /// [IllegalArgumentException] where it is none.
  public static String domain(String text) {
    return text.equals(".") ? text : domainOrBelow(text);
  }

  private static String domainOrBelow(String text) {
    return text.startsWith(".")
        ? '.' + DomainName.listed(text.substring(1)).text()
        : DomainName.listed(text).text();
  }

  private static String local(String text) {
    return new ForwardPath(LocalPart.of(text), ANY).localPart().lookupKey();
  }
}
