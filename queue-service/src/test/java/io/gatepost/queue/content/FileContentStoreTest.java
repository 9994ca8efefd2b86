package io.gatepost.queue.content;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.Messages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class FileContentStoreTest {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Instant YESTERDAY = Instant.now().minus(Duration.ofDays(1));

  @TempDir Path root;
  private FileContentStore store;
  private final QueueId id = Messages.id();

  @BeforeEach
  void open() {
    store = new FileContentStore(root);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void whatIsPutIsReadOctetForOctetAndDescribed() throws Exception {
    byte[] content = new byte[300_000]; // several chunks, and not a whole number of them
    new Random(7).nextBytes(content);

    ContentRef.Stored stored = store.put(id, inPieces(content, 1_237)).block(SOON);

    assertThat(stored)
        .isEqualTo(
            new ContentRef.Stored(
                id,
                content.length,
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content))));
    assertThat(read(id)).isEqualTo(content);
  }

  @Test
  void aRangeIsReadUpToTheEndOfTheContent() {
    byte[] content = new byte[200_000];
    new Random(7).nextBytes(content);
    store.put(id, inPieces(content, 1_237)).block(SOON);

    assertThat(store.range(id, 0, 100_000).join()).isEqualTo(Arrays.copyOf(content, 100_000));
    assertThat(store.range(id, 150_000, 100_000).join())
        .isEqualTo(Arrays.copyOfRange(content, 150_000, 200_000));
    assertThat(store.range(id, 200_000, 1).join()).isEmpty();
    assertThat(store.range(id, 1L << 40, 1).join()).isEmpty();
  }

  @Test
  void aRangeOfContentThatIsNotThereIsNotFound() {
    assertThatThrownBy(() -> store.range(id, 0, 1).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            RpcException.class, error -> assertThat(error.status()).isEqualTo(RpcStatus.NOT_FOUND));
  }

  @Test
  void oneMessageIsOneFileFromItsFirstOctetOn() throws Exception {
    store.put(id, text("once, to learn where it stands")).block(SOON);
    Path directory = files().getFirst().getParent();
    store.delete(id).join();
    try (WatchService watch = directory.getFileSystem().newWatchService()) {
      directory.register(
          watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);

      store.put(id, text("some octets\r\n")).block(SOON);
      store.sync(id).join();

      Files.createFile(directory.resolve("last"));
      assertThat(namesUpTo("last", watch)).containsExactly(id.text(), "last");
    }
  }

  /// Every name that comes or goes until one has come; a rename is both.
  private static List<String> namesUpTo(String last, WatchService watch) throws Exception {
    List<String> names = new ArrayList<>();
    while (!names.contains(last)) {
      WatchKey key = watch.poll(SOON.toSeconds(), TimeUnit.SECONDS);
      assertThat(key).as("a sign of " + last + " after " + names).isNotNull();
      key.pollEvents().forEach(event -> names.add(String.valueOf(event.context())));
      key.reset();
    }
    return names;
  }

  @Test
  void aFileThatCannotBeLookedAtIsNamedAndLeftAlone() throws IOException {
    store.write(id, new byte[1]); // complete when it returns, which `put` need not be
    Path file = files().getFirst();
    Files.delete(file);
    Files.createSymbolicLink(file, file); // a loop
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    Logger log = (Logger) LoggerFactory.getLogger(FileContentStore.class);
    log.addAppender(said);
    try {
      assertThat(store.olderThan(Instant.now().plusSeconds(60))).isEmpty();
    } finally {
      log.detachAppender(said);
    }

    assertThat(said.list)
        .singleElement()
        .satisfies(line -> assertThat(line.getFormattedMessage()).contains(file.toString()));
  }

  @Test
  void emptyContentIsContent() {
    ContentRef.Stored stored = store.put(id, Flux.empty()).block(SOON);

    assertThat(stored.octets()).isZero();
    assertThat(read(id)).isEmpty();
  }

  @Test
  void contentThatIsPutAgainIsReplaced() {
    store.put(id, text("a first version that is longer")).block(SOON);
    store.put(id, text("second")).block(SOON);

    assertThat(read(id)).asString(US_ASCII).isEqualTo("second");
  }

  @Test
  void aStreamThatFailsLeavesNothing() {
    Flux<DataBuffer> broken =
        text("half of it").concatWith(Mono.error(new IOException("the client has gone")));

    assertThatThrownBy(() -> store.put(id, broken).block(SOON))
        .hasRootCauseMessage("the client has gone");
    await().untilAsserted(() -> assertThat(files()).isEmpty());
  }

  @Test
  void aStreamThatIsCancelledLeavesNothing() {
    Sinks.Many<DataBuffer> client = Sinks.many().unicast().onBackpressureBuffer();
    Disposable put = store.put(id, client.asFlux()).subscribe();
    client.tryEmitNext(buffer("half of it")).orThrow();
    await().untilAsserted(() -> assertThat(files()).hasSize(1));

    put.dispose();

    await().untilAsserted(() -> assertThat(files()).isEmpty());
  }

  @Test
  void contentThatIsNotThereIsNotFound() {
    assertThatThrownBy(() -> read(id))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.NOT_FOUND));
  }

  @Test
  void contentThatIsNotThereCannotBeSynced() {
    assertThatThrownBy(() -> store.sync(id).join()).isInstanceOf(CompletionException.class);
  }

  @Test
  void contentThatCannotBeCreatedIsUnavailableAndNotReceivedForEver() throws IOException {
    Path inTheWay = root.resolve(id.text().substring(9, 10)).resolve(id.text());
    Files.createDirectory(inTheWay);

    assertThatThrownBy(() -> store.put(id, text("x")).block(SOON))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.UNAVAILABLE));

    Files.delete(inTheWay);
    store.write(id, "y".getBytes(US_ASCII));
    setAge(Duration.ofDays(2));
    assertThat(store.olderThan(YESTERDAY)).containsExactly(id);
  }

  @Test
  void whatIsWrittenIsReadAndDescribedAsIfPut() {
    byte[] content = "in memory".getBytes(US_ASCII);
    ContentRef.Stored written = store.write(id, content);

    assertThat(read(id)).isEqualTo(content);
    assertThat(written)
        .isEqualTo(
            store
                .put(Messages.id(), text("in memory"))
                .map(put -> new ContentRef.Stored(id, put.octets(), put.sha256()))
                .block(SOON));
  }

  @Test
  void contentThatIsWrittenAgainIsTheSameAndYoung() throws IOException {
    byte[] content = "in memory".getBytes(US_ASCII);
    ContentRef.Stored first = store.write(id, content);
    setAge(Duration.ofDays(2));
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    assertThat(store.olderThan(yesterday)).containsExactly(id);

    ContentRef.Stored second = store.write(id, content);

    assertThat(second).isEqualTo(first);
    assertThat(read(id)).isEqualTo(content);
    assertThat(store.olderThan(yesterday)).isEmpty();
    assertThat(store.deleteOlder(id, yesterday)).isFalse();
  }

  @Test
  void whatAKilledProcessHasHalfWrittenIsWrittenAnew() throws IOException {
    byte[] content = "in memory".getBytes(US_ASCII);
    store.write(id, content);
    Files.write(files().getFirst(), Arrays.copyOf(content, 3));

    store.write(id, content);

    assertThat(read(id)).isEqualTo(content);
  }

  @Test
  void aFlippedBitIsFound() throws IOException {
    ContentRef.Stored stored = store.put(id, text("precious")).block(SOON);
    Path file = files().getFirst();
    byte[] octets = Files.readAllBytes(file);
    octets[3] ^= 1;
    Files.write(file, octets);
    StoredContent.Checksum found = new StoredContent.Checksum();

    store.get(id).doOnNext(found::add).doOnNext(DataBufferUtils::release).blockLast(SOON);

    assertThat(found.sha256Text()).isNotEqualTo(stored.sha256());
    assertThat(found.octets()).isEqualTo(stored.octets());
  }

  @Test
  void contentHasANameInAnotherStoreWithoutACopyAndEitherMayGo() throws IOException {
    FileContentStore other = new FileContentStore(root.resolve("other"));
    store.write(id, "abc".getBytes(US_ASCII));
    setAge(Duration.ofDays(1));

    other.add(store, id, id.released());
    other.add(store, id, id.released());

    assertThat(Files.getAttribute(files().getFirst(), "unix:nlink")).isEqualTo(2);
    assertThat(other.olderThan(Instant.now().minusSeconds(3600))).isEmpty();
    assertThat(store.olderThan(Instant.now().minusSeconds(3600))).isEmpty();
    store.delete(id).join();
    assertThat(new String(read(other, id.released()), US_ASCII)).isEqualTo("abc");
    store.add(other, id.released(), id);
    other.delete(id.released()).join();
    assertThat(new String(read(store, id), US_ASCII)).isEqualTo("abc");
    other.close();
  }

  @Test
  void aCopyThatWasBrokenOffIsReplaced() {
    FileContentStore other = new FileContentStore(root.resolve("other"));
    store.write(id, "abc".getBytes(US_ASCII));
    other.write(id, "ab".getBytes(US_ASCII));

    other.add(store, id, id);

    assertThat(new String(read(other, id), US_ASCII)).isEqualTo("abc");
    other.close();
  }

  @Test
  void contentThatIsNotThereGetsNoOtherName() {
    FileContentStore other = new FileContentStore(root.resolve("other"));

    assertThatThrownBy(() -> other.add(store, id, id))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.NOT_FOUND));
    other.close();
  }

  @Test
  void deletingIsDoneOnceAndNoErrorTwice() {
    store.put(id, text("x")).block(SOON);

    store.delete(id).join();
    store.delete(id).join();

    assertThat(files()).isEmpty();
  }

  @Test
  void onlyOldContentThatIsNotBeingReceivedIsOlder() throws IOException {
    QueueId old = Messages.id();
    QueueId received = Messages.id();
    Sinks.Many<DataBuffer> client = Sinks.many().unicast().onBackpressureBuffer();
    store.put(old, text("old")).block(SOON);
    Disposable put = store.put(received, client.asFlux()).subscribe();
    await().untilAsserted(() -> assertThat(files()).hasSize(2));
    setAge(Duration.ofDays(2));
    store.put(id, text("young")).block(SOON);

    assertThat(store.olderThan(YESTERDAY)).containsExactly(old);
    put.dispose();
  }

  @Test
  void whereThereIsVeryMuchItIsListedInParts() throws IOException {
    Set<QueueId> all = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      QueueId old = Messages.id();
      store.put(old, text("old")).block(SOON);
      all.add(old);
    }
    setAge(Duration.ofDays(2));
    try (FileContentStore small = new FileContentStore(root, 5)) {
      Set<QueueId> listed = new HashSet<>();
      int parts = 0;
      for (; parts < 32 && listed.size() < all.size(); parts++) {
        listed.addAll(small.olderThan(YESTERDAY));
      }

      assertThat(listed).isEqualTo(all);
      assertThat(parts).isGreaterThan(1);
    }
  }

  @Test
  void aNoticesContentIsContentToo() throws IOException {
    QueueId notice = id.notice(3);
    store.write(notice, "a notice".getBytes(US_ASCII));
    setAge(Duration.ofDays(2));

    assertThat(store.olderThan(YESTERDAY)).containsExactly(notice);
  }

  @Test
  void whatIsNoContentOfOursIsLeftAlone() throws IOException {
    Path stranger = Files.createDirectories(root.resolve("x")).resolve("README");
    Files.writeString(stranger, "not ours");
    Files.writeString(root.resolve("lost+found"), "not ours");
    setAge(Duration.ofDays(2));

    assertThat(store.olderThan(YESTERDAY)).isEmpty();
  }

  private byte[] read(QueueId content) {
    return read(store, content);
  }

  private static byte[] read(FileContentStore store, QueueId content) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    DataBufferUtils.write(store.get(content), octets)
        .doOnNext(DataBufferUtils::release)
        .blockLast(SOON);
    return octets.toByteArray();
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void setAge(Duration age) throws IOException {
    for (Path file : files()) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }
  }

  private static Flux<DataBuffer> inPieces(byte[] content, int size) {
    return Flux.range(0, (content.length + size - 1) / size)
        .map(piece ->
            DefaultDataBufferFactory.sharedInstance.wrap(
                Arrays.copyOfRange(
                    content, piece * size, Math.min(content.length, (piece + 1) * size))));
  }

  private static Flux<DataBuffer> text(String content) {
    return Flux.just(buffer(content));
  }

  private static DataBuffer buffer(String content) {
    return DefaultDataBufferFactory.sharedInstance.wrap(content.getBytes(US_ASCII));
  }
}
