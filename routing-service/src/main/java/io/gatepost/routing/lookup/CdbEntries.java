package io.gatepost.routing.lookup;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.cdb.CdbFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// A table in a constant database. Its keys are in the form in which they are looked up: lower
/// case, A-labels, no quotes.
public final class CdbEntries<V> implements Entries<V> {

  private final CdbFile file;
  private final TableForm<V> form;
  private final KeyIndex index;
  private final Optional<String> firstKey;

  private CdbEntries(CdbFile file, TableForm<V> form) throws IOException {
    this.file = file;
    this.form = form;
    KeyIndex.Builder keys = new KeyIndex.Builder(form.hasBareDomains());
    String[] first = new String[1];
    file.forEach((octets, value) -> {
      String key = checked(octets);
      form.value(where(key), key, text(key, value));
      keys.add(key);
      first[0] = first[0] == null ? key : first[0];
    });
    this.index = keys.build();
    this.firstKey = Optional.ofNullable(first[0]);
  }

  /// Opens a file and looks at all of it; throws [SettingException] that names file and key, or
  /// [IOException] where it is no whole cdb.
  static <V> CdbEntries<V> read(Path path, TableForm<V> form) throws IOException {
    CdbFile file = CdbFile.open(path);
    try {
      return new CdbEntries<>(file, form);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public Optional<String> firstKey() {
    return firstKey;
  }

  @Override
  public Optional<V> find(String key) {
    try {
      Optional<byte[]> found = file.find(key.getBytes(StandardCharsets.UTF_8));
      return found.isEmpty()
          ? Optional.empty()
          : Optional.of(form.value(where(key), key, text(key, found.get())));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private String checked(byte[] octets) {
    String key;
    try {
      key = utf8(octets);
    } catch (CharacterCodingException e) {
      throw new SettingException(
          file.path().toString(), new String(octets, StandardCharsets.ISO_8859_1), "keys in UTF-8");
    }
    String lookedUp = form.storedKey(where(key), key);
    if (!lookedUp.equals(key)) {
      throw new SettingException(where(key), key, lookedUp + ", as a cdb is looked up");
    }
    return key;
  }

  private String text(String key, byte[] value) {
    try {
      return utf8(value).strip();
    } catch (CharacterCodingException e) {
      throw new SettingException(
          where(key), new String(value, StandardCharsets.ISO_8859_1), "a value in UTF-8");
    }
  }

  private static String utf8(byte[] octets) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
  }

  @Override
  public String place(String key) {
    return where(key);
  }

  private String where(String key) {
    return file.path() + ":" + key;
  }

  @Override
  public KeyIndex index() {
    return index;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
