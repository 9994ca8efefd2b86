package io.gatepost.scanner.body;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Octets that come in pieces and are read once: up to [#IN_MEMORY] in memory, all of them in a
/// file where there are more. The file has no name once it is open, so nothing is left of it
/// however the process ends. Nothing is synced. Safe for all threads.
public final class BodySpool {

  /// Octets of one body that are kept in memory.
  public static final int IN_MEMORY = 64 * 1024;

  /// More pieces than this are no body: a filter may give empty ones without an end.
  static final int MOST_PIECES = 1_000_000;

  private static final Logger log = LoggerFactory.getLogger(BodySpool.class);

  private static final FileAttribute<Set<PosixFilePermission>> OURS_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final Scheduler THREADS =
      Schedulers.fromExecutorService(
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("body-", 0).factory()));

  private final Path directory;
  private final long most;
  private final Runnable onEnd;
  private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private @Nullable FileChannel file;
  private long octets;
  private int pieces;
  private boolean isOver;
  private volatile boolean hasFile;

  /// @param most octets; beyond them [#add] fails
  /// @param onEnd runs once, when nothing is kept any more
  BodySpool(Path directory, long most, Runnable onEnd) {
    this.directory = directory;
    this.most = most;
    this.onEnd = onEnd;
  }

  /// Adds a piece. Fails with [IOException] where there are too many octets, and where they cannot
  /// be written. One at a time.
  public Mono<Void> add(byte[] piece) {
    Mono<Void> write = Mono.fromCallable(() -> write(piece)).then();
    return Mono.defer(() -> fitsMemory(piece.length) ? write : write.subscribeOn(THREADS));
  }

  /// How many octets there are.
  public synchronized long octets() {
    return octets;
  }

  /// All octets, for one reader; nothing is kept from its end on.
  Flux<DataBuffer> read() {
    long all = octets();
    return Flux.<Long, Long>generate(
            () -> 0L,
            (at, sink) -> {
              if (at < all) {
                sink.next(at);
              } else {
                sink.complete();
              }
              return at + IN_MEMORY;
            })
        .concatMap(at -> Mono.fromCallable(() -> piece(at, all)).subscribeOn(THREADS), 0)
        .doFinally(_ -> discard());
  }

  /// The octets are not wanted any more. A file is closed on a thread of its own: that takes a
  /// while for a large one.
  public void discard() {
    if (hasFile) {
      THREADS.schedule(this::end);
    } else {
      end();
    }
  }

  private void end() {
    FileChannel open;
    synchronized (this) {
      if (isOver) {
        return;
      }
      isOver = true;
      open = file;
      file = null;
      memory = null;
    }
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      log.warn("file of a body that is not needed any more: {}", e.toString());
    } finally {
      onEnd.run();
    }
  }

  private synchronized boolean fitsMemory(int more) {
    return file == null && octets + more <= IN_MEMORY;
  }

  /// Returns how many octets there are then.
  private synchronized long write(byte[] piece) throws IOException {
    if (isOver) {
      throw new IOException("given up");
    }
    if (octets + piece.length > most) {
      throw new IOException("more than " + most + " octets");
    }
    if (++pieces > MOST_PIECES) {
      throw new IOException("more than " + MOST_PIECES + " pieces");
    }
    ByteArrayOutputStream kept = memory;
    if (kept != null && octets + piece.length <= IN_MEMORY) {
      kept.writeBytes(piece);
    } else {
      FileChannel open = opened();
      if (kept != null) {
        writeTo(open, kept.toByteArray());
        memory = null;
      }
      writeTo(open, piece);
    }
    octets += piece.length;
    return octets;
  }

  private FileChannel opened() throws IOException {
    FileChannel open = file;
    if (open == null) {
      open =
          FileChannel.open(
              directory.resolve("gatepost-body-" + UUID.randomUUID()),
              Set.of(
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.DELETE_ON_CLOSE),
              OURS_ALONE);
      file = open;
      hasFile = true;
    }
    return open;
  }

  private static void writeTo(FileChannel file, byte[] octets) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(octets);
    while (left.hasRemaining()) {
      file.write(left);
    }
  }

  private synchronized DataBuffer piece(long at, long all) throws IOException {
    if (isOver) {
      throw new IOException("given up");
    }
    int length = (int) Math.min(IN_MEMORY, all - at);
    ByteBuffer piece = ByteBuffer.allocate(length);
    FileChannel open = file;
    ByteArrayOutputStream kept = memory;
    if (kept != null) {
      piece.put(kept.toByteArray(), (int) at, length);
    } else if (open != null) {
      while (piece.hasRemaining()) {
        if (open.read(piece, at + piece.position()) < 0) {
          throw new IOException("ends before its end");
        }
      }
    }
    return DefaultDataBufferFactory.sharedInstance.wrap(piece.flip());
  }

  /// Whether bodies can be kept in a directory.
  static boolean isUsable(Path directory) {
    return Files.isDirectory(directory) && Files.isWritable(directory);
  }
}
