package io.gatepost.routing.cdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// A constant database in D. J. Bernstein's format (https://cr.yp.to/cdb/cdb.txt): 256 pointers to
/// hash tables, records, hash tables. All numbers are little-endian and unsigned, so a file has up
/// to 4 GiB. A look-up reads twice. Any number of threads may look up at a time.
///
/// The file may be replaced by rename at any time: this is the old one until it is closed. One of
/// up to [#MAX_IN_MEMORY] is in memory, and may be cut short or written into. A larger one is a
/// [CdbException] then, where that matters to a look-up; no number that it holds is trusted.
public final class CdbFile implements AutoCloseable {

  /// A longer key or value is refused, in octets.
  static final int MAX_FIELD = 1 << 20;

  /// A file of at most so many octets, some 60,000 keys, is held in memory.
  static final int MAX_IN_MEMORY = 4 << 20;

  private static final int TABLES = 256;
  private static final int POINTER = 8;
  private static final int HEADER = TABLES * POINTER;
  private static final int RECORD_HEADER = 8;

  /// Slots that are read at once: most chains end in them.
  private static final int SLOTS_AT_ONCE = 8;

  /// Octets of a value that are read together with its key.
  private static final int LIKELY_VALUE = 248;

  private static final int HASH_START = 5381;
  private static final long UNSIGNED = 0xffff_ffffL;

  private final SharedFile file;
  private final long[] positions = new long[TABLES];
  private final long[] slots = new long[TABLES];
  private final long endOfRecords;

  /// Told of each record of a file.
  public interface Visitor {
    void record(byte[] key, byte[] value) throws IOException;
  }

  private CdbFile(SharedFile file) throws IOException {
    this.file = file;
    if (file.octets() < HEADER) {
      throw new CdbException(file.path(), "is no cdb: it has fewer than " + HEADER + " octets");
    }
    ByteBuffer header = numbers(file.read(0, HEADER));
    long end = file.octets();
    boolean empty = true;
    for (int i = 0; i < TABLES; i++) {
      positions[i] = header.getInt() & UNSIGNED;
      slots[i] = header.getInt() & UNSIGNED;
      if (slots[i] == 0) {
        continue; // not all writers give an empty table a place
      }
      empty = false;
      if (positions[i] < HEADER || positions[i] + slots[i] * POINTER > file.octets()) {
        throw new CdbException(
            file.path(), "is no whole cdb: table " + i + " is not within " + file.octets());
      }
      end = Math.min(end, positions[i]);
    }
    this.endOfRecords = empty ? HEADER : end;
  }

  /// Opens a file and looks at its pointers; throws [CdbException] where they lead nowhere.
  public static CdbFile open(Path path) throws IOException {
    return open(path, MAX_IN_MEMORY);
  }

  /// @param inMemory how large a file is, in octets, that is held in memory
  static CdbFile open(Path path, int inMemory) throws IOException {
    SharedFile file = new SharedFile(path, inMemory);
    try {
      return new CdbFile(file);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  public Path path() {
    return file.path();
  }

  /// The value of the first record with a key.
  public Optional<byte[]> find(byte[] key) throws IOException {
    int hash = hash(key);
    int table = hash & (TABLES - 1);
    long count = slots[table];
    if (count == 0) {
      return missing(table);
    }
    long slot = ((hash & UNSIGNED) >>> 8) % count;
    for (long tried = 0; tried < count; ) {
      int batch = (int) Math.min(SLOTS_AT_ONCE, Math.min(count - slot, count - tried));
      ByteBuffer read = numbers(file.read(positions[table] + slot * POINTER, batch * POINTER));
      for (int i = 0; i < batch; i++) {
        int recordHash = read.getInt();
        long position = read.getInt() & UNSIGNED;
        if (position == 0) {
          return missing(table);
        }
        if (recordHash == hash) {
          Optional<byte[]> value = value(position, key);
          if (value.isPresent()) {
            return value;
          }
        }
      }
      tried += batch;
      slot = (slot + batch) % count;
    }
    return missing(table);
  }

  /// Nothing, as far as the file is the one that was opened: another that is copied over it has
  /// other pointers, and its octets would have been taken for slots.
  private Optional<byte[]> missing(int table) throws IOException {
    if (file.isInMemory()) {
      return Optional.empty();
    }
    ByteBuffer pointer = numbers(file.read((long) table * POINTER, POINTER));
    if ((pointer.getInt() & UNSIGNED) != positions[table]
        || (pointer.getInt() & UNSIGNED) != slots[table]) {
      throw new CdbException(file.path(), "has been written into since it was opened");
    }
    return Optional.empty();
  }

  /// Reads the whole file in its own order; throws [CdbException] where its records do not end
  /// where its tables begin.
  public void forEach(Visitor visitor) throws IOException {
    CdbScan scan = new CdbScan(file, HEADER, endOfRecords);
    while (scan.hasMore()) {
      ByteBuffer header = numbers(scan.next(RECORD_HEADER));
      int keyLength = field(header.getInt() & UNSIGNED);
      int valueLength = field(header.getInt() & UNSIGNED);
      byte[] key = scan.next(keyLength);
      visitor.record(key, scan.next(valueLength));
    }
  }

  private Optional<byte[]> value(long position, byte[] key) throws IOException {
    int likely = RECORD_HEADER + key.length + LIKELY_VALUE;
    long left = endOfRecords - position;
    if (position < HEADER || left < RECORD_HEADER) {
      throw new CdbException(file.path(), "has a record that is not among the records");
    }
    byte[] record = file.read(position, (int) Math.min(left, likely));
    ByteBuffer header = numbers(record);
    long keyLength = header.getInt() & UNSIGNED;
    if (keyLength != key.length || !starts(record, key)) {
      return Optional.empty();
    }
    int valueLength = field(header.getInt() & UNSIGNED);
    int at = RECORD_HEADER + key.length;
    if (at + valueLength <= record.length) {
      return Optional.of(Arrays.copyOfRange(record, at, at + valueLength));
    }
    if (at + valueLength > left) {
      throw new CdbException(file.path(), "has a record that is longer than the file");
    }
    return Optional.of(file.read(position + at, valueLength));
  }

  private static boolean starts(byte[] record, byte[] key) {
    int end = RECORD_HEADER + key.length;
    return end <= record.length && Arrays.equals(record, RECORD_HEADER, end, key, 0, key.length);
  }

  private int field(long length) throws CdbException {
    if (length > MAX_FIELD) {
      throw new CdbException(
          file.path(), "has a field of " + length + " octets, and " + MAX_FIELD + " at most count");
    }
    return (int) length;
  }

  private static ByteBuffer numbers(byte[] octets) {
    return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int hash(byte[] key) {
    int hash = HASH_START;
    for (byte octet : key) {
      hash = ((hash << 5) + hash) ^ (octet & 0xff);
    }
    return hash;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
