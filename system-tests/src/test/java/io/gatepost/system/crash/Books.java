package io.gatepost.system.crash;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.system.Estate;
import io.gatepost.system.crash.Ledger.Copy;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Arrival;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Promises to clients beside their results, both seen from outside: at the clients, at the next
/// hops, in the mailboxes, and in the notices that the sender got.
final class Books {

  /// Recipient that every next hop refuses: the sender is told, and no copy arrives.
  static final String REFUSED = "refused@sink.test";

  private static final String ALICE = "alice@example.test";
  private static final String SENDER = "bob@example.test";

  /// At `debug`, delivery-service says when an outcome is durable, which is what [#check] goes by.
  static final String LEVEL = "logging.level.io.gatepost.delivery.intake.Dispatcher";

  /// The time from a next hop's answer until it is recorded: 20 ms of lingering, the append, and
  /// the processor time that a busy machine makes delivery-service wait for.
  private static final Duration RECORDED_WITHIN = Duration.ofSeconds(1);

  private static final Pattern MESSAGE_ID = Pattern.compile("(?m)^Message-ID: (.*)$");
  private static final Pattern RECORDED =
      Pattern.compile("qid=(\\S+) generation=\\d+ recorded to=(\\S+)");
  private static final Pattern QUEUE_ID = Pattern.compile("(?m)^Queue id: (.*)$");

  private final Ledger ledger = new Ledger();
  private final Estate estate;
  private final List<FakeSmtpServer> hops;
  private final List<Outage> outages = new ArrayList<>();
  private final Set<Path> seen = new HashSet<>();
  private final Set<String> atAlice = new HashSet<>();
  private final Set<String> notices = new HashSet<>();

  /// Times by [System#nanoTime].
  ///
  /// @param from just before something was killed
  /// @param dead when it was
  /// @param logged how much had been logged by then, in characters
  /// @param to when what was killed was back
  private record Outage(long from, long dead, int logged, long to) {}

  /// One arrival of a copy, and the one after it.
  record Repeat(Arrival first, Arrival second) {}

  Books(Estate estate, List<FakeSmtpServer> hops) {
    this.estate = estate;
    this.hops = hops;
  }

  Ledger ledger() {
    return ledger;
  }

  /// Something is killed.
  ///
  /// @param kill returns when it is dead
  /// @param recovery returns when it is back
  void outage(Runnable kill, Runnable recovery) {
    long from = System.nanoTime();
    kill.run();
    int logged = estate.gatepost().log().length();
    long dead = System.nanoTime(); // not before: what has been logged was recorded by now
    recovery.run();
    outages.add(new Outage(from, dead, logged, System.nanoTime()));
  }

  /// The copies that were promised and neither arrived nor were reported to the sender.
  List<Copy> outstanding() {
    lookIntoMailboxes();
    Set<Copy> arrived = new HashSet<>();
    arrivals().forEach(arrival -> arrived.add(copy(arrival)));
    List<Copy> outstanding = new ArrayList<>();
    ledger
        .promises()
        .forEach((messageId, promise) ->
            promise.recipients().stream()
                .filter(recipient ->
                    !switch (recipient) {
                      case ALICE -> atAlice.contains(messageId);
                      case REFUSED -> notices.contains(promise.queueId());
                      default -> arrived.contains(new Copy(messageId, recipient));
                    })
                .map(recipient -> new Copy(messageId, recipient))
                .forEach(outstanding::add));
    return outstanding;
  }

  /// Returns the copies at the next hops.
  List<Arrival> arrivals() {
    return hops.stream().flatMap(hop -> hop.arrivals().stream()).toList();
  }

  /// The copies that arrived again.
  List<Repeat> again() {
    Map<Copy, Arrival> last = new HashMap<>();
    List<Repeat> again = new ArrayList<>();
    arrivals().stream()
        .sorted((one, other) -> Long.compare(one.answeredAt(), other.answeredAt()))
        .forEach(arrival -> {
          Arrival before = last.put(copy(arrival), arrival);
          if (before != null) {
            again.add(new Repeat(before, arrival));
          }
        });
    return again;
  }

