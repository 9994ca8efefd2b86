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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What was promised beside what came of it, both seen from outside: at the clients, at the next
/// hops, in the mailboxes, and in the notices that the sender got.
final class Books {

  /// Whom every next hop refuses: the sender is told, and no copy arrives.
  static final String REFUSED = "refused@sink.test";

  private static final String ALICE = "alice@example.test";
  private static final String SENDER = "bob@example.test";

  /// An answer that a next hop gave so shortly before a kill may not have been read, or its outcome
  /// not written: the outcomes linger for 20 ms, and the machine may be busy.
  private static final Duration IN_FLIGHT = Duration.ofSeconds(1);

  private static final Pattern MESSAGE_ID = Pattern.compile("(?m)^Message-ID: (.*)$");
  private static final Pattern QUEUE_ID = Pattern.compile("(?m)^Queue id: (.*)$");

  private final Ledger ledger = new Ledger();
  private final Estate estate;
  private final List<FakeSmtpServer> hops;
  private final List<Outage> outages = new ArrayList<>();
  private final Set<Path> seen = new HashSet<>();
  private final Set<String> atAlice = new HashSet<>();
  private final Set<String> notices = new HashSet<>();

  /// A time, by [System#nanoTime], at which outcomes could not be written.
  private record Outage(long from, long to) {}

  Books(Estate estate, List<FakeSmtpServer> hops) {
    this.estate = estate;
    this.hops = hops;
  }

  Ledger ledger() {
    return ledger;
  }

  /// From just before a kill until what was killed was back.
  void outage(long from, long to) {
    outages.add(new Outage(from, to));
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

  /// What came to the next hops.
  List<Arrival> arrivals() {
    return hops.stream().flatMap(hop -> hop.arrivals().stream()).toList();
  }

  /// The arrivals that were followed by another one of the same copy.
  List<Arrival> again() {
    Map<Copy, Arrival> last = new HashMap<>();
    List<Arrival> followed = new ArrayList<>();
    arrivals().stream()
        .sorted((one, other) -> Long.compare(one.answeredAt(), other.answeredAt()))
        .forEach(arrival -> {
          Arrival before = last.put(copy(arrival), arrival);
          if (before != null) {
            followed.add(before);
          }
        });
    return followed;
  }

  /// The attempts whose outcome an outage may have swallowed.
  long inFlight() {
    return arrivals().stream().filter(this::wasInFlight).count();
  }

  /// Nothing was changed on its way, and only what was in flight came again.
  void check() {
    assertThat(again())
        .as("what arrived again was in flight at a kill")
        .allMatch(this::wasInFlight);
    assertThat(arrivals()).allSatisfy(this::isWhole);
    assertThat(estate.gatepost().log())
        .doesNotContain("is missing, the message is held")
        .doesNotContain("invariant broken");
  }

  private boolean wasInFlight(Arrival arrival) {
    return outages.stream()
        .anyMatch(outage ->
            // The kernel ends a process a little after the moment that is noted.
            arrival.startedAt() - outage.to() < IN_FLIGHT.toNanos()
                && outage.from() - arrival.answeredAt() < IN_FLIGHT.toNanos());
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
