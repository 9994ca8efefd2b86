package io.gatepost.routing.table;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.FileReading;
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
import io.gatepost.routing.value.ErrorValue;
import io.gatepost.routing.value.Parameters;
import io.gatepost.routing.value.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The aliases table (requirement C4): lines `name: target, target`, continued by lines that start
/// with a space; `#` starts a comment. A name is a local part of every local domain, or any other
/// key of [LookupOrder]; each stands once. A name that is among its own targets keeps its mailbox.
/// A target without a domain is in the domain of the address it stands for; `:include:file` stands
/// for the targets that [Includes] reads. Pipes and files are refused: they would let a table run
/// programs or write files. So is an entry of more targets than an address may lead to.
public final class Aliases implements AutoCloseable {

  /// No aliases.
  public static final Aliases NONE = new Aliases(TextEntries.of(Map.of()));

  private static final String EXPECTED = "name: target, target";

  private final Entries<Value> entries;

  private Aliases(Entries<Value> entries) {
    this.entries = entries;
  }

  /// Reads a table, text or cdb; throws `SettingException` that names file and line.
  public static Aliases read(FileReading reading, Includes.Directory directory) throws IOException {
    Includes includes = directory.reading(reading);
    Aliases aliases = new Aliases(Entries.read(reading, new Form(includes)));
    includes.complete();
    return aliases;
  }

  /// Reads lines without includes; throws `SettingException` that names file and line.
  public static Aliases parse(String file, List<String> lines) {
    return new Aliases(TextEntries.read(file, lines, new Form(Includes.NONE)));
  }

  /// Reads the keys of a table, without their values.
  public static void forEachKey(FileReading reading, TableKeys.Visitor visitor) throws IOException {
    TableKeys.forEach(reading, new Form(Includes.NONE), visitor);
  }

  /// Returns the result for an address.
  ///
  /// @param local whether its domain is ours
  public RouterResult route(ForwardPath address, boolean local) {
    return LookupOrder.find(entries, address, scope(local))
        .map(match -> match.value().result(address, address.domain(), _ -> ""))
        .orElse(RouterResult.NO_MATCH);
  }

  /// Where the entry of an address stands, for people.
  ///
  /// @param local whether its domain is ours
  public Optional<String> place(ForwardPath address, boolean local) {
    return LookupOrder.find(new Places(entries), address, scope(local)).map(Match::value);
  }

  private static Scope scope(boolean local) {
    return local ? Scope.ADDRESSES_AND_LOCAL_PARTS : Scope.ADDRESSES;
  }

  @Override
  public void close() throws IOException {
    entries.close();
  }

  private record Form(Includes includes) implements TableForm<Value> {

    @Override
    public List<Line> lines(String file, List<String> lines) {
      return TableText.named(file, lines, EXPECTED);
    }

    @Override
    public String key(String where, String text) {
      return KeyForm.address(where, text, Scope.ADDRESSES_AND_LOCAL_PARTS);
    }

    @Override
    public String storedKey(String where, String key) {
      return KeyForm.storedAddress(where, key, Scope.ADDRESSES_AND_LOCAL_PARTS);
    }

    @Override
    public Value value(String where, String key, String text) {
      if (text.startsWith(ErrorValue.PREFIX)) {
        return Value.parse(where, text, Parameters.NONE);
      }
      List<String> targets = new ArrayList<>();
      for (String target : TableText.list(text)) {
        if (target.startsWith(Includes.PREFIX)) {
          targets.addAll(includes.targets(where, target.substring(Includes.PREFIX.length())));
        } else {
          targets.add(target);
        }
      }
      return Value.addresses(where, targets, Parameters.NONE);
    }
  }
}
