package io.gatepost.testkit.peer;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Debian's `tinycdb`, which makes constant databases.
public final class TinyCdb {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Peer program = Peer.find("cdb", "tinycdb");

  /// One record.
  public record Entry(byte[] key, byte[] value) {

    /// A record of text in UTF-8.
    public static Entry of(String key, String value) {
      return new Entry(
          key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }
  }

  /// Makes a file, or puts a new one in its place by a rename.
  public Path create(Path file, List<Entry> entries) {
    return create(file, entries.stream());
  }

  /// Makes a file likewise, without all records in memory.
  public Path create(Path file, Stream<Entry> entries) {
    try {
      Path input = Files.createTempFile("cdb", ".in");
      try (OutputStream records = new BufferedOutputStream(Files.newOutputStream(input))) {
        for (Entry entry : (Iterable<Entry>) entries::iterator) {
          String sizes = "+" + entry.key().length + "," + entry.value().length + ":";
          records.write(sizes.getBytes(StandardCharsets.US_ASCII));
          records.write(entry.key());
          records.write("->".getBytes(StandardCharsets.US_ASCII));
          records.write(entry.value());
          records.write('\n');
        }
        records.write('\n');
      }
      Peer.Ended ended = program.run(LIMIT, input, Map.of(), List.of("-c", file.toString()));
      Files.delete(input);
      if (ended.status() != 0) {
        throw new IllegalStateException("cdb -c ended with " + ended);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