  /// The longest time from the answer to a copy that came again until the kill that made it come
  /// again; zero where all of them were answered during the outage.
  Duration longestUnrecorded() {
    return again().stream()
        .map(repeat ->
            outages.stream()
                .filter(outage -> repeat.second().answeredAt() > outage.from())
                .mapToLong(outage -> Math.max(0, outage.from() - repeat.first().answeredAt()))
                .min()
                .orElse(0))
        .map(Duration::ofNanos)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /// Nothing was changed on its way, and nothing arrived that was refused; what came again came on
  /// both sides of a kill, shortly before it or during it at first, and nobody who had been
  /// recorded as served was served again.
  void check() {
    assertThat(messageIds())
        .as("messages that arrived")
        .noneMatch(ledger.refusals()::containsKey)
        .allMatch(messageId ->
            ledger.promises().containsKey(messageId) || ledger.unanswered().contains(messageId));
    assertThat(again()).as("what arrived again, beside the kills").allMatch(this::isOverAnOutage);
    assertThat(servedAgain()).as("what arrived again though it had been recorded").isEmpty();
    assertThat(arrivals()).allSatisfy(this::isWhole);
    assertThat(estate.gatepost().log())
        .doesNotContain("is missing, the message is held")
        .doesNotContain("invariant broken");
  }

  private Set<String> messageIds() {
    lookIntoMailboxes();
    Set<String> messageIds = new HashSet<>(atAlice);
    arrivals().forEach(arrival -> messageIds.add(arrival.key()));
    return messageIds;
  }

  private boolean isOverAnOutage(Repeat repeat) {
    return outages.stream()
        .anyMatch(outage ->
            repeat.first().startedAt() < outage.to()
                && outage.from() - repeat.first().answeredAt() < RECORDED_WITHIN.toNanos()
                && repeat.second().answeredAt() > outage.from());
  }

  private List<Arrival> servedAgain() {
    Map<Copy, Integer> recorded = recorded();
    assertThat(recorded).as("copies that the log calls recorded").isNotEmpty();
    return arrivals().stream()
        .filter(arrival ->
            outages.stream()
                .anyMatch(outage ->
                    arrival.startedAt() > outage.dead()
                        && recorded.getOrDefault(copy(arrival), Integer.MAX_VALUE)
                            < outage.logged()))
        .toList();
  }

  /// The copies of promised messages whose delivery was durable, and where the log first says so.
  private Map<Copy, Integer> recorded() {
    Map<String, String> messageIds = new HashMap<>();
    ledger.promises().forEach((messageId, promise) -> messageIds.put(promise.queueId(), messageId));
    Map<Copy, Integer> recorded = new HashMap<>();
    Matcher line = RECORDED.matcher(estate.gatepost().log());
    while (line.find()) {
      String messageId = messageIds.get(line.group(1));
      if (messageId != null) { // else its 250 was lost with the process
        for (String recipient : line.group(2).split(",")) {
          Copy copy = new Copy(messageId, recipient.substring(1, recipient.length() - 1));
          recorded.putIfAbsent(copy, line.start());
        }
      }
    }
    return recorded;
  }

  private void isWhole(Arrival arrival) {
    Ledger.Promise promise = ledger.promises().get(arrival.key());
    if (promise != null) { // else its 250 was lost with the process, and it is queued all the same
      assertThat(arrival.bodyChecksum()).isEqualTo(promise.bodyChecksum());
    }
  }

  private void lookIntoMailboxes() {
    unseen(ALICE).forEach(message -> find(MESSAGE_ID, message, atAlice));
    unseen(SENDER).stream()
        .filter(notice -> notice.contains("Final-Recipient: rfc822; " + REFUSED))
        .forEach(notice -> find(QUEUE_ID, notice, notices));
  }

  private static void find(Pattern pattern, String message, Set<String> into) {
    Matcher matcher = pattern.matcher(message);
    if (matcher.find()) {
      into.add(matcher.group(1).strip());
    }
  }

  private List<String> unseen(String address) {
    Path arrived = estate.gatepost().maildir(address).resolve("new");
    if (!Files.isDirectory(arrived)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(arrived)) {
      List<String> messages = new ArrayList<>();
      for (Path file : files.filter(seen::add).toList()) {
        messages.add(Files.readString(file, ISO_8859_1));
      }
      return messages;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Copy copy(Arrival arrival) {
    return new Copy(arrival.key(), arrival.recipient());
  }

  /// Makes a next hop so slow that something is always under way, and now and then unwilling.
  ///
  /// @param slowOneIn one message in so many is answered after `slow` only
  static void behave(FakeSmtpServer server, int slowOneIn, Duration slow) {
    server.behave(moment ->
        switch (moment.stage()) {
          case END_OF_DATA -> {
            boolean isSlow = Math.floorMod(moment.argument().hashCode(), slowOneIn) == 0;
            pause(isSlow ? slow : Duration.ofMillis(30));
            yield new Answer.Good();
          }
          case RCPT -> {
            if (moment.argument().contains(REFUSED)) {
              yield new Answer.Say("550 5.1.1 no such user");
            }
            yield Math.floorMod(System.nanoTime() / 1000, 50) == 0
                ? new Answer.Say("451 4.2.1 not now")
                : new Answer.Good();
          }
          case CONNECT, EHLO, MAIL, DATA -> new Answer.Good();
        });
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
