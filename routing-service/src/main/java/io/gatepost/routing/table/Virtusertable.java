package io.gatepost.routing.table;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.lookup.Entries;
import io.gatepost.routing.lookup.KeyForm;
import io.gatepost.routing.lookup.LookupOrder;
import io.gatepost.routing.lookup.LookupOrder.Match;
import io.gatepost.routing.lookup.LookupOrder.Scope;
import io.gatepost.routing.lookup.Places;
import io.gatepost.routing.lookup.TableForm;
import io.gatepost.routing.lookup.TableKeys;
import io.gatepost.routing.lookup.TableText;
import io.gatepost.routing.lookup.TextEntries;
import io.gatepost.routing.value.Parameters;
import io.gatepost.routing.value.Value;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// The virtusertable (requirement C6), as Sendmail's FEATURE(`virtusertable') has it: lines
/// `address value`, looked up in [LookupOrder], with `%1` for the user, `%2` for the detail and
/// `%3` for the detail with its `+`. `#` starts a comment. A value without a domain is in the
/// domain of the address where that is a local one, else in the first local domain.
public final class Virtusertable implements AutoCloseable {

  private static final String EXPECTED =
      "user@domain address, @domain %1@domain or user@domain error:5.1.1:550 text";

  private final Entries<Value> entries;
  private final LocalDomains local;

  private Virtusertable(Entries<Value> entries, LocalDomains local) {
    this.entries = entries;
    this.local = local;
  }

  /// Reads a table, text or cdb; throws [SettingException] that names file and line.
  public static Virtusertable read(FileReading reading, LocalDomains local) throws IOException {
    return new Virtusertable(Entries.read(reading, new Form(local)), local);
  }

  /// Reads lines; throws [SettingException] that names file and line.
  public static Virtusertable parse(String file, List<String> lines, LocalDomains local) {
    return new Virtusertable(TextEntries.read(file, lines, new Form(local)), local);
  }

  /// Reads the keys of a table, without their values.
  public static void forEachKey(FileReading reading, LocalDomains local, TableKeys.Visitor visitor)
      throws IOException {
    TableKeys.forEach(reading, new Form(local), visitor);
  }

  /// Returns the result for an address.
  public RouterResult route(ForwardPath address) {
    return LookupOrder.find(entries, address, Scope.ADDRESSES)
        .map(match -> match.value().result(address, local.standard(address), parts(match)))
        .orElse(RouterResult.NO_MATCH);
  }

  /// Where the entry of an address stands, for people.
  public Optional<String> place(ForwardPath address) {
    return LookupOrder.find(new Places(entries), address, Scope.ADDRESSES).map(Match::value);
  }

  /// Whether addresses in a domain are listed.
  public boolean lists(DomainName domain) {
    return entries.index().hasDomain(domain.text());
  }

  private static IntFunction<String> parts(Match<Value> match) {
    return number ->
        switch (number) {
          case 1 -> match.user();
          case 2 -> match.detail();
          default -> match.plusDetail();
        };
  }

  @Override
  public void close() throws IOException {
    entries.close();
  }

  private record Form(LocalDomains local) implements TableForm<Value> {

    @Override
    public List<Line> lines(String file, List<String> lines) {
      return TableText.columns(file, lines, EXPECTED);
    }

    @Override
    public String key(String where, String text) {
      return KeyForm.address(where, text, Scope.ADDRESSES);
    }

    @Override
    public String storedKey(String where, String key) {
      return KeyForm.storedAddress(where, key, Scope.ADDRESSES);
    }

    @Override
    public Value value(String where, String key, String text) {
      Value value = Value.parse(where, text, Parameters.PERCENT);
      if (value.needsDomain() && local.isEmpty()) {
        throw new SettingException(where, text, "a domain, as there are no local domains");
      }
      return value;
    }
  }
}
