package io.gatepost.routing.cdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.testkit.peer.TinyCdb;
import io.gatepost.testkit.peer.TinyCdb.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that Debian's tinycdb makes, whole and spoilt.
class CdbFileTest {

  /// No file is so small that it is held in memory.
  private static final int ON_DISK = -1;

  private static final long THREE_GIB = 3L << 30;

  @TempDir private Path directory;

  private Path file(List<Entry> entries) {
    return new TinyCdb().create(directory.resolve("table.cdb"), entries);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<String> find(CdbFile cdb, String key) throws IOException {
    return cdb.find(octets(key)).map(value -> new String(value, StandardCharsets.UTF_8));
  }

  /// Keys of any octets, most of them above 127, and values of none to more than are read at once.
  private static List<Entry> binary(Random random, int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] key = new byte[i == 0 ? 0 : 4 + random.nextInt(20)];
      random.nextBytes(key);
      for (int at = 0; at < key.length; at += 2) {
        key[at] |= (byte) 0x80;
      }
      byte[] value = new byte[i % 50 == 0 ? random.nextInt(100_000) : random.nextInt(300)];
      random.nextBytes(value);
      entries.add(new Entry(key, value));
    }
    return entries;
  }

  static List<Long> seeds() {
    return new Random(20_261_130).longs(4).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyKeyIsFoundWithItsValueWhateverItsOctets(long seed) throws IOException {
    List<Entry> entries = binary(new Random(seed), 500);

    try (CdbFile cdb = CdbFile.open(file(entries))) {
      for (Entry entry : entries) {
        assertThat(cdb.find(entry.key()))
            .hasValueSatisfying(value -> assertThat(value).isEqualTo(entry.value()));
      }
      for (Entry other : binary(new Random(~seed), 500).subList(1, 500)) {
        assertThat(cdb.find(other.key())).isEmpty();
      }
    }
  }

  @Test
  void allRecordsAreReadInTheirOrder() throws IOException {
    List<Entry> entries = binary(new Random(1), 300);
    List<Entry> read = new ArrayList<>();

    try (CdbFile cdb = CdbFile.open(file(entries))) {
      cdb.forEach((key, value) -> read.add(new Entry(key, value)));
    }

    assertThat(read)
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(entries);
  }

  @Test
  void theFirstOfRepeatedKeysCounts() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      entries.add(Entry.of("same", "value " + i));
    }
    entries.add(Entry.of("other", ""));

    try (CdbFile cdb = CdbFile.open(file(entries))) {
      assertThat(find(cdb, "same")).contains("value 0");
      assertThat(find(cdb, "other")).contains("");
      assertThat(find(cdb, "none")).isEmpty();
    }
  }

  @Test
  void anEmptyFileOfTinycdbHasNoKeys() throws IOException {
    try (CdbFile cdb = CdbFile.open(file(List.of()))) {
      assertThat(find(cdb, "any")).isEmpty();
      cdb.forEach((key, value) -> assertThat(key).isNull());
    }
  }

  @Test
  void offsetsBeyondTwoGibibytesAreUnsigned() throws IOException {
    byte[] key = octets("far");
    int hash = CdbFile.hash(key);
    ByteBuffer header = ByteBuffer.allocate(2048).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt((hash & 255) * 8, (int) (THREE_GIB + 100)).putInt((hash & 255) * 8 + 4, 1);
    ByteBuffer record = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt(3).putInt(5).put(key).put(octets("there")).rewind();
    ByteBuffer slot = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    slot.putInt(hash).putInt((int) THREE_GIB).flip();
    Path sparse = directory.resolve("sparse.cdb");
    try (FileChannel channel =
        FileChannel.open(sparse, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(header, 0);
      channel.write(record, THREE_GIB);
      channel.write(slot, THREE_GIB + 100);
    }

    try (CdbFile cdb = CdbFile.open(sparse)) {
      assertThat(find(cdb, "far")).contains("there");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2047, 2048, 3000, 20_000})
  void aFileThatIsCutShortIsNotOpened(int octets) throws IOException {
    Path file = file(binary(new Random(2), 300));
    cut(file, octets);

    assertThatThrownBy(() -> CdbFile.open(file))
        .isInstanceOf(CdbException.class)
        .hasMessageStartingWith(file.toString());
  }

  @Test
  void aFileThatIsCutShortWhileItIsReadIsAnErrorWithItsName() throws IOException {
    List<Entry> entries = binary(new Random(3), 300);
    Path file = file(entries);

    try (CdbFile cdb = CdbFile.open(file, ON_DISK)) {
      cut(file, 4096);

      assertThatThrownBy(() -> cdb.find(entries.getLast().key()))
          .isInstanceOf(CdbException.class)
          .hasMessageContaining(file + ": has been cut short");
      assertThatThrownBy(() -> cdb.forEach((key, value) -> {})).isInstanceOf(CdbException.class);
    }
  }

  @Test
  void anotherFileThatIsCopiedOverItIsAnErrorAndNeverAMissingKey() throws IOException {
    List<Entry> entries = binary(new Random(5), 300);
    Path file = file(entries);
    byte[] other =
        Files.readAllBytes(
            new TinyCdb().create(directory.resolve("other.cdb"), binary(new Random(6), 400)));

    try (CdbFile cdb = CdbFile.open(file, ON_DISK)) {
      Files.write(file, other);

      for (Entry entry : entries) {
        assertThatThrownBy(() -> cdb.find(entry.key()))
            .isInstanceOf(CdbException.class)
            .hasMessageStartingWith(file.toString());
      }
    }
  }

  @Test
  void aSmallFileIsWholeWhateverBecomesOfIt() throws IOException {
    List<Entry> entries = binary(new Random(7), 300);
    Path file = file(entries);

    try (CdbFile cdb = CdbFile.open(file)) {
      cut(file, 100);

      for (Entry entry : entries) {
        assertThat(cdb.find(entry.key())).contains(entry.value());
      }
    }
  }

  private static void cut(Path file, long octets) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(octets);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  @Timeout(60)
  void garbageIsAnErrorOrAnAnswerAndNeverWorse(long seed) throws IOException {
    Random random = new Random(seed);
    List<Entry> entries = binary(random, 100);
    Path file = file(entries);
    byte[] whole = Files.readAllBytes(file);
    for (int round = 0; round < 60; round++) {
      byte[] spoilt = whole.clone();
      for (int i = 0; i < 1 + round; i++) {
        int at = round % 2 == 0 ? random.nextInt(2048) : random.nextInt(spoilt.length);
        spoilt[at] = (byte) random.nextInt();
      }
      Files.write(file, spoilt);

      try (CdbFile cdb = CdbFile.open(file)) {
        for (Entry entry : entries) {
          cdb.find(entry.key());
        }
        cdb.forEach((key, value) -> {});
      } catch (CdbException e) {
        assertThat(e).hasMessageStartingWith(file.toString());
      }
    }
  }

  @Test
  void aFileThatIsReplacedByRenameStaysReadableUntilItIsClosed() throws IOException {
    CdbFile old = CdbFile.open(file(List.of(Entry.of("key", "old"))), ON_DISK);
    Path next =
        new TinyCdb().create(directory.resolve("next.cdb"), List.of(Entry.of("key", "new")));
    Files.move(next, directory.resolve("table.cdb"), StandardCopyOption.REPLACE_EXISTING);

    assertThat(find(old, "key")).contains("old");
    try (CdbFile cdb = CdbFile.open(directory.resolve("table.cdb"))) {
      assertThat(find(cdb, "key")).contains("new");
    }

    old.close();
    assertThatThrownBy(() -> find(old, "key")).isInstanceOf(CdbException.class);
  }

  @Test
  void anInterruptCostsNobodyTheFile() throws IOException, InterruptedException {
    try (CdbFile cdb = CdbFile.open(file(List.of(Entry.of("key", "value"))), ON_DISK)) {
      List<Thread> readers = new ArrayList<>();
      List<String> wrong = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 4; i++) {
        readers.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int round = 0; round < 2_000; round++) {
                    try {
                      if (!find(cdb, "key").equals(Optional.of("value"))) {
                        wrong.add("no value");
                      }
                    } catch (IOException | RuntimeException e) {
                      wrong.add(e.toString());
                    }
                  }
                  if (!Thread.currentThread().isInterrupted()) {
                    wrong.add("the interrupt is lost");
                  }
                }));
      }
      while (readers.stream().anyMatch(Thread::isAlive)) {
        readers.forEach(Thread::interrupt);
      }

      assertThat(wrong).isEmpty();
    }
  }
}
