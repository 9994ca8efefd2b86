package io.gatepost.delivery.early;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.delivery.early.EarlyTrials.Client;
import io.gatepost.delivery.early.EarlyTrials.Log;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Sinks;

/// One attempt of a message to two next hops, with all that is around it; whichever event comes
/// next is chosen.
final class PlayedAttempt {

  private static long runs;

  /// No two runs have the same: what was slow in one would be left alone in the next.
  private final List<String> names =
      List.of("one" + runs++ + ".example", "two" + runs++ + ".example");

  private final EarlyTrials trials;
  private final Trouble trouble;
  private final boolean isStranger;
  private final EnvelopeRecord message;
  private final Client client;
  private final List<String> history = new ArrayList<>();
  private final Map<String, Host> hosts = new HashMap<>();

  /// Where the routes come late.
  private final Sinks.Empty<Void> routes = Sinks.empty();

  /// The next hops as another attempt has them.
  private final Set<PlayedHops.Hop> anew = new HashSet<>();

  /// How many copies each next hop has taken.
  private final Map<String, Integer> copies = new HashMap<>();

  private Budget budget = Budget.RUNNING;
  private Edge edge = Edge.WAITS;
  private Envelope toAppend;
  private @Nullable Log log;
  private List<EarlyResult> withdrawn = new ArrayList<>();
  private boolean isRouted;
  private boolean isReset;
  private boolean isLost;
  private boolean hasGone;
  private boolean isSilent;
  private boolean isBroken;
  private boolean isRefusedFirst;

  /// Events beside answers.
  enum Trouble {
    NONE,
    CLIENT_RESETS,
    CALL_IS_LOST,
    ANSWER_IS_LOST,
    ROUTES_COME_LATE,
    CONNECTION_BREAKS,
    SILENT_DOTS
  }

  /// Which of so many events comes next.
  interface Choice {
    int of(int events);
  }

  private enum Budget {
    RUNNING,
    OVER
  }

  private enum Edge {
    WAITS,
    HAS_TO_APPEND,
    HAS_APPENDED,
    RECORD_IS_READ,
    APPEND_FAILED,
    ANSWERED
  }

  private enum Host {
    DIALLED,
    PREPARED,
    ENDED
  }

  private record Event(String name, Runnable action) {}

  PlayedAttempt(EarlyTrials trials, Trouble trouble, boolean isStranger) {
    this.trials = trials;
    this.trouble = trouble;
    this.isStranger = isStranger;
    String[] recipients = names.stream().map(host -> "a@" + host).toArray(String[]::new);
    EnvelopeRecord made =
        isStranger ? EarlyTrials.strangers(recipients) : EarlyTrials.own(recipients);
    this.message = from("s" + runs + "@src.example", made);
    this.toAppend = message.envelope();
    trials.hops.all.clear();
    names.forEach(host -> hosts.put(host, Host.DIALLED));
    trials.world.held = trouble == Trouble.ROUTES_COME_LATE ? routes : null;
    this.client = trials.deliver(message);
    trials.world.held = null;
  }

  /// No two are alike: what was put off before is remembered by the sender.
  private static EnvelopeRecord from(String sender, EnvelopeRecord made) {
    Envelope of = made.envelope();
    return new EnvelopeRecord(
        new Envelope(
            of.id(),
            0,
            0,
            of.arrivedAt(),
            ReversePath.of(sender),
            of.recipients(),
            of.provenance(),
            of.parameters(),
            of.content()),
        made.content());
  }

  void play(Choice choice) {
    for (List<Event> events = events(); !events.isEmpty(); events = events()) {
      Event next = events.get(choice.of(events.size()));
      history.add(next.name());
      next.action().run();
      observe();
    }
  }

  private List<Event> events() {
    List<Event> events = new ArrayList<>();
    if (trouble == Trouble.ROUTES_COME_LATE && !isRouted) {
      add(
          events,
          "routes",
          () -> {
            isRouted = true;
            routes.tryEmitEmpty();
          });
    }
    trials.hops.all.stream()
        .filter(hop -> !anew.contains(hop))
        .forEach(hop -> eventsOf(hop, events));
    if (budget == Budget.RUNNING && edge == Edge.WAITS && !isLost) {
      add(
          events,
          "budget",
          () -> {
            budget = Budget.OVER;
            trials.time.advanceTimeBy(EarlyTrials.BUDGET);
          });
    }
    if (edge == Edge.HAS_TO_APPEND) {
      add(events, "append", () -> edge = Edge.HAS_APPENDED);
      add(
          events,
          "append fails",
          () -> {
            edge = Edge.APPEND_FAILED;
            withdraw();
          });
    }
    if (edge == Edge.HAS_APPENDED) {
      add(events, "read", this::read);
    }
    if (trouble == Trouble.CLIENT_RESETS && !isReset) {
      add(
          events,
          "reset",
          () -> {
            isReset = true;
            withdraw();
          });
    }
    if (trouble == Trouble.CALL_IS_LOST && !isLost && edge == Edge.WAITS) {
      add(
          events,
          "lost",
          () -> {
            isLost = true;
            client.breaksOff();
            edge = Edge.HAS_TO_APPEND;
          });
    }
    return events;
  }

