package io.gatepost.queue.content;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/// One file for each large message, written where it stays: one create, no rename, no second copy
/// (requirements E6, G5). Blocking calls run on virtual threads.
public final class FileContentStore implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FileContentStore.class);
  private static final int CHUNK_OCTETS = 64 * 1024;

  /// Each of them takes some 120 octets of memory until the sweep has read the log.
  private static final int ENOUGH_LISTED = 100_000;

  private final Path root;

  private final int enoughListed;
  private final AtomicInteger nextListed = new AtomicInteger();
  private final Set<QueueId> receiving = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  public FileContentStore(Path root) {
    this(root, ENOUGH_LISTED);
  }

  /// @param enoughListed a listing that has so many ends with its directory
  FileContentStore(Path root, int enoughListed) {
    this.root = root.toAbsolutePath();
    this.enoughListed = enoughListed;
    try {
      createDirectories();
    } catch (IOException e) {
      throw new UncheckedIOException("content store " + root, e);
    }
  }

  /// Writes what comes, at the sender's speed; not synced. What fails or is cancelled is removed.
  public Mono<ContentRef.Stored> put(QueueId id, Flux<DataBuffer> content) {
    return Mono.defer(() -> {
      Path file = file(id);
      StoredContent.Checksum checksum = new StoredContent.Checksum();
      AsynchronousFileChannel channel = create(file);
      receiving.add(id);
      return DataBufferUtils.write(content.doOnNext(checksum::add), channel)
          // Made something else, as HTTP releases every buffer that `then` drops, once more.
          .map(DataBufferUtils::release)
          .then(
              Mono.fromSupplier(
                  () -> new ContentRef.Stored(id, checksum.octets(), checksum.sha256Text())))
          .doFinally(signal -> finish(id, channel, file, signal));
    });
  }

  /// Reads content; `NOT_FOUND` where there is none.
  public Flux<DataBuffer> get(QueueId id) {
    return DataBufferUtils.readAsynchronousFileChannel(
            () -> open(id), DefaultDataBufferFactory.sharedInstance, CHUNK_OCTETS)
        .onErrorMap(
            NoSuchFileException.class,
            e -> new RpcException(RpcStatus.NOT_FOUND, "no content for " + id, e));
  }

  /// Reads a part of content, less where it ends; `NOT_FOUND` where there is none.
  public CompletableFuture<byte[]> range(QueueId id, long from, int octets) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (FileChannel content = FileChannel.open(file(id), StandardOpenOption.READ)) {
            long left = Math.max(0, content.size() - from);
            ByteBuffer range = ByteBuffer.allocate((int) Math.min(octets, left));
            while (range.hasRemaining() && content.read(range, from + range.position()) >= 0) {
              // the next piece
            }
            return range.hasRemaining()
                ? Arrays.copyOf(range.array(), range.position())
                : range.array();
          } catch (NoSuchFileException e) {
            throw new RpcException(RpcStatus.NOT_FOUND, "no content for " + id, e);
          } catch (IOException e) {
            throw new UncheckedIOException("qid=" + id + " content cannot be read", e);
          }
        },
        threads);
  }

  /// Makes content durable: the file and its entry in the directory; `NOT_FOUND` where there is
  /// none.
  public CompletableFuture<Void> sync(QueueId id) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            force(file(id));
          } catch (UncheckedIOException e) {
            throw e.getCause() instanceof NoSuchFileException
                ? new RpcException(RpcStatus.NOT_FOUND, "no content for " + id, e)
                : e;
          }
        },
        threads);
  }

  /// Writes content that is in memory, and makes it durable before it returns. What is there
  /// already, an envelope may refer to and somebody be reading: it is the same, so it is written
  /// over in its place. It is written all the same, as a sync that has failed makes the kernel
  /// forget what was to be written, and as it is young again for the sweep.
  public ContentRef.Stored write(QueueId id, byte[] content) {
    Path file = file(id);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest, rest.position());
      }
      channel.truncate(content.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    force(file);
    StoredContent.Checksum checksum = new StoredContent.Checksum();
    checksum.add(DefaultDataBufferFactory.sharedInstance.wrap(content));
    return new ContentRef.Stored(id, content.length, checksum.sha256Text());
  }

  /// Gives content of another store a name in this one as well, and makes that durable before it
  /// returns; `NOT_FOUND` where there is none. Where both are on one file system no octet is
  /// copied. Either name may go without the other, and both are young for the sweep. May block.
  ///
  /// @param as its name here
  public void add(FileContentStore other, QueueId id, QueueId as) {
    Path source = other.file(id);
    Path target = file(as);
    try {
      Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
      if (!Files.exists(target) || !Files.isSameFile(source, target)) {
        Files.deleteIfExists(target); // a copy that was broken off
        linkOrCopy(source, target);
      }
    } catch (NoSuchFileException e) {
      throw new RpcException(RpcStatus.NOT_FOUND, "no content for " + id, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    force(target);
  }

  private static void linkOrCopy(Path source, Path target) throws IOException {
    try {
      Files.createLink(target, source);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      log.debug("{} is copied, as it cannot be linked: {}", source, e.toString());
      Files.copy(source, target);
    }
  }

  /// The content that was last written before a time and is not being received now. What is no
  /// content of ours is left alone. Where there is very much, it comes a few directories at a time:
  /// the next call goes on with the next ones.
  public Set<QueueId> olderThan(Instant time) {
    Set<QueueId> older = new HashSet<>();
    int directories = QueueId.DIGITS.length();
    // Not Files.walk: it fails where a file is deleted while it walks.
    try {
      for (int i = 0; i < directories && older.size() < enoughListed; i++) {
        int next = nextListed.getAndUpdate(last -> (last + 1) % directories);
        addOlder(root.resolve(String.valueOf(QueueId.DIGITS.charAt(next))), time, older);
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new UncheckedIOException(
          new IOException("content store " + root + " cannot be listed", e));
    }
    return older;
  }

  private void addOlder(Path directory, Instant time, Set<QueueId> older) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        id(file)
            .filter(id -> file(id).equals(file) && !receiving.contains(id) && isOlder(file, time))
            .ifPresent(older::add);
      }
    }
  }

  /// Deletes content that was last written before a time, which may have changed since it was
  /// listed; says whether it did. May block.
  public boolean deleteOlder(QueueId id, Instant time) {
    if (receiving.contains(id) || !isOlder(file(id), time)) {
      return false;
    }
    delete(id).join();
    return true;
  }

  /// Deletes content; none is no error.
  public CompletableFuture<Void> delete(QueueId id) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            Files.deleteIfExists(file(id));
          } catch (IOException e) {
            throw new UncheckedIOException("qid=" + id + " content cannot be deleted", e);
          }
        },
        threads);
  }

  @Override
  public void close() {
    threads.shutdown();
  }

  /// Makes every directory that content will ever need, and syncs the names of all of them, from
  /// the store's own upwards: a file that is synced is lost all the same where a name on the way to
  /// it is not. Whoever may not write a directory has made nothing in it.
  private void createDirectories() throws IOException {
    for (char digit : QueueId.DIGITS.toCharArray()) {
      Files.createDirectories(root.resolve(String.valueOf(digit)));
    }
    for (Path above = root; above != null && Files.isWritable(above); above = above.getParent()) {
      try (FileChannel directory = FileChannel.open(above, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  /// By the last character of the time, which changes each millisecond: 32 directories keep each of
  /// them short.
  private Path file(QueueId id) {
    int last = QueueId.TIME_CHARACTERS - 1;
    return root.resolve(id.text().substring(last, last + 1)).resolve(id.text());
  }

  private AsynchronousFileChannel open(QueueId id) throws IOException {
    return AsynchronousFileChannel.open(file(id), Set.of(StandardOpenOption.READ), threads);
  }

  private AsynchronousFileChannel create(Path file) {
    try {
      return AsynchronousFileChannel.open(
          file,
          Set.of(
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING),
          threads);
    } catch (IOException e) {
      throw new RpcException(RpcStatus.UNAVAILABLE, "content cannot be written: " + e, e);
    }
  }

  private void finish(QueueId id, AsynchronousFileChannel channel, Path file, SignalType signal) {
    receiving.remove(id);
    try {
      channel.close();
      if (signal != SignalType.ON_COMPLETE) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.warn("content file {} not cleaned up, left to the sweep: {}", file, e.toString());
    }
  }

  /// A file that cannot be looked at is left alone.
  private static boolean isOlder(Path file, Instant time) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.isRegularFile() && found.lastModifiedTime().toInstant().isBefore(time);
    } catch (NoSuchFileException e) {
      return false; // deleted since it was listed
    } catch (IOException e) {
      log.warn("content file {} cannot be looked at: {}", file, e.toString());
      return false;
    }
  }

  private static Optional<QueueId> id(Path file) {
    try {
      return Optional.of(QueueId.of(file.getFileName().toString()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static void force(Path file) {
    try (FileChannel content = FileChannel.open(file, StandardOpenOption.WRITE);
        FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      content.force(true);
      directory.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("content " + file + " cannot be synced", e);
    }
  }
}
