package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.Messages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlowDestinationTest {

  private static final ProbeQueue.Limits PROBES = new ProbeQueue.Limits(50, 100, 10, 1_000);

  private static final List<NextHop> HOPS = List.of(new NextHop("a.example", "192.0.2.1", 25));

  private static final Reply NO = Reply.of(451, "4.4.2", "no greeting");

  private final List<RecipientOutcome> outcomes = new ArrayList<>();
  private int share = 2_000;
  private long now;
  private final SmtpDestination destination =
      new SmtpDestination(
          new Destination.Smtp("smtp:slow", HOPS),
          new SmtpDestination.Limits(2, 1000, Duration.ofSeconds(5).toNanos(), PROBES),
          (any, hops) -> {},
          () -> share,
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
    destination.nextMail();
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
    destination.idle(new FakeLane());

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
    destination.unreachable(new HopFailure.Unreachable(NO));
    destination.unreachable(new HopFailure.Unreachable(NO));
    pass(Duration.ofSeconds(6)); // and now two others are dialled
    submit(3);
    assertThat(outcomes).isEmpty();
    pass(Duration.ofSeconds(3));
    submit(1);

    assertThat(reasons()).hasSize(4).containsOnly(Reason.UNREACHABLE);
  }

  @Test
  void aHostThatHangsInItsOneConnectionAndRefusesOthersHasStopped() {
    AtomicInteger dials = new AtomicInteger();
    SmtpDestination hanging =
        new SmtpDestination(
            new Destination.Smtp("smtp:hanging", HOPS),
            new SmtpDestination.Limits(20, 1000, Duration.ofSeconds(5).toNanos(), PROBES),
            (any, hops) -> {
              if (dials.incrementAndGet() > 1) {
                any.unreachable(
                    new HopFailure.Refusal(
                        HOPS.getFirst(),
                        Stage.GREETING,
                        Reason.NEXT_HOP_DEFERRED,
                        Reply.of(421, "4.3.2", "too busy")));
              }
            },
            () -> share,
            () -> now);
    submit(hanging, 1);
    hanging.connected();
    hanging.next();
    submit(hanging, 49);
    int before = dials.get();

    for (int second = 0; second < 30; second++) {
      pass(Duration.ofSeconds(1));
      hanging.look();
    }
    assertThat(outcomes).isEmpty();
    assertThat(dials).as("dialled again after each pause").hasValueGreaterThan(before);
    pass(Duration.ofSeconds(1));
    hanging.look();

    assertThat(reasons()).hasSize(49).containsOnly(Reason.UNREACHABLE);
    assertThat(hanging.state().waiting()).isZero();
  }

  @Test
  void aMessageOnItsWayDoesNotMakeItsHostAStoppedOne() {
    submit(1);
    destination.connected();
    destination.nextMail();
    pass(Duration.ofMinutes(3));

    submit(1);
    destination.look();

    assertThat(outcomes).isEmpty();
  }

  @Test
  void ofABurstForASlowHostAllButAHundredArePutOff() {
    useAllConnections();
    submit(500);
    pass(Duration.ofSeconds(3));
    destination.nextMail();
    destination.look();
    assertThat(outcomes).isEmpty();

    pass(Duration.ofSeconds(1));
    destination.look();

    assertThat(reasons()).hasSize(399).containsOnly(Reason.DESTINATION_BUSY);
    assertThat(destination.state().waiting()).isEqualTo(100);
  }

  @Test
  void ofAHostThatTakesManyASecondAsManyMayWaitAsItTakesInTwo() {
    useAllConnections();
    submit(1000);

    for (int second = 0; second < 4; second++) {
      pass(Duration.ofSeconds(1));
      for (int taken = 0; taken < 150; taken++) {
        destination.nextMail();
      }
      destination.look();
    }

    assertThat(reasons()).hasSize(100).containsOnly(Reason.DESTINATION_BUSY);
    assertThat(destination.state().waiting()).isEqualTo(300);
  }

  @Test
  void aSlowHostHasNoMoreThanItsShareOfTheRoom() {
    useAllConnections();
    submit(50);
    share = 10;
    pass(Duration.ofSeconds(4));
    destination.look();
    assertThat(reasons()).hasSize(40).containsOnly(Reason.DESTINATION_BUSY);

    submit(1);

    assertThat(reasons()).hasSize(41);
  }

  @Test
  void whereTheRoomIsUsedUpASlowHostIsNotBorneWith() {
    useAllConnections();
    submit(50);
    share = 0;
    pass(Duration.ofSeconds(2));

    destination.look();

    assertThat(reasons()).hasSize(49).containsOnly(Reason.DESTINATION_BUSY);
  }

  @Test
  void aHostThatWasSlowGetsABurstOnlyOnceItHasCaughtUp() {
    useAllConnections();
    submit(200);
    pass(Duration.ofSeconds(4));
    destination.look();
    while (destination.nextMail().isPresent()) {}
    outcomes.clear();

    submit(101);
    assertThat(reasons()).containsExactly(Reason.DESTINATION_BUSY);
    while (destination.nextMail().isPresent()) {}
    destination.idle(new FakeLane());
    outcomes.clear();
    submit(101);

    assertThat(outcomes).isEmpty();
  }

  @Test
  void nothingWaitsForLongerThanHalfAMinute() {
    useAllConnections();
    submit(3);
    pass(Duration.ofSeconds(20));
    destination.nextMail();
    submit(1);
    pass(Duration.ofSeconds(11));

    destination.look();

    assertThat(reasons()).hasSize(2).containsOnly(Reason.DESTINATION_BUSY);
    assertThat(destination.state().waiting()).isEqualTo(1);
  }

  @Test
  void aMessageOfWhichTransactionsFollowEachOtherForHalfAnHourIsPutOff() {
    submit(1);
    destination.connected();
    SmtpJob job = destination.nextMail().orElseThrow();
    pass(Duration.ofMinutes(31));

    destination.putBack(job);

    assertThat(reasons()).containsExactly(Reason.DESTINATION_BUSY);
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
    destination.nextMail();
    destination.nextMail();
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private void submit(int count) {
    submit(destination, count);
  }

  private void submit(SmtpDestination to, int count) {
    for (int i = 0; i < count; i++) {
      var message = Messages.to(recipient("ann@dest.example"));
      to.submit(SmtpJob.of(message, message.envelope().recipients(), now, outcomes::addAll), HOPS);
    }
  }

  private List<Reason> reasons() {
    return outcomes.stream()
        .map(outcome -> ((RecipientOutcome.Deferred) outcome).reason())
        .toList();
  }

  private static final class FakeLane implements Lane {
    @Override
    public void assign(Work work) {}

    @Override
    public boolean isHere() {
      return false;
    }

    @Override
    public void quit() {}
  }
}