  private void eventsOf(PlayedHops.Hop hop, List<Event> events) {
    String name = hop.name;
    switch (hosts.get(name)) {
      case DIALLED -> {
        add(
            events,
            name + " answers",
            () -> {
              hosts.put(name, Host.PREPARED);
              hop.answersForAllBut();
            });
        add(events, name + " refuses", () -> ends(name, hop::refuses));
        add(events, name + " puts off", () -> ends(name, hop::putsOff));
      }
      case PREPARED -> {
        if (hop.part().hasGone) {
          add(
              events,
              name + " takes",
              () -> {
                copies.merge(name, 1, Integer::sum);
                ends(name, hop::takes);
              });
          add(events, name + " refuses", () -> ends(name, hop::refuses));
          if (trouble == Trouble.SILENT_DOTS) {
            add(
                events,
                name + " is silent",
                () -> {
                  isSilent = true;
                  ends(name, hop::neverAnswersTheDot);
                });
          }
        } else if (hop.part().isAbandoned) {
          add(events, name + " is closed", () -> ends(name, hop::isClosed));
        } else if (trouble == Trouble.CONNECTION_BREAKS && !isBroken) {
          add(
              events,
              name + " breaks",
              () -> {
                isBroken = true;
                hop.breaks();
                hosts.put(name, Host.DIALLED);
              });
        }
      }
      case ENDED -> {}
    }
  }

  private static void add(List<Event> events, String name, Runnable action) {
    events.add(new Event(name, action));
  }

  private void ends(String host, Runnable end) {
    hosts.put(host, Host.ENDED);
    end.run();
  }

  private void withdraw() {
    trials.early.withdraw(message.envelope().id()).subscribe(withdrawn::add);
  }

  /// Another attempt, where one is begun, delivers at once.
  private void read() {
    edge = Edge.RECORD_IS_READ;
    int before = trials.hops.all.size();
    log = trials.read(new EnvelopeRecord(toAppend, message.content()));
    for (PlayedHops.Hop hop :
        List.copyOf(trials.hops.all.subList(before, trials.hops.all.size()))) {
      anew.add(hop);
      hop.answersForAllBut();
      assertThat(hop.part().hasGone).as("a second attempt goes on").isTrue();
      copies.merge(hop.name, hop.recipients.size(), Integer::sum);
      hop.takes();
    }
  }

  /// After each event.
  private void observe() {
    if (!hasGone && trials.hops.all.stream().anyMatch(PlayedAttempt::goes)) {
      hasGone = true;
      if (edge != Edge.RECORD_IS_READ) {
        assertThat(hosts.values())
            .as("answered when the first goes on")
            .doesNotContain(Host.DIALLED);
        isRefusedFirst = history.stream().anyMatch(each -> each.endsWith("refuses"));
      }
    }
    if (edge == Edge.WAITS && !client.results.isEmpty()) {
      Consumer<Envelope> goesOn =
          rest -> {
            toAppend = rest;
            edge = Edge.HAS_TO_APPEND;
          };
      if (trouble == Trouble.ANSWER_IS_LOST) {
        goesOn.accept(message.envelope());
        return;
      }
      switch (client.results.getFirst()) {
        case EarlyResult.GoesOn(var rest) -> goesOn.accept(rest);
        case EarlyResult.NotTried _ -> goesOn.accept(message.envelope());
        case EarlyResult.Delivered _, EarlyResult.Refused _, EarlyResult.TryLater _ ->
            edge = Edge.ANSWERED;
      }
    }
  }

  private static boolean goes(PlayedHops.Hop hop) {
    return hop.part != null && hop.part.hasGone;
  }

  void check() {
    assertThat(client.results).as("answers").hasSize(isLost ? 0 : 1);
    assertThat(trials.early.running()).as("attempts that are left").isZero();
    for (PlayedHops.Hop hop : trials.hops.all) {
      assertThat(hop.part != null && hop.part.hasGone && hop.part.isAbandoned).isFalse();
    }
    if (isStranger) {
      assertThat(isRefusedFirst).as("a stranger's message that is refused to some").isFalse();
    }
    Optional<Log> record = Optional.ofNullable(log);
    record.ifPresent(read -> assertThat(read.ends()).as("ends of the record").isEqualTo(1));
    switch (edge) {
      case RECORD_IS_READ -> accepted();
      case ANSWERED -> answered(client.results.getFirst());
      case APPEND_FAILED -> {
        assertThat(withdrawn).as("answers to the withdrawal").isNotEmpty();
        answered(withdrawn.getLast());
      }
      case WAITS, HAS_TO_APPEND, HAS_APPENDED -> throw new AssertionError("the edge " + edge);
    }
  }

  /// Everybody has one copy, is tried again, or is told of; also those of whom only the first
  /// attempt knows, as they are not in the record.
  private void accepted() {
    Log read = Optional.ofNullable(log).orElseThrow();
    for (Recipient recipient : message.envelope().recipients()) {
      String host = recipient.address().domain().text();
      int got = copies.getOrDefault(host, 0);
      boolean isToldOf =
          read.conclusions.stream()
              .flatMap(conclusion -> conclusion.outcomes().stream())
              .anyMatch(outcome -> outcome.recipient().equals(recipient) && !outcome.isServed());
      assertThat(got + (isToldOf ? 1 : 0)).as("copies and notices of " + host).isEqualTo(1);
    }
  }

  private void answered(EarlyResult result) {
    switch (result) {
      case EarlyResult.Delivered(var outcomes) -> {
        assertThat(outcomes).allMatch(RecipientOutcome::isServed);
        names.forEach(host -> assertThat(copies).containsEntry(host, 1));
      }
      case EarlyResult.Refused _ -> assertThat(copies).isEmpty();
      // after a withdrawal some may have it: no other answer is true
      case EarlyResult.TryLater _, EarlyResult.NotTried _ -> {
        if (withdrawn.isEmpty()) {
          assertThat(copies).as("copies of what comes again").isEmpty();
        }
      }
      case EarlyResult.GoesOn _ -> throw new AssertionError("goes on without a queue");
    }
  }

  @Override
  public String toString() {
    return (isStranger ? "stranger " : "own ") + trouble + " " + history + " silent=" + isSilent;
  }
}
