package io.gatepost.system.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.gatepost.system.Estate;
import io.gatepost.testkit.file.LiveFiles;
import io.gatepost.testkit.peer.FileTrace;
import io.gatepost.testkit.peer.FileTrace.Call;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Moment;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a message of 2 KiB costs the disk, counted in the kernel. With
/// `-Dgatepost.early.messages=20000` these are 20,000 over 100 connections;
/// `-Dgatepost.early.mix=true` has one in twenty put off by its next hop, too.
class EarlyWritesIT {

  private static final int MESSAGES = Integer.getInteger("gatepost.early.messages", 500);
  private static final int CLIENTS = MESSAGES >= 20_000 ? 100 : 20;
  private static final boolean MIX = Boolean.getBoolean("gatepost.early.mix");
  private static final String TAKEN = "user@sink.test";
  private static final String PUT_OFF = "later@sink.test";
  private static final Answer NOT_NOW = new Answer.Say("450 4.2.1 not now");
  private static final String TEXT = "Just a line of text to fill the message.\r\n".repeat(50);

  private static final Pattern SEGMENT =
      Pattern.compile("/gatepost\\.[^/]+/[^/]+\\.(log|index|timeindex|txnindex|snapshot)\\b");

  @TempDir Path directory;

  /// @param mail calls that make, rename or sync files of the queue, the content store or mailboxes
  /// @param others the same of other files, each path once
  /// @param written octets that the process has handed to the disk, whatever for
  private record Cost(
      double records, long logOctets, List<Call> mail, List<String> others, long written) {}

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

  /// Requirement F7: the queue is for what cannot be delivered at once.
  @Test
  void withOneInTwentyPutOffTheLogHasNoMore() {
    assumeThat(MIX).as("-Dgatepost.early.mix=true").isTrue();
    Cost early = costOf("early-mix", true, CLIENTS, MESSAGES, 20);
    Cost queued = costOf("queued-mix", false, CLIENTS, MESSAGES, 20);
    tell("early", early);
    tell("queued", queued);

    assertThat(early.records()).as("envelope records").isEqualTo(MESSAGES / 20);
    assertThat(queued.records()).as("envelope records").isEqualTo(MESSAGES);
    assertThat(early.written()).as("octets written").isLessThan(queued.written());
  }

  private static void tell(String how, Cost cost) {
    System.out.printf(
        "%s, one in twenty put off: %.3f syncs, %.0f octets written per message%n",
        how,
        (double) cost.mail().stream().filter(Call::syncs).count() / MESSAGES,
        (double) cost.written() / MESSAGES);
  }

  private Cost costOf(String name, boolean isEarly, int clients, int messages) {
    return costOf(name, isEarly, clients, messages, Integer.MAX_VALUE);
  }

  /// @param oneIn of so many messages one is put off
  private Cost costOf(String name, boolean isEarly, int clients, int messages, int oneIn) {
    Map<String, String> settings =
        Map.of(
            "gatepost.edge.early-delivery.enabled", isEarly + "",
            "gatepost.edge.early-delivery.budget", "20s", // the machine may be busy
            "gatepost.delivery.connections-per-destination", "200",
            "gatepost.queue.ladder", "PT15M"); // nothing is tried again
    try (Estate estate = Estate.start(name, Mode.ALL_IN_ONE, settings)) {
      estate.nextHop().behave(EarlyWritesIT::answer);
      send(estate, 1, 20, Integer.MAX_VALUE); // files that are made once
      double records = estate.gatepost().meter("queue", "gatepost_queue_enqueued_total");
      long octets = logOctets(estate);
      long written = written(estate);
      try (FileTrace trace = FileTrace.withSyncs(estate.gatepost().pid(), directory)) {
        List<String> sent = send(estate, clients, messages, oneIn);
        if (isEarly && oneIn > messages) {
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
                .toList(),
            written(estate) - written);
      }
    }
  }

  /// The log's segments, the content store, and mailboxes; the rest is the broker's own, such as
  /// its checkpoints, which also stand in the topics' directories.
  private static boolean isOfMail(Call call) {
    String path = call.arguments();
    return path.contains("/content/") || path.contains("/maildir/") || SEGMENT.matcher(path).find();
  }

  private static Answer answer(Moment moment) {
    return moment.stage() == Stage.RCPT && moment.argument().contains(PUT_OFF)
        ? NOT_NOW
        : new Answer.Good();
  }

  /// Sends them, each client over one connection; returns their Message-IDs.
  private static List<String> send(Estate estate, int clients, int messages, int oneIn) {
    AtomicInteger left = new AtomicInteger(messages);
    ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        running.add(threads.submit(() -> sendSome(estate, left, oneIn, sent)));
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
      Estate estate, AtomicInteger left, int oneIn, ConcurrentLinkedQueue<String> sent) {
    try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp())) {
      client.reply();
      client.say("EHLO client.example");
      for (int number = left.getAndDecrement(); number > 0; number = left.getAndDecrement()) {
        String recipient = number % oneIn == 0 ? PUT_OFF : TAKEN;
        String id = Estate.newMessageId();
        String content = "Message-ID: " + id + "\r\nSubject: small\r\n\r\n" + TEXT;
        assertThat(client.next("bob@example.test", List.of(recipient), content)).startsWith("250 ");
        sent.add(id);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long written(Estate estate) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + estate.gatepost().pid() + "/io"))) {
      return lines
          .filter(line -> line.startsWith("write_bytes: "))
          .mapToLong(line -> Long.parseLong(line.substring("write_bytes: ".length())))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long logOctets(Estate estate) {
    return LiveFiles.octets(
        estate.gatepost().data().resolve("kafka"),
        file -> file.toString().contains("/gatepost.") && file.toString().endsWith(".log"));
  }
}
