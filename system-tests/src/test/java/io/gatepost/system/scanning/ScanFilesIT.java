package io.gatepost.system.scanning;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.file.LiveFiles;
import io.gatepost.testkit.peer.Clamd;
import io.gatepost.testkit.peer.FileTrace;
import io.gatepost.testkit.peer.FileTrace.Call;
import io.gatepost.testkit.peer.SyncTrace;
import io.gatepost.testkit.scanner.SampleMail;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which files and how much memory a scan costs, seen from outside: a suite whose heap is smaller
/// than a message that passes through it. With `-Dgatepost.scan.gigabyte=true` that is a gigabyte,
/// in a heap of 256 MiB.
class ScanFilesIT {

  private static final boolean GIGABYTE = Boolean.getBoolean("gatepost.scan.gigabyte");
  private static final String HEAP = GIGABYTE ? "256m" : "192m";
  private static final int MEBIBYTES = GIGABYTE ? 1023 : 200;
  private static final Duration PATIENCE = Duration.ofSeconds(GIGABYTE ? 600 : 120);

  private static final String OWN = "127.0.0.1";
  private static final String STRANGER = "127.0.0.2";
  private static final String ALICE = "alice@example.test";
  private static final String FILLER =
      "Just a line of text to fill the message.\r\n".repeat(10_000);

  @TempDir Path directory;

  private static Clamd clamd;
  private static PlayedScanner played;
  private static Estate estate;

  /// Both look at strangers' mail, the played one at all.
  @BeforeAll
  static void start() {
    clamd = Clamd.start();
    played = new PlayedScanner("played");
    estate =
        Estate.startWithHeap(
            "scan-files",
            HEAP,
            Estate.queueing(
                new ScannerSettings()
                    .with("virus", "clamd", clamd.address(), "for", "external")
                    .with("played", "http", played.url())
                    .set("gatepost.scanner.timeout", "5m")
                    .set("gatepost.edge.scan-timeout", "5m")
                    .set("gatepost.edge.max-message-size", "1GB")
                    .map()));
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable each : new AutoCloseable[] {estate, played, clamd}) {
      try {
        if (each != null) {
          each.close();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// Requirements E6, E9 and G5: one file, made once, never renamed, and opened again by each
  /// scanner, the sync and the delivery only.
  @Test
  void aLargeMessageThatNoScannerChangesIsOneFileThatKeepsItsName() {
    try (FileTrace trace = FileTrace.of(estate.gatepost().pid(), directory)) {
      String id = queueId(send(message(FILLER)));
      await()
          .atMost(PATIENCE)
          .until(() -> estate.gatepost().logs("qid=" + id + " generation=0 delivered"));

      List<Call> calls = trace.calls(id);
      assertThat(calls)
          .filteredOn(call -> isOf(call, "content"))
          .filteredOn(Call::creates)
          .hasSize(1);
      assertThat(calls)
          .filteredOn(call -> isOf(call, "content"))
          .filteredOn(Call::renames)
          .isEmpty();
      assertThat(calls)
          .filteredOn(call -> isOf(call, "content") && !call.creates())
          .hasSizeBetween(1, 5);
      assertThat(trace.calls("/"))
          .as("files that are neither the message nor the queue's own")
          .filteredOn(Call::creates)
          .noneMatch(call ->
              Stream.of("content", "maildir", "kafka", "postgres", "run")
                      .noneMatch(own -> isOf(call, own))
                  && !call.arguments().contains("/dev/"));
    }
  }

  @Test
  void whatAScannerRefusesIsNotSyncedAndLeavesNothing() throws IOException {
    Path content = estate.gatepost().data().resolve("content");
    // What another test has sent goes a moment after its delivery.
    await().atMost(PATIENCE).until(() -> LiveFiles.below(content).isEmpty());
    try (SyncTrace trace = SyncTrace.of(estate.gatepost().pid(), directory)) {
      for (String found : List.of(SampleMail.eicar(), played.bad())) {
        assertThat(send(message(found))).startsWith("550 5.7.1 ");
        assertThat(send(message(FILLER + found))).startsWith("550 5.7.1 ");
      }
      assertThat(LiveFiles.below(content)).isEmpty();
      assertThat(trace.synced()).noneMatch(ScanFilesIT::holdsMail);

      // The proof that a sync would have been seen.
      assertThat(send(message(FILLER))).startsWith("250 ");
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(trace.synced()).anyMatch(ScanFilesIT::holdsMail));
    }
    await().atMost(PATIENCE).until(() -> LiveFiles.below(content).isEmpty());
  }

  /// Requirement E5.
  @Test
  void aMessageLargerThanTheHeapIsScannedAndPassedOn() throws IOException {
    String messageId = Estate.newMessageId();
    String header = "Message-ID: " + messageId + "\r\nSubject: large\r\n\r\n";
    String line = "0123456789abcdef".repeat(4).substring(2) + "\r\n";
    String mebibyte = line.repeat((1 << 20) / line.length());
    CRC32 checksum = new CRC32();
    long body = (long) MEBIBYTES * mebibyte.length();
    long began = System.nanoTime();
    String id;
    try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp(), OWN)) {
      client.reply();
      client.say("EHLO client.example");
      client.say("MAIL FROM:<bob@example.test>");
      client.say("RCPT TO:<" + ALICE + ">");
      assertThat(client.say("DATA")).startsWith("354 ");
      client.send(header);
      byte[] octets = mebibyte.getBytes(ISO_8859_1);
      for (int i = 0; i < MEBIBYTES; i++) {
        client.send(mebibyte);
        checksum.update(octets);
      }
      id = queueId(client.say("."));
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);

    Path arrived =
        await()
            .atMost(PATIENCE)
            .until(
                () -> files(estate.gatepost().maildir(ALICE).resolve("new"), id),
                all -> all.size() == 1)
            .getFirst();
    assertThat(checksumOfTheLast(body, arrived)).isEqualTo(checksum.getValue());
    Files.delete(arrived);
    assertThat(played.asked())
        .filteredOn(asked -> asked.text().contains(messageId))
        .singleElement()
        .satisfies(asked -> assertThat(asked.octets()).isGreaterThan(header.length() + body));
    assertThat(estate.gatepost().logs("OutOfMemory")).isFalse();
    System.out.printf(
        "scan: %d MiB received and scanned in %d ms, heap %s%n", MEBIBYTES, took.toMillis(), HEAP);
  }

  private static boolean isOf(Call call, String directory) {
    return call.arguments().contains("/data/" + directory + "/");
  }

  private static boolean holdsMail(String path) {
    return path.contains("/gatepost.ready-") || path.contains("/content");
  }

  private static long checksumOfTheLast(long octets, Path file) throws IOException {
    CRC32 checksum = new CRC32();
    try (InputStream input = Files.newInputStream(file)) {
      input.skipNBytes(Files.size(file) - octets);
      byte[] buffer = new byte[1 << 16];
      for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
        checksum.update(buffer, 0, count);
      }
    }
    return checksum.getValue();
  }

  private static List<Path> files(Path directory, String id) {
    return LiveFiles.below(directory).stream()
        .filter(file -> file.toString().contains(id))
        .toList();
  }

  private static String send(String content) {
    try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp(), STRANGER)) {
      return client.deliver("bob@example.test", List.of(ALICE), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String message(String text) {
    return "Message-ID: " + Estate.newMessageId() + "\r\nSubject: s\r\n\r\n" + text + "\r\n";
  }

  private static String queueId(String reply) {
    assertThat(reply).startsWith("250 2.0.0 ");
    return reply.substring(reply.lastIndexOf(' ') + 1).strip();
  }
}
