package io.gatepost.system.early;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.system.Estate;
import io.gatepost.system.early.Heard.End;
import io.gatepost.system.early.Heard.Sent;
import io.gatepost.testkit.smtp.FakeSmtpServer;
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

/// Replies to clients beside the mail of next hops, mailboxes and senders. It asks Gatepost
/// nothing.
final class Campaign {

  static final String ALICE = "alice@example.test";

  /// Recipient that its next hop refuses at RCPT.
  static final String REFUSED = "bad@choosy.test";

  /// From a next hop's answer until it is recorded, or the client has the reply, on a busy machine.
  private static final Duration UNSAID = Duration.ofSeconds(3);

  private static final Pattern QUEUE_ID = Pattern.compile("(?m)^Queue id: (.*)$");
  private static final Pattern MESSAGE_ID = Pattern.compile("(?mi)^Message-ID: (.*)$");

  private final Heard heard = new Heard();
  private final Estate estate;
  private final CampaignHops hops;
  private final List<Outage> outages = new ArrayList<>();
  private final Set<Path> seen = new HashSet<>();
  private final Map<String, Integer> atAlice = new HashMap<>();

  /// Queue ids of the messages whose senders know who was refused; the message's header is not in
  /// every notice.
  private final Set<String> told = new HashSet<>();

  /// @param from just before something was killed, by [System#nanoTime]
  /// @param to when it was back
  private record Outage(long from, long to) {}

  /// A message for one recipient.
  record Copy(String id, String recipient) {}

  Campaign(Estate estate, CampaignHops hops) {
    this.estate = estate;
    this.hops = hops;
  }

  Heard heard() {
    return heard;
  }

  void outage(Runnable kill, Runnable recovery) {
    long from = System.nanoTime();
    kill.run();
    recovery.run();
    outages.add(new Outage(from, System.nanoTime()));
  }

  /// The copies that were promised and have neither arrived nor been reported to the sender.
  List<Copy> outstanding() {
    lookIntoMailboxes();
    Map<Copy, List<Arrival>> copies = copies();
    return heard.all().values().stream()
        .filter(Sent::isPromised)
        .flatMap(
            sent -> sent.recipients().stream().map(recipient -> new Copy(sent.id(), recipient)))
        .filter(copy ->
            !switch (copy.recipient()) {
              case ALICE -> atAlice.containsKey(copy.id());
              case REFUSED -> told.contains(heard.all().get(copy.id()).queueId());
              default -> copies.containsKey(copy);
            })
        .toList();
  }

  /// @param lost copies whose dot a next hop has left without a reply
  /// @param killed those that were refused while something was being killed
  record Result(
      int delivered, int queued, int refused, int unanswered, int lost, int killed, int again) {}

  /// Holds the books against each other.
  Result check() {
    Map<Copy, List<Arrival>> copies = copies();
    Set<String> known = new HashSet<>(atAlice.keySet());
    copies.forEach((copy, arrivals) -> {
      known.add(copy.id());
      Sent sent = heard.all().get(copy.id());
      assertThat(sent).as("what has arrived was sent: " + copy).isNotNull();
      arrivals.forEach(
          each -> assertThat(each.bodyChecksum()).as(copy + "").isEqualTo(sent.bodyChecksum()));
    });
    assertThat(copies.keySet()).extracting(Copy::recipient).doesNotContain(REFUSED);

    for (Sent sent : heard.of(End.DELIVERED)) {
      for (String recipient : sent.recipients()) {
        if (!recipient.equals(ALICE)) {
          assertThat(copies.get(new Copy(sent.id(), recipient)))
              .as(sent + " was there before its 250")
              .isNotNull()
              .anyMatch(arrival -> arrival.answeredAt() < sent.heardAt());
        }
      }
    }

    List<Sent> refusedAndThere =
        heard.of(End.REFUSED).stream().filter(sent -> known.contains(sent.id())).toList();
    List<Sent> unexplained =
        refusedAndThere.stream()
            .filter(sent -> !hops.hasLost(sent.id()) && !isOverAnOutage(sent))
            .toList();
    assertThat(unexplained).as("refused, and delivered all the same").isEmpty();

    int again = 0;
    List<List<Arrival>> odd = new ArrayList<>();
    for (List<Arrival> arrivals : copies.values()) {
      for (int i = 1; i < arrivals.size(); i++) {
        again++;
        if (!hops.hasLost(arrivals.get(i - 1).key())
            && !isOverAnOutage(arrivals.get(i - 1), arrivals.get(i))) {
          odd.add(arrivals);
        }
      }
    }
    assertThat(odd).as("what came again, without a kill or a lost reply").isEmpty();
    assertThat(estate.gatepost().log())
        .doesNotContain("is missing, the message is held")
        .doesNotContain("invariant broken");
    return new Result(
        heard.of(End.DELIVERED).size(),
        heard.of(End.QUEUED).size(),
        heard.of(End.REFUSED).size(),
        heard.of(End.UNANSWERED).size(),
        (int) refusedAndThere.stream().filter(sent -> hops.hasLost(sent.id())).count(),
        (int) refusedAndThere.stream().filter(sent -> !hops.hasLost(sent.id())).count(),
        again);
  }

  private boolean isOverAnOutage(Sent sent) {
    return outages.stream()
        .anyMatch(outage -> sent.begunAt() < outage.to() && sent.heardAt() > outage.from());
  }

  private boolean isOverAnOutage(Arrival first, Arrival second) {
    return outages.stream()
        .anyMatch(outage ->
            first.startedAt() < outage.to()
                && outage.from() - first.answeredAt() < UNSAID.toNanos()
                && second.answeredAt() > outage.from());
  }

  private Map<Copy, List<Arrival>> copies() {
    Map<Copy, List<Arrival>> copies = new HashMap<>();
    hops.all().stream()
        .map(FakeSmtpServer::arrivals)
        .flatMap(List::stream)
        .sorted((one, other) -> Long.compare(one.answeredAt(), other.answeredAt()))
        .forEach(arrival ->
            copies
                .computeIfAbsent(
                    new Copy(arrival.key(), arrival.recipient()), copy -> new ArrayList<>())
                .add(arrival));
    return copies;
  }

  private void lookIntoMailboxes() {
    for (String message : unseen(ALICE)) {
      firstId(message).forEach(id -> atAlice.merge(id, 1, Integer::sum));
    }
    Stream.concat(
            unseen("bob@example.test").stream(),
            hops.home().arrivals().stream().map(Arrival::content))
        .filter(notice -> notice.contains("Final-Recipient: rfc822; " + REFUSED))
        .forEach(notice ->
            QUEUE_ID.matcher(notice).results().forEach(found -> told.add(found.group(1).strip())));
  }

  private static List<String> firstId(String message) {
    Matcher matcher = MESSAGE_ID.matcher(message);
    return matcher.find() ? List.of(matcher.group(1).strip()) : List.of();
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
}
