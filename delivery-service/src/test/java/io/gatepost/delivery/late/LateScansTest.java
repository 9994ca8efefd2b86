package io.gatepost.delivery.late;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.delivery.LateScansState;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.delivery.FakeScanning;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.late.LateVerdict.Scope;
import io.gatepost.delivery.transport.AttemptRoom;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class LateScansTest {

  private static final RpcException AWAY = new RpcException(RpcStatus.UNAVAILABLE, "no connection");
  private static final ScanDecision BAD =
      new ScanDecision.Refuse("virus bad: Eicar", Replies.contentRejected("Eicar"));

  private final FakeScanning scanning = new FakeScanning();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final LateBacklog backlog = new LateBacklog();
  private final List<LateVerdict> verdicts = new CopyOnWriteArrayList<>();
  private long now = 1;
  private final LateScans late = scans(Duration.ofSeconds(60));

  @Test
  void soManyAreScannedAtATimeAndTheOthersWaitInTheirOrder() {
    scanning.hang();
    EnvelopeRecord third = message();

    late.scan(message(), verdicts::add);
    late.scan(message(), verdicts::add);
    late.scan(third, verdicts::add);
    scan(3);
    assertThat(scanning.asked).hasSize(2);
    assertThat(gauge("waiting")).isEqualTo(4);
    assertThat(gauge("running")).isEqualTo(2);

    scanning.open.getFirst().tryEmitValue(ScanReport.CLEAN);

    assertThat(scanning.asked).hasSize(3).last().isSameAs(third);
    assertThat(verdicts).singleElement().isInstanceOf(LateVerdict.Clear.class);
  }

  @Test
  void thoseThatAreMoreThanMayWaitArePutOff() {
    scanning.hang();

    scan(2 + 500);
    assertThat(verdicts).isEmpty();
    scan(1);

    assertPutOff(1);
  }

  @Test
  void whereScansAreSlowAHundredWaitAndNoneForLong() {
    scanning.hang();
    scan(2 + 150);

    pass(Duration.ofSeconds(5));
    assertPutOff(50);
    pass(Duration.ofSeconds(26));

    assertPutOff(150);
    assertThat(scanning.asked).hasSize(2);
  }

  @Test
  void whereTheScannersAreAwayNothingIsAskedForAPause() {
    scanning.hang();
    scan(4);
    scanning.fail(AWAY);

    scanning.open.getFirst().tryEmitError(AWAY);
    scan(1);

    assertThat(scanning.asked).hasSize(2);
    assertThat(verdicts)
        .hasSize(4)
        .allSatisfy(verdict ->
            assertThat(verdict)
                .isInstanceOfSatisfying(
                    LateVerdict.Later.class,
                    later -> assertThat(later.scope()).isEqualTo(Scope.ALL)));

    scanning.decide(ScanDecision.CLEAN);
    pass(Duration.ofSeconds(6));
    scan(1);

    assertThat(verdicts).last().isInstanceOf(LateVerdict.Clear.class);
  }

  @Test
  void aMessageThatCannotBeScannedHoldsNoOtherUp() {
    scanning.hang();
    scan(2);
    now++;

    scanning.open.getLast().tryEmitValue(ScanReport.CLEAN);
    scanning.open.getFirst().tryEmitError(AWAY);

    assertThat(verdicts)
        .last()
        .isInstanceOfSatisfying(
            LateVerdict.Later.class, later -> assertThat(later.scope()).isEqualTo(Scope.MESSAGE));
    scan(1);
    assertThat(scanning.asked).hasSize(3);
  }

  @Test
  void aScanThatHangsEnds() {
    scanning.hang();
    LateScans impatient = scans(Duration.ofMillis(50));

    impatient.scan(message(), verdicts::add);

    await().atMost(Duration.ofSeconds(20)).until(() -> !verdicts.isEmpty());
    assertThat(verdicts)
        .singleElement()
        .isInstanceOfSatisfying(
            LateVerdict.Later.class,
            later -> assertThat(later.reason()).isEqualTo(Reason.SERVICE_UNAVAILABLE));
  }

  @Test
  void scansThatEndAtOnceFollowOneAnotherAndAreNotNested() {
    scanning.hang();
    scan(2 + 500);
    scanning.decide(ScanDecision.CLEAN);

    scanning.open.getFirst().tryEmitValue(ScanReport.CLEAN);

    assertThat(verdicts).hasSize(501);
  }

  @Test
  void whoeverStopsBeginsNoMore() {
    scanning.hang();
    scan(3);

    late.stopAccepting();
    scanning.open.getFirst().tryEmitValue(ScanReport.CLEAN);
    scan(1);
    pass(Duration.ofSeconds(60));

    assertThat(scanning.asked).hasSize(2);
    assertThat(verdicts).hasSize(1);
  }

  @Test
  void theBacklogIsWhatStillOwesItsScanWhereverItWaits() {
    EnvelopeRecord message = message();
    scanning.fail(AWAY);

    late.scan(message, verdicts::add);
    late.scan(message, verdicts::add);

    assertThat(backlog.state(Messages.ARRIVED.plusSeconds(90)))
        .isEqualTo(new LateScansState(1, Messages.TEXT.length(), Duration.ofSeconds(90)));
    assertThat(gauge("owed")).isEqualTo(1);

    late.settled(message);

    assertThat(backlog.state(Messages.ARRIVED)).isEqualTo(LateScansState.NONE);
  }

  @Test
  void whatIsAnothersOrHasNotComeByForLongIsNoneOfTheBacklog() {
    scanning.fail(AWAY);
    late.scan(message(), verdicts::add);
    late.keepOnly(Set.of(0));
    assertThat(backlog.state(Messages.ARRIVED).messages()).isEqualTo(1);

    late.keepOnly(Set.of(1));
    assertThat(backlog.state(Messages.ARRIVED)).isEqualTo(LateScansState.NONE);

    late.scan(message(), verdicts::add);
    pass(Duration.ofMinutes(31));
    assertThat(backlog.state(Messages.ARRIVED)).isEqualTo(LateScansState.NONE);
  }

  @Test
  void theOperatorIsToldWhereTooMuchIsFound() {
    scanning.decide(BAD);
    scan(3);
    assertThat(gauge("excess")).isZero();

    scan(1);
    assertThat(gauge("excess")).isEqualTo(1);
    assertThat(count("refused")).isEqualTo(4);

    now += Duration.ofMinutes(61).toNanos();
    assertThat(gauge("excess")).isZero();
  }

  private LateScans scans(Duration timeout) {
    return new LateScans(
        scanning,
        new AttemptRoom(2_000),
        new LateScans.Settings(2, 500, timeout, Duration.ofSeconds(5)),
        backlog,
        new LateMeters(meters, 3, () -> now),
        () -> Messages.ARRIVED,
        () -> now);
  }

  private void scan(int messages) {
    for (int i = 0; i < messages; i++) {
      late.scan(message(), verdicts::add);
    }
  }

  private static EnvelopeRecord message() {
    return Messages.owing(Origin.INTERNAL, Messages.to(recipient("ann@here.example")));
  }

  private void pass(Duration time) {
    now += time.toNanos();
    late.look();
  }

  private void assertPutOff(int messages) {
    assertThat(verdicts)
        .hasSize(messages)
        .allSatisfy(verdict ->
            assertThat(verdict)
                .isInstanceOfSatisfying(
                    LateVerdict.Later.class,
                    later -> assertThat(later.reason()).isEqualTo(Reason.DESTINATION_BUSY)));
  }

  private double gauge(String name) {
    return meters.get("gatepost.delivery.late." + name).gauge().value();
  }

  private double count(String verdict) {
    return meters.get("gatepost.delivery.late.scans").tag("verdict", verdict).counter().count();
  }
}
