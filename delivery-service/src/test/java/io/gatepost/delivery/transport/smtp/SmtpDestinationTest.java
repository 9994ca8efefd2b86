package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.Messages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmtpDestinationTest {

  private static final ProbeQueue.Limits PROBES = new ProbeQueue.Limits(50, 100, 10, 1_000);

  private static final NextHop FIRST = new NextHop("a.example", "192.0.2.1", 25);
  private static final NextHop SECOND = new NextHop("b.example", "192.0.2.2", 25);
  private static final List<NextHop> HOPS = List.of(FIRST, SECOND);
  private static final Reply NO = Reply.of(451, "4.4.1", "no");
  private static final Reply OK = Reply.of(250, "2.0.0", "ok");

  private final List<List<NextHop>> dials = new ArrayList<>();
  private final List<RecipientOutcome> outcomes = new ArrayList<>();
  private long now;
  private final SmtpDestination destination =
      new SmtpDestination(
          new Destination.Smtp("smtp:test", HOPS),
          new SmtpDestination.Limits(3, 5, 100, PROBES),
          (any, hops) -> dials.add(hops),
          () -> 2_000,
          () -> now);

  @Test
  void theFirstMessageDialsAndTheNextOnesUpToTheLimit() {
    submit(5);

    assertThat(dials).hasSize(3).allMatch(HOPS::equals);
    assertThat(destination.state())
        .isEqualTo(new DestinationState("smtp:test", 0, 5, 0, 0, 0, false));
  }

  @Test
  void beyondWhatMayWaitTheDestinationIsBusy() {
    submit(6);

    assertThat(reasons()).containsExactly(Reason.DESTINATION_BUSY);
  }

  @Test
  void anIdleConnectionIsUsedBeforeAnotherIsDialled() {
    FakeLane lane = connect();
    destination.idle(lane);

    submit(1);

    assertThat(lane.jobs).hasSize(1);
    assertThat(dials).hasSize(1);
  }

  @Test
  void ofIdleConnectionsOneOfTheSameThreadIsUsedElseTheOneThatWasUsedLast() {
    FakeLane here = connect();
    FakeLane last = new FakeLane();
    destination.idle(here);
    destination.idle(last);
    here.isHere = true;

    submit(2);

    assertThat(here.jobs).hasSize(1);
    assertThat(last.jobs).hasSize(1);
    destination.idle(here);
    destination.idle(last);
    here.isHere = false;
    submit(1);
    assertThat(last.jobs).hasSize(2);
  }

  @Test
  void whatWaitsIsDeferredWhereNothingCanBeReachedAndSoIsWhatComesInThePause() {
    submit(1);

    destination.unreachable(new HopFailure.Unreachable(NO));
    submit(1);

    assertThat(reasons()).containsExactly(Reason.UNREACHABLE, Reason.UNREACHABLE);
    assertThat(dials).hasSize(1);
  }

  @Test
  void afterThePauseItIsTriedAgain() {
    submit(1);
    destination.unreachable(new HopFailure.Unreachable(NO));

    now = 100;
    submit(1);

    assertThat(dials).hasSize(2);
  }

  @Test
  void oneOfSeveralDialsThatFailsDefersNothing() {
    submit(2);

    destination.unreachable(new HopFailure.Unreachable(NO));
    assertThat(outcomes).isEmpty();
    destination.connected();

    assertThat(destination.nextMail()).isPresent();
  }

  @Test
  void theLastOfSeveralDialsThatFailDefersAll() {
    submit(2);

    destination.unreachable(new HopFailure.Unreachable(NO));
    destination.unreachable(
        new HopFailure.Refusal(FIRST, Stage.GREETING, Reason.NEXT_HOP_DEFERRED, NO));

    assertThat(reasons()).containsExactly(Reason.NEXT_HOP_DEFERRED, Reason.NEXT_HOP_DEFERRED);
  }

  @Test
  void aHostThatRefusesMoreConnectionsIsNotDialledForEveryMessage() {
    connect();
    submit(1);
    destination.unreachable(
        new HopFailure.Refusal(FIRST, Stage.GREETING, Reason.NEXT_HOP_DEFERRED, NO));
    int before = dials.size();

    submit(3);
    assertThat(dials).hasSize(before);
    now = 100;
    submit(1);

    assertThat(dials).hasSizeGreaterThan(before);
    assertThat(outcomes).isEmpty();
  }

  @Test
  void aHopThatFailedComesAfterTheOthersForAWhile() {
    destination.avoid(FIRST);
    submit(1);
    destination.connected();
    assertThat(destination.nextMail()).isPresent();
    now = 100;
    submit(1);

    assertThat(dials).containsExactly(List.of(SECOND, FIRST), HOPS);
  }

  @Test
  void alternativesAreHopsThatHaveNotFailed() {
    assertThat(destination.hasAlternative(FIRST)).isTrue();
    destination.avoid(SECOND);
    assertThat(destination.hasAlternative(FIRST)).isFalse();
  }

  @Test
  void whatAConnectionPutsBackGetsAnotherWhenItEnds() {
    FakeLane lane = connect();
    SmtpJob job = job();

    destination.putBack(job);
    destination.closed(lane);

    assertThat(dials).hasSize(2);
    assertThat(destination.nextMail()).contains(job);
  }

  @Test
  void whatAConnectionPutsBackGoesToOneThatIsIdle() {
    FakeLane broken = connect();
    FakeLane idle = connect();
    destination.idle(idle);

    destination.putBack(job());
    destination.closed(broken);

    assertThat(idle.jobs).hasSize(1);
  }

  @Test
  void aMessageThatCameTooLateForAConnectionIsServedByAnother() {
    FakeLane lane = connect();
    destination.closed(lane);

    destination.resubmit(job().againAfterStale());

    assertThat(dials).hasSize(2);
  }

  @Test
  void aMessageUnderWhichConnectionsBreakIsGivenUp() {
    destination.resubmit(job().again().again().again());

    assertThat(reasons()).containsExactly(Reason.CONNECTION_LOST);
  }

  @Test
  void aConnectionIsNotIdleWhileSomethingWaits() {
    FakeLane lane = connect();
    submit(1);

    assertThat(destination.idle(lane)).isFalse();
  }

  @Test
  void aConnectionThatWasJustGivenAMessageCannotBeWithdrawn() {
    FakeLane lane = connect();
    destination.idle(lane);
    submit(1);

    assertThat(destination.withdraw(lane)).isFalse();
  }

  @Test
  void drainedConnectionsAreNotCountedAndNotUsed() {
    FakeLane lane = connect();
    destination.idle(lane);

    assertThat(destination.drainIdle()).containsExactly(lane);
    submit(1);

    assertThat(lane.jobs).isEmpty();
    assertThat(dials).hasSize(2);
  }

  @Test
  void beforeAStopNothingMoreIsBegun() {
    FakeLane lane = connect();
    submit(3);

    destination.stopAccepting();

    assertThat(destination.nextMail()).isEmpty();
    assertThat(destination.idle(lane)).isTrue();
    int dialled = dials.size();
    submit(1);
    destination.closed(lane);
    assertThat(dials).hasSize(dialled);
    assertThat(lane.jobs).isEmpty();
    assertThat(outcomes).isEmpty();
  }

  @Test
  void onlyWhatHoldsNothingIsForgottenAndThenTakesNothing() {
    FakeLane lane = connect();
    assertThat(destination.forget()).isFalse();
    destination.closed(lane);
    assertThat(destination.forget()).isTrue();

    assertThat(destination.submit(job(), HOPS)).isFalse();
  }

  @Test
  void manyThatWaitForAQuickHostDoNotMakeItBusy() {
    SmtpDestination quick =
        new SmtpDestination(
            new Destination.Smtp("smtp:quick", HOPS),
            new SmtpDestination.Limits(2, 1_000, 100, PROBES),
            (any, hops) -> {},
            () -> 2_000,
            () -> now);
    for (int i = 0; i < 19; i++) {
      quick.submit(job(), HOPS);
    }
    assertThat(quick.against()).isEmpty();

    quick.submit(job(), HOPS);
    assertThat(quick.against()).contains(Why.BUSY);
    quick.nextMail();
    assertThat(quick.against()).isEmpty();

    now += Duration.ofSeconds(2).toNanos();
    assertThat(quick.against()).contains(Why.BUSY);
  }

  @Test
  void whoMayNotWaitIsToldWhy() {
    submit(5);
    assertThat(destination.against()).contains(Why.BUSY);

    for (int i = 0; i < 3; i++) {
      destination.unreachable(new HopFailure.Unreachable(NO));
    }
    assertThat(destination.against()).contains(Why.UNREACHABLE);
    now += 101;
    assertThat(destination.against()).isEmpty();

    destination.stopAccepting();
    assertThat(destination.against()).contains(Why.STOPPING);
  }

  private FakeLane connect() {
    submit(1);
    destination.connected();
    destination.nextMail().orElseThrow().end("host", Handover.RELAYED, List.of(OK));
    outcomes.clear();
    return new FakeLane();
  }

  private void submit(int count) {
    for (int i = 0; i < count; i++) {
      destination.submit(job(), HOPS);
    }
  }

  private SmtpJob job() {
    var message = Messages.to(recipient("ann@dest.example"));
    return SmtpJob.of(message, message.envelope().recipients(), now, outcomes::addAll);
  }

  private List<Reason> reasons() {
    return outcomes.stream()
        .map(outcome -> ((RecipientOutcome.Deferred) outcome).reason())
        .toList();
  }

  private static final class FakeLane implements Lane {
    private final List<SmtpJob> jobs = new ArrayList<>();

    @Override
    public void assign(Work work) {
      jobs.add((SmtpJob) work);
    }

    private boolean isHere;

    @Override
    public boolean isHere() {
      return isHere;
    }

    @Override
    public void quit() {}
  }
}
