package io.gatepost.system.early;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.system.Estate;
import io.gatepost.testkit.peer.FileTrace;
import io.gatepost.testkit.peer.FileTrace.Call;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a message of 2 KiB costs the disk, counted in the kernel. With
/// `-Dgatepost.early.messages=20000` these are 20,000 over 100 connections.
class EarlyWritesIT {

  private static final int MESSAGES = Integer.getInteger("gatepost.early.messages", 500);
  private static final int CLIENTS = MESSAGES >= 20_000 ? 100 : 20;
  private static final String TEXT = "Just a line of text to fill the message.\r\n".repeat(50);

  @TempDir Path directory;

  /// @param mail calls that make, rename or sync files of the queue, the content store or mailboxes
  /// @param others the same of other files, each path once
  private record Cost(double records, long logOctets, List<Call> mail, List<String> others) {}

  /// Requirements F1 and F7.
  @Test
  void whatItsNextHopTakesAtOnceTouchesNoDisk() {
    Cost early = costOf("early-writes", true, CLIENTS, MESSAGES);
    System.out.printf("early: %d messages, %s%n", MESSAGES, early);

    assertThat(early.records()).as("envelope records").isZero();
    assertThat(early.logOctets()).as("octets on the log").isZero();
    assertThat(early.mail()).as("files made, renamed and synced for mail").isEmpty();
  }

  /// The proof that writes would have been seen.
  @Test
  void withoutEarlyDeliveryEachMessageIsARecordAndIsSynced() {
    int messages = MESSAGES / 10;
    Cost queued = costOf("queued-writes", false, CLIENTS, messages);

    assertThat(queued.records()).as("envelope records").isEqualTo(messages);
    assertThat(queued.logOctets()).as("octets on the log").isGreaterThan(messages * 2048L);
    assertThat(queued.mail()).as("syncs for mail").anyMatch(Call::syncs);
  }

  private Cost costOf(String name, boolean isEarly, int clients, int messages) {
    Map<String, String> settings =
        Map.of(
            "gatepost.edge.early-delivery.enabled", isEarly + "",
            "gatepost.edge.early-delivery.budget", "20s", // the machine may be busy
            "gatepost.delivery.connections-per-destination", "200");
    try (Estate estate = Estate.start(name, Mode.ALL_IN_ONE, settings)) {
      send(estate, 1, 20); // files that are made once
      double records = estate.gatepost().meter("queue", "gatepost_queue_enqueued_total");
      long octets = logOctets(estate);
      try (FileTrace trace = FileTrace.withSyncs(estate.gatepost().pid(), directory)) {
        List<String> sent = send(estate, clients, messages);
        if (isEarly) {
          assertThat(estate.nextHop().arrivals()).extracting("key").containsAll(sent);
        }
        List<Call> changes =
            trace.calls("/").stream()
                .filter(call -> call.creates() || call.renames() || call.syncs())
                .toList();
        return new Cost(
            estate.gatepost().meter("queue", "gatepost_queue_enqueued_total") - records,
            logOctets(estate) - octets,
            changes.stream().filter(EarlyWritesIT::isOfMail).toList(),
            changes.stream()
                .filter(Predicate.not(EarlyWritesIT::isOfMail))
                .map(call -> call.arguments().replaceAll(".*?(/[^>\"]*).*", "$1"))
                .distinct()
                .toList());
      }
    }
  }

  /// The log's topics, the content store, and mailboxes; the rest is the broker's own, such as its
  /// checkpoints.
  private static boolean isOfMail(Call call) {
    return Stream.of("/gatepost.", "/content/", "/maildir/").anyMatch(call.arguments()::contains);
  }

  /// Sends them, each client over one connection; returns their Message-IDs.
  private static List<String> send(Estate estate, int clients, int messages) {
    AtomicInteger left = new AtomicInteger(messages);
    ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        running.add(threads.submit(() -> sendSome(estate, left, sent)));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return List.copyOf(sent);
  }

  private static void sendSome(
      Estate estate, AtomicInteger left, ConcurrentLinkedQueue<String> sent) {
    try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp())) {
      client.reply();
      client.say("EHLO client.example");
      while (left.getAndDecrement() > 0) {
        String id = Estate.newMessageId();
        String content = "Message-ID: " + id + "\r\nSubject: small\r\n\r\n" + TEXT;
        assertThat(client.next("bob@example.test", List.of("user@sink.test"), content))
            .startsWith("250 ");
        sent.add(id);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long logOctets(Estate estate) {
    try (Stream<Path> files = Files.walk(estate.gatepost().data().resolve("kafka"))) {
      return files
          .filter(file -> file.toString().contains("/gatepost.ready-"))
          .filter(file -> file.toString().endsWith(".log"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
