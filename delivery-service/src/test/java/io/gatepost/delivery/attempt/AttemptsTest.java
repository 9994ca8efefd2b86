package io.gatepost.delivery.attempt;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.Recipient.Standing;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.delivery.FakeQueue;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.Transport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class AttemptsTest {

  private static final Reply OK = Reply.of(250, "2.0.0", "ok");
  private static final Reply FULL = Reply.of(452, "4.2.2", "mailbox full");
  private static final Reply NO_USER = Reply.of(550, "5.1.1", "no such user");
  private static final Reply NO_DNS = Reply.of(451, "4.4.3", "DNS does not answer");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FakeRouting routing = new FakeRouting();
  private final FakeQueue queue = new FakeQueue();

  /// Users whose mailboxes cannot be written.
  private final Set<String> full = new HashSet<>();

  private final List<String> copies = new ArrayList<>();

  /// What each transaction with another host had.
  private final List<List<String>> relayed = new ArrayList<>();

  private final Gathering end = new Gathering();

  @Test
  void aDeadMemberOfAnAliasGetsNoCopyAndIsCounted() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "gone@here.example"));
    routing.dead.add("gone@here.example");

    start(Messages.to(recipient("staff@here.example")));

    assertThat(copies).containsExactly("alice@here.example");
    assertThat(end.retry()).isEmpty();
    assertThat(count("delivered", "none")).isOne();
    assertThat(count("left_out", Reason.UNKNOWN_USER.label())).isOne();
  }

  @Test
  void aMemberThatIsTriedAgainIsNotExpandedAgain() {
    routing.aliases.put("alice@here.example", List.of("alice@here.example", "bob@here.example"));
    full.add("alice");

    start(Messages.to(recipient("alice@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    start(second);
    full.clear();
    start(end.retry().orElseThrow());

    assertThat(copies).containsExactly("bob@here.example", "alice@here.example");
    assertThat(second.envelope().recipients())
        .containsExactly(
            new Recipient(
                ForwardPath.of("alice@here.example"),
                ForwardPath.of("alice@here.example"),
                recipient("alice@here.example").dsn(),
                Standing.REMAINDER));
  }

  @Test
  void anAddressThatIsNoAliasStaysOpenToOne() {
    full.add("alice");

    start(Messages.to(recipient("alice@here.example")));

    assertThat(end.retry().orElseThrow().envelope().recipients())
        .extracting(Recipient::standing)
        .containsExactly(Standing.GIVEN);
  }

  @Test
  void aMemberThatCannotBeToldWaitsAndTheOthersDoNot() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "eve@slow.example"));
    routing.undecided.add("eve@slow.example");

    start(Messages.to(recipient("staff@here.example")));

    assertThat(copies).containsExactly("alice@here.example");
    assertThat(end.outcomes)
        .filteredOn(RecipientOutcome.Deferred.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> {
              assertThat(deferred.recipient().address()).hasToString("eve@slow.example");
              assertThat(deferred.recipient().original()).hasToString("staff@here.example");
              assertThat(deferred.reason()).isEqualTo(Reason.DNS_UNAVAILABLE);
              assertThat(deferred.reply()).isEqualTo(NO_DNS);
            });
    assertThat(end.retry().orElseThrow().envelope().recipients())
        .extracting(Recipient::standing)
        .containsExactly(Standing.REMAINDER);
  }

  @Test
  void aMemberThatDiesBehindTheOthersCopiesIsLeftOutAndTheMessageEnds() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "eve@slow.example"));
    routing.undecided.add("eve@slow.example");
    start(Messages.to(recipient("staff@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    routing.dead.add("eve@slow.example");

    start(second);

    assertThat(end.ended).isTrue();
    assertThat(end.outcomes).isEmpty();
    assertThat(end.retry()).isEmpty();
    assertThat(count("left_out", Reason.UNKNOWN_USER.label())).isOne();
  }

  @Test
  void whereNoMemberHasACopyTheLastThatDiesIsTheSendersToKnow() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "bob@here.example"));
    full.addAll(List.of("alice", "bob"));
    start(Messages.to(recipient("staff@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    routing.dead.add("alice@here.example");

    start(second);
    EnvelopeRecord third = end.retry().orElseThrow();
    routing.dead.add("bob@here.example");
    start(third);

    assertThat(second.envelope().recipients())
        .extracting(Recipient::standing)
        .containsExactly(Standing.MEMBER, Standing.MEMBER);
    assertThat(third.envelope().recipients()).hasSize(1);
    assertThat(end.outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Failed.class,
            failed -> {
              assertThat(failed.recipient().address()).hasToString("bob@here.example");
              assertThat(failed.reply()).isEqualTo(NO_USER);
            });
    assertThat(end.notices).hasSize(1);
  }

  @Test
  void membersThatDieTogetherAreTheSendersToKnow() {
    routing.aliases.put("info@here.example", List.of("alice@here.example", "bob@here.example"));
    full.addAll(List.of("alice", "bob"));
    start(Messages.to(recipient("info@here.example")));
    routing.dead.addAll(List.of("alice@here.example", "bob@here.example"));

    start(end.retry().orElseThrow());

    assertThat(end.outcomes).hasSize(2).allMatch(RecipientOutcome.Failed.class::isInstance);
    assertThat(end.retry()).isEmpty();
  }

  @Test
  void whoIsGivenBesideAnAliasIsNoMemberOfIt() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "bob@here.example"));
    full.add("bob");

    start(Messages.to(recipient("staff@here.example"), recipient("bob@here.example")));

    assertThat(copies).containsExactly("alice@here.example");
    assertThat(end.retry().orElseThrow().envelope().recipients())
        .containsExactly(recipient("bob@here.example"));
  }

  @Test
  void aMemberThatThisGenerationHasServedIsNotAskedAboutAgain() {
    routing.aliases.put("staff@here.example", List.of("alice@here.example", "bob@here.example"));
    full.addAll(List.of("alice", "bob"));
    start(Messages.to(recipient("staff@here.example")));
    EnvelopeRecord second = end.retry().orElseThrow();
    routing.dead.add("alice@here.example");
    end.clear();

    start(second, second.envelope().recipients().getFirst());

    assertThat(end.outcomes).hasSize(1);
    assertThat(end.retry().orElseThrow().envelope().recipients())
        .extracting(Recipient::standing)
        .containsExactly(Standing.REMAINDER);
  }

  @Test
  void whoWasReachedInAnEarlierRunIsNotDeferredWhereRoutingCannotTell() {
    Recipient alice = recipient("alice@here.example");
    routing.undecided.addAll(List.of("alice@here.example", "bob@here.example"));

    start(Messages.to(alice, recipient("bob@here.example")), alice);

    assertThat(end.retry().orElseThrow().envelope().recipients())
        .containsExactly(recipient("bob@here.example"));
  }

  @Test
  void whoWasReachedInAnEarlierRunIsNotReportedWhereRoutingRefuses() {
    Recipient alice = recipient("alice@here.example");
    routing.dead.add("alice@here.example");

    start(Messages.to(alice), alice);

    assertThat(end.ended).isTrue();
    assertThat(end.outcomes).isEmpty();
    assertThat(end.notices).isEmpty();
  }

  @Test
  void anAliasOfWhichAMemberWasReachedWaitsUntilRoutingCanTell() {
    VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    try {
      Recipient staff = recipient("staff@here.example");
      routing.aliases.put("staff@here.example", List.of("alice@here.example", "bob@here.example"));
      routing.undecided.addAll(List.of("alice@here.example", "bob@here.example"));
      start(Messages.to(staff), staff.member(ForwardPath.of("alice@here.example")));
      time.advanceTimeBy(Duration.ofMinutes(1));
      assertThat(end.ended).isFalse();

      routing.undecided.clear();
      time.advanceTimeBy(Duration.ofSeconds(5));

      assertThat(copies).containsExactly("bob@here.example");
      assertThat(end.ended).isTrue();
    } finally {
      VirtualTimeScheduler.reset();
    }
  }

  @Test
  void hostsInAnotherOrderAreTheSameDestination() {
    routing.aliases.put("one@here.example", List.of("bob@far.example"));
    routing.aliases.put("two@here.example", List.of("bob@far.example", "eve@far.example"));

    start(Messages.to(recipient("one@here.example"), recipient("two@here.example")));

    assertThat(relayed).containsExactly(List.of("bob@far.example", "eve@far.example"));
  }

  @Test
  void aNoticeHasTheHeaderOfContentThatLiesInTheStore() {
    String content = "Subject: large\r\n\r\n" + "x".repeat(70) + "\r\n";
    byte[] octets = content.getBytes(StandardCharsets.US_ASCII);
    EnvelopeRecord message = Messages.stored(octets, recipient("gone@here.example"));
    queue.put(message, octets);
    routing.dead.add("gone@here.example");

    start(message);

    assertThat(end.notice()).contains("Subject: large\r\n").doesNotContain("xxxxx");
  }

  @Test
  void aNoticeGoesWithoutTheHeaderWhereTheStoreDoesNotAnswer() {
    EnvelopeRecord message = Messages.stored(new byte[10], recipient("gone@here.example"));
    routing.dead.add("gone@here.example");

    start(message);

    assertThat(end.notice()).contains("gone@here.example");
  }

  @Test
  void onlySoManyAreTriedAtOnce() {
    for (String alias : List.of("one", "two", "three")) {
      routing.aliases.put(
          alias + "@here.example",
          IntStream.range(0, 900).mapToObj(i -> alias + i + "@here.example").toList());
    }

    start(
        Messages.to(
            recipient("one@here.example"),
            recipient("two@here.example"),
            recipient("three@here.example")));
    assertThat(copies).hasSize(1800);
    start(end.retry().orElseThrow());

    assertThat(copies).hasSize(2700).doesNotHaveDuplicates();
    assertThat(end.retry()).isEmpty();
  }

  private void start(EnvelopeRecord message, Recipient... reached) {
    end.clear();
    attempts().start(message, Set.of(reached), end);
  }

  private Attempts attempts() {
    Transport<Destination.Smtp> smtp =
        (message, recipients, host, done) -> {
          relayed.add(recipients.stream().map(each -> each.address().toString()).toList());
          done.accept(
              recipients.stream()
                  .map(each ->
                      (RecipientOutcome) new RecipientOutcome.Delivered(each, host.name(), OK))
                  .toList());
        };
    Transport<Destination.Mailbox> mailboxes =
        (message, recipients, mailbox, done) ->
            done.accept(recipients.stream().map(each -> file(each, mailbox)).toList());
    return new Attempts(
        routing,
        smtp,
        mailboxes,
        queue,
        Duration.ofDays(5),
        Duration.ofHours(4),
        "mta.example",
        InstantSource.fixed(Messages.ARRIVED.plusSeconds(60)),
        new AttemptMeters(meters));
  }

  private RecipientOutcome file(Recipient recipient, Destination.Mailbox mailbox) {
    if (full.contains(mailbox.user())) {
      return new RecipientOutcome.Deferred(recipient, Reason.MAILBOX_UNAVAILABLE, FULL);
    }
    copies.add(recipient.address().toString());
    return new RecipientOutcome.Delivered(recipient, mailbox.name(), OK);
  }

  private double count(String result, String reason) {
    return meters
        .get("gatepost.delivery.outcomes")
        .tags("result", result, "reason", reason)
        .counter()
        .count();
  }

  /// Aliases of one level, and mailboxes.
  private static final class FakeRouting implements Routing {

    private final Map<String, List<String>> aliases = new HashMap<>();
    private final Set<String> dead = new HashSet<>();
    private final Set<String> undecided = new HashSet<>();
    private final List<NextHop> exchangers =
        new ArrayList<>(
            List.of(
                new NextHop("one.far.example", "192.0.2.1", 25),
                new NextHop("two.far.example", "192.0.2.2", 25)));

    @Override
    public Mono<RouteAnswer> route(RouteRequest request) {
      String address = request.recipient().toString();
      List<String> targets =
          request.skip().isPresent()
              ? List.of(address)
              : aliases.getOrDefault(address, List.of(address));
      List<RouteAnswer.Leg> legs = new ArrayList<>();
      List<RouteAnswer.DeadLeg> refused = new ArrayList<>();
      List<RouteAnswer.UndecidedLeg> later = new ArrayList<>();
      for (String target : targets) {
        ForwardPath path = ForwardPath.of(target);
        if (dead.contains(target)) {
          refused.add(new RouteAnswer.DeadLeg(path, Reason.UNKNOWN_USER, NO_USER));
        } else if (undecided.contains(target)) {
          later.add(new RouteAnswer.UndecidedLeg(path, Reason.DNS_UNAVAILABLE, NO_DNS));
        } else {
          legs.add(new RouteAnswer.Leg(path, destination(path)));
        }
      }
      if (!legs.isEmpty()) {
        return Mono.just(new RouteAnswer.Resolved(legs, refused, later));
      }
      return Mono.just(
          later.isEmpty()
              ? new RouteAnswer.Refused(Reason.UNKNOWN_USER, NO_USER)
              : new RouteAnswer.TryLater(Reason.DNS_UNAVAILABLE, NO_DNS));
    }

    /// The hosts of far.example are of one preference, and come in another order each time.
    private Destination destination(ForwardPath path) {
      if (!path.domain().text().equals("far.example")) {
        return new Destination.Mailbox(path.localPart().text(), path.domain());
      }
      Collections.rotate(exchangers, 1);
      return new Destination.Smtp("mx:far.example", Optional.of(path.domain()), exchangers);
    }

    @Override
    public Mono<RouteExplanation> explain(RouteRequest request) {
      throw new AssertionError("not asked for");
    }
  }

  private static final class Gathering implements AttemptSink {

    private final List<RecipientOutcome> outcomes = new ArrayList<>();
    private Optional<Conclusion.Retry> retry = Optional.empty();
    private List<EnvelopeRecord> notices = List.of();
    private boolean ended;

    Optional<EnvelopeRecord> retry() {
      return retry.map(Conclusion.Retry::replacement);
    }

    String notice() {
      assertThat(notices).hasSize(1);
      return new String(notices.getFirst().content(), StandardCharsets.UTF_8);
    }

    void clear() {
      outcomes.clear();
      retry = Optional.empty();
      notices = List.of();
      ended = false;
    }

    @Override
    public void progress(List<RecipientOutcome> delivered) {}

    @Override
    public void delivered(List<RecipientOutcome> all) {
      outcomes.addAll(all);
      ended = true;
    }

    @Override
    public void leftover(Conclusion conclusion) {
      outcomes.addAll(conclusion.outcomes());
      retry = conclusion.retry();
      notices = conclusion.notices();
      ended = true;
    }
  }
}
