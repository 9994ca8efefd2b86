package io.gatepost.delivery.attempt;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.Transport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class AttemptsTest {

  private static final Reply OK = Reply.of(250, "2.0.0", "ok");
  private static final Reply NO_USER = Reply.of(550, "5.1.1", "no such user");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<RecipientOutcome> outcomes = new ArrayList<>();

  @Test
  void aDeadMemberOfAnAliasGetsNoCopyAndIsCounted() {
    Transport<Destination.Mailbox> mailboxes =
        (message, recipients, mailbox, done) ->
            done.accept(recipients.stream().map(AttemptsTest::delivered).toList());

    attempts(new Staff(), mailboxes)
        .start(Messages.to(recipient("staff@here.example")), Set.of(), new Gathering());

    assertThat(outcomes)
        .extracting(outcome -> outcome.recipient().address().toString())
        .containsExactly("alice@here.example");
    assertThat(count("delivered", "none")).isOne();
    assertThat(count("left_out", Reason.UNKNOWN_USER.label())).isOne();
  }

  private Attempts attempts(Routing routing, Transport<Destination.Mailbox> mailboxes) {
    Transport<Destination.Smtp> smtp =
        (message, recipients, host, done) -> {
          throw new AssertionError("nothing is relayed here");
        };
    return new Attempts(
        routing,
        smtp,
        mailboxes,
        Duration.ofDays(5),
        Duration.ofHours(4),
        "mta.example",
        InstantSource.system(),
        new AttemptMeters(meters));
  }

  private double count(String result, String reason) {
    return meters
        .get("gatepost.delivery.outcomes")
        .tags("result", result, "reason", reason)
        .counter()
        .count();
  }

  private static RecipientOutcome delivered(Recipient recipient) {
    return new RecipientOutcome.Delivered(recipient, "mailbox", OK);
  }

  /// An alias of one who is here and one who has left.
  private static final class Staff implements Routing {

    @Override
    public Mono<RouteAnswer> route(RouteRequest request) {
      ForwardPath alice = ForwardPath.of("alice@here.example");
      return Mono.just(
          new RouteAnswer.Resolved(
              List.of(new RouteAnswer.Leg(alice, new Destination.Mailbox("alice", alice.domain()))),
              List.of(
                  new RouteAnswer.DeadLeg(
                      ForwardPath.of("gone@here.example"), Reason.UNKNOWN_USER, NO_USER))));
    }

    @Override
    public Mono<RouteExplanation> explain(RouteRequest request) {
      throw new AssertionError("not asked for");
    }
  }

  private final class Gathering implements AttemptSink {

    @Override
    public void progress(List<RecipientOutcome> delivered) {
      outcomes.addAll(delivered);
    }

    @Override
    public void delivered(List<RecipientOutcome> all) {
      outcomes.addAll(all);
    }

    @Override
    public void leftover(Conclusion conclusion) {
      throw new AssertionError("nothing is left: " + conclusion);
    }
  }
}
