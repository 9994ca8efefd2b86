package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.intake.Deliveries.Run;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Messages that owe a scan, over a real log, and deliveries that are killed on the way.
class LateScanIT extends DeliveriesFixture {

  private static final ScanDecision BAD =
      new ScanDecision.Refuse("virus bad: Eicar", Reply.of(550, "5.7.1", "Eicar found"));

  @Test
  void aScanThatTakesLongDoesNotStopThePartition() {
    deliveries.scanning.hang();
    EnvelopeRecord owing = owing("a@x.test");
    log.append(Topics.READY, owing);
    for (int i = 0; i < 3 * Deliveries.MAX_RUNNING; i++) {
      log.append(Topics.READY, Letters.to("b@x.test"));
    }
    deliveries.start();

    deliveries.awaitCommitted(Topics.READY, 3 * Deliveries.MAX_RUNNING + 1);
    assertThat(transport.attemptsAt(owing)).isZero();
    assertThat(queue.carried)
        .isNotEmpty()
        .allSatisfy(copy -> assertThat(copy.envelope().scan()).isEqualTo(ScanState.OWED));

    deliveries.scanning.open.getFirst().tryEmitValue(ScanReport.CLEAN);

    deliveries.awaitCommitted(Topics.DUE, queue.carried.size());
    assertThat(transport.attemptsAt(owing)).isEqualTo(1);
    assertThat(deliveries.scanning.asked).hasSize(1);
  }

  @Test
  void killedWhileItIsScannedTheNextRunScansAgain() {
    deliveries.scanning.hang();
    EnvelopeRecord owing = owing("a@x.test");
    log.append(Topics.READY, owing);
    Run killed = deliveries.start();
    await().atMost(Deliveries.PATIENCE).until(() -> deliveries.scanning.asked.size() == 1);
    deliveries.stop(killed);

    deliveries.scanning.decide(ScanDecision.CLEAN);
    deliveries.start();

    deliveries.awaitCommitted(Topics.READY, 1);
    assertThat(deliveries.scanning.asked).hasSize(2);
    assertThat(transport.attemptsAt(owing)).isEqualTo(1);
  }

  @Test
  void killedBetweenCopiesNobodyGetsASecondAndTheOthersAreScannedFor() {
    EnvelopeRecord owing = owing("a@x.test", "b@stalled.test");
    log.append(Topics.READY, owing);
    Run killed = deliveries.start();
    await().atMost(Deliveries.PATIENCE).until(() -> transport.isStalled(owing));
    await().atMost(Deliveries.PATIENCE).until(() -> !log.outcomes().isEmpty());
    deliveries.stop(killed);

    deliveries.scanning.decide(BAD);
    deliveries.start();

    deliveries.awaitCommitted(Topics.READY, 1);
    assertThat(transport.attemptsAt(owing)).isEqualTo(2);
    Conclusion conclusion = queue.conclusions.getFirst();
    assertThat(conclusion.retry()).isEmpty();
    assertThat(new String(conclusion.notices().getFirst().content(), StandardCharsets.UTF_8))
        .contains("b@stalled.test", "Eicar found")
        .doesNotContain("a@x.test");
  }

  @Test
  void whereTheScannersAreAwayItGoesBackToTheLogAndStillOwes() {
    deliveries.scanning.fail(new RpcException(RpcStatus.UNAVAILABLE, "no connection"));
    EnvelopeRecord owing = owing("a@x.test");
    log.append(Topics.READY, owing);
    deliveries.start();

    deliveries.awaitCommitted(Topics.READY, 1);

    Conclusion.Retry retry = queue.conclusions.getFirst().retry().orElseThrow();
    assertThat(retry.delay()).isEqualTo(Conclusion.Wait.BUSY);
    assertThat(retry.heldUpBy()).contains("scanner");
    assertThat(retry.replacement().envelope().scan()).isEqualTo(ScanState.OWED);
    assertThat(transport.attempted).isEmpty();
    assertThat(queue.completions).isEmpty();
  }

  private static EnvelopeRecord owing(String... recipients) {
    return Messages.owing(Origin.INTERNAL, Letters.to(recipients));
  }
}
