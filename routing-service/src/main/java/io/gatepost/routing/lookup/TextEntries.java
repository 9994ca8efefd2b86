package io.gatepost.routing.lookup;

import io.gatepost.contract.setting.SettingException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A text table, in memory.
public final class TextEntries<V> implements Entries<V> {

  private final String file;
  private final Map<String, Entry<V>> entries;
  private final KeyIndex index;
  private final Optional<String> firstKey;

  /// @param line of the file; 0 where there is none
  private record Entry<V>(V value, int line) {}

  private TextEntries(String file, Map<String, Entry<V>> entries, boolean bareDomains) {
    this.file = file;
    this.entries = new HashMap<>(entries);
    this.index = KeyIndex.of(entries.keySet(), bareDomains);
    this.firstKey = entries.keySet().stream().findFirst();
  }

  /// Entries that are known.
  ///
  /// @param values by keys in the form of look-ups
  public static <V> TextEntries<V> of(Map<String, V> values) {
    Map<String, Entry<V>> entries = new LinkedHashMap<>();
    values.forEach((key, value) -> entries.put(key, new Entry<>(value, 0)));
    return new TextEntries<>("", entries, false);
  }

  /// Reads lines; throws [SettingException] that names file and line.
  public static <V> TextEntries<V> read(String file, List<String> lines, TableForm<V> form) {
    Map<String, Entry<V>> entries = new LinkedHashMap<>();
    for (TableForm.Line line : form.lines(file, lines)) {
      String key = form.key(line.where(), line.key());
      V value = form.value(line.where(), key, line.value());
      if (entries.putIfAbsent(key, new Entry<>(value, line.number())) != null
          && !form.mayRepeat()) {
        throw new SettingException(line.where(), line.key(), "each key once");
      }
    }
    return new TextEntries<>(file, entries, form.hasBareDomains());
  }

  @Override
  public Optional<V> find(String key) {
    Entry<V> entry = entries.get(key);
    return entry == null ? Optional.empty() : Optional.of(entry.value());
  }

  @Override
  public String place(String key) {
    Entry<V> entry = entries.get(key);
    return entry == null || entry.line() == 0 ? key : file + ":" + entry.line() + " " + key;
  }

  @Override
  public Optional<String> firstKey() {
    return firstKey;
  }

  @Override
  public KeyIndex index() {
    return index;
  }

  @Override
  public void close() {
    // memory only
  }
}
