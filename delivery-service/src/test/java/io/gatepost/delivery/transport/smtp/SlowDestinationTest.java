package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.Messages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowDestinationTest {

  private static final List<NextHop> HOPS = List.of(new NextHop("a.example", "192.0.2.1", 25));

  private static final Reply NO = Reply.of(451, "4.4.2", "no greeting");

  private final List<RecipientOutcome> outcomes = new ArrayList<>();
  private long now;
  private final SmtpDestination destination =
      new SmtpDestination(
          new Destination.Smtp("smtp:slow", HOPS),
          new SmtpDestination.Limits(2, 1000, Duration.ofSeconds(5).toNanos()),
          (any, hops) -> {},
          () -> now);

  @Test
  void aBurstFillsTheQueue() {
    submit(1000);

    assertThat(outcomes).isEmpty();
  }

  @Test
  void whereTheFirstHasWaitedForLongAHundredMayWait() {
    submit(120);
    pass(Duration.ofSeconds(3));

    submit(1);

    assertThat(reasons()).containsExactly(Reason.DESTINATION_BUSY);
    assertThat(destination.state().waiting()).isEqualTo(120);
  }

  @Test
  void aSlowHostKeepsAHundredWaiting() {
    submit(50);
    pass(Duration.ofSeconds(3));

    submit(60);

    assertThat(destination.state().waiting()).isEqualTo(100);
    assertThat(reasons()).hasSize(10).containsOnly(Reason.DESTINATION_BUSY);
  }

  @Test
  void aHostThatHasStoppedIsAsGoodAsUnreachableAndSoIsWhatWaitsForIt() {
    useAllConnections();
    submit(3);
    pass(Duration.ofSeconds(31));

    submit(1);

    assertThat(reasons()).hasSize(4).containsOnly(Reason.UNREACHABLE);
    assertThat(destination.state().waiting()).isZero();
  }

  @Test
  void thatAHostHasStoppedIsNoticedWithoutNewMailForIt() {
    useAllConnections();
    submit(3);
    pass(Duration.ofSeconds(30));
    destination.look();
    assertThat(outcomes).isEmpty();

    pass(Duration.ofSeconds(1));
    destination.look();

    assertThat(reasons()).hasSize(3).containsOnly(Reason.UNREACHABLE);
    assertThat(destination.state().waiting()).isZero();
  }

  @Test
  void aHostThatStillTakesMailHasNotStopped() {
    useAllConnections();
    submit(3);
    pass(Duration.ofSeconds(20));
    destination.next();
    pass(Duration.ofSeconds(20));

    submit(1);

    assertThat(outcomes).isEmpty();
  }

  @Test
  void aHostThatGoesOnIsGivenMailAgain() {
    useAllConnections();
    pass(Duration.ofSeconds(31));
    submit(1);
    outcomes.clear();
    destination.idle(new Lane());

    submit(1);

    assertThat(outcomes).isEmpty();
  }

  @Test
  void aHostThatAcceptsConnectionsAndSaysNothingIsAsGoodAsUnreachable() {
    submit(3);
    pass(Duration.ofSeconds(31));

    submit(1);

    assertThat(reasons()).hasSize(4).containsOnly(Reason.UNREACHABLE);
  }

  @Test
  void afterThePauseItGetsLittleTime() {
    submit(3);
    pass(Duration.ofSeconds(31));
    submit(1);
    outcomes.clear();

    pass(Duration.ofSeconds(6)); // none of its connections has been greeted
    submit(1);
    assertThat(reasons()).containsExactly(Reason.UNREACHABLE);
    outcomes.clear();
    destination.unreachable(Reason.UNREACHABLE, NO);
    destination.unreachable(Reason.UNREACHABLE, NO);
    pass(Duration.ofSeconds(6)); // and now two others are dialled
    submit(3);
    assertThat(outcomes).isEmpty();
    pass(Duration.ofSeconds(3));
    submit(1);

    assertThat(reasons()).hasSize(4).containsOnly(Reason.UNREACHABLE);
  }

  @Test
  void aBurstAfterALongRestIsNoStall() {
    pass(Duration.ofMinutes(10));

    submit(10);

    assertThat(outcomes).isEmpty();
  }

  private void useAllConnections() {
    submit(2);
    destination.connected();
    destination.connected();
    destination.next();
    destination.next();
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private void submit(int count) {
    for (int i = 0; i < count; i++) {
      var message = Messages.to(recipient("ann@dest.example"));
      destination.submit(
          SmtpJob.of(message, message.envelope().recipients(), outcomes::addAll), HOPS);
    }
  }

  private List<Reason> reasons() {
    return outcomes.stream()
        .map(outcome -> ((RecipientOutcome.Deferred) outcome).reason())
        .toList();
  }

  private static final class Lane implements SmtpDestination.Lane {
    @Override
    public void assign(SmtpJob job) {}

    @Override
    public void quit() {}
  }
}
