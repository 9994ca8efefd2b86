package io.gatepost.delivery.early;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.EnvelopeRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/// A recipient served by an attempt is never served again by one over its rest, and one that was
/// not is: over random recipients, aliases that share members, and next hops that take, put off, or
/// do not answer before the budget is over. The early attempt is killed then, so its rest is all
/// that is known of it.
class RestTest {

  private static final int TRIALS = 2_000;
  private static final List<String> HOSTS = List.of("one.example", "two.example", "three.example");
  private static final List<String> USERS = List.of("a", "b", "c");

  private final Random random = new Random(77);
  private final LoggingSystem logging = LoggingSystem.get(RestTest.class.getClassLoader());

  @BeforeEach
  void quietly() {
    logging.setLogLevel("io.gatepost", LogLevel.ERROR);
  }

  @AfterEach
  void asBefore() {
    logging.setLogLevel("io.gatepost", null);
  }

  @Test
  void theRestServesThoseAndOnlyThoseWhoWereNotServed() {
    int goneOn = 0;
    for (int i = 0; i < TRIALS; i++) {
      goneOn += trial(new EarlyTrials()) ? 1 : 0;
    }
    assertThat(goneOn).isGreaterThan(TRIALS / 3);
  }

  private boolean trial(EarlyTrials trials) {
    Set<String> wanted = new TreeSet<>();
    EnvelopeRecord message = EarlyTrials.own(recipients(trials, wanted));
    Map<String, Integer> copies = new HashMap<>();

    EarlyTrials.Client client = trials.deliver(message);
    List<PlayedHops.Hop> hops = List.copyOf(trials.hops.all);
    boolean isHeldUp = random.nextInt(4) == 0;
    for (PlayedHops.Hop hop : hops) {
      if (!isHeldUp || random.nextBoolean()) {
        hop.answersForAllBut();
      }
    }
    for (PlayedHops.Hop hop : hops) {
      if (hop.part != null && hop.part.hasGone) {
        end(hop, copies);
      }
    }
    trials.time.advanceTimeBy(EarlyTrials.BUDGET);
    if (client.result() instanceof EarlyResult.GoesOn(var rest)) {
      trials.hops.all.clear();
      trials.attempts.start(
          new EnvelopeRecord(rest, message.content()), List.of(), new EarlyTrials.Log());
      for (PlayedHops.Hop hop : List.copyOf(trials.hops.all)) {
        hop.answersForAllBut();
        take(hop, copies);
      }
    }
    assertThat(copies)
        .as("recipients %s aliases %s", message.envelope().recipients(), trials.world.aliases)
        .isEqualTo(wanted.stream().collect(Collectors.toMap(each -> each, _ -> 1)));
    return client.result() instanceof EarlyResult.GoesOn;
  }

  private void end(PlayedHops.Hop hop, Map<String, Integer> copies) {
    switch (random.nextInt(4)) {
      case 0 -> hop.putsOff();
      case 1 -> {} // answers later, if ever: its transaction is cut with the process
      default -> take(hop, copies);
    }
  }

  private static void take(PlayedHops.Hop hop, Map<String, Integer> copies) {
    hop.recipients.forEach(each -> copies.merge(each.address().toString(), 1, Integer::sum));
    hop.takes();
  }

  /// @param wanted takes the addresses that the recipients lead to
  private String[] recipients(EarlyTrials trials, Set<String> wanted) {
    Set<String> recipients = new TreeSet<>();
    for (int i = 0; i <= random.nextInt(4); i++) {
      if (random.nextBoolean()) {
        recipients.add(address());
        continue;
      }
      List<String> members = new ArrayList<>();
      for (int j = 0; j <= random.nextInt(3); j++) {
        members.add(address());
      }
      String alias = "list" + i + "@lists.example";
      trials.world.aliases.put(alias, members.stream().distinct().toList());
      recipients.add(alias);
    }
    for (String recipient : recipients) {
      wanted.addAll(trials.world.aliases.getOrDefault(recipient, List.of(recipient)));
    }
    return recipients.stream()
        .map(ForwardPath::of)
        .map(ForwardPath::toString)
        .toArray(String[]::new);
  }

  private String address() {
    return USERS.get(random.nextInt(USERS.size())) + "@" + HOSTS.get(random.nextInt(HOSTS.size()));
  }
}
