package io.gatepost.queue.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.QuarantineDetail;
import io.gatepost.contract.queue.QuarantinedMessage.State;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.Messages;
import io.gatepost.queue.log.release.ReleaseLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Messages that are released, and releases that are broken off.
class QuarantineReleaseIT extends QuarantineFixture {

  @Test
  void aReleasedMessageGoesToTheQueueOnceAndLeavesNothingBehind() {
    QueueId id = Messages.id();
    EnvelopeRecord message = Messages.inline(id, TEXT, "bob@dest.example");
    HeaderEdits edits = new HeaderEdits(List.of(HeaderEdit.Insert.onTop("X-Spam", "yes")));
    Envelope envelope = message.envelope().scanned(edits, ScanState.OWED);
    put(new EnvelopeRecord(envelope, message.content()), Finding.of("spam"));
    Instant before = Instant.now();

    operator.release(id).block(PATIENCE);

    Envelope released = released(id);
    assertThat(released.generation()).isEqualTo(1);
    assertThat(released.arrivedAt()).isAfterOrEqualTo(before);
    assertThat(released.recipients()).isEqualTo(envelope.recipients());
    assertThat(released.edits()).isEqualTo(edits);
    assertThat(released.scan()).isEqualTo(ScanState.DONE);
    sweepMail();
    assertThat(contentOnTheLog(released)).isEqualTo(TEXT);
    assertThat(list().messages()).isEmpty();
    assertThat(files(content.resolve("quarantine"))).isZero();
    assertFails(RpcStatus.NOT_FOUND, () -> operator.release(id).block(PATIENCE));
    try (ReleaseLog afterRestart = new ReleaseLog(log.clients())) {
      assertThat(afterRestart.unforgotten()).isEmpty();
    }
    mail.delete(((ContentRef.Stored) released.content()).key()).join();
  }

  /// Killed when the row says that it is to be released, and nothing is on the log.
  @Test
  void aReleaseThatWasBrokenOffBeforeTheLogGoesOn() {
    QueueId id = putOne("bob@dest.example");
    index.set(id, State.RELEASING);
    assertThat(operator.show(id).block(PATIENCE).message().state()).isEqualTo(State.RELEASING);
    assertFails(RpcStatus.NOT_FOUND, () -> operator.delete(id).block(PATIENCE));

    restarted(HeldMessages::finishReleases);

    assertThat(contentOnTheLog(released(id))).isEqualTo(TEXT);
    assertThat(list().messages()).isEmpty();
  }

  @Test
  void whatWasBrokenOffGoesOnByItselfWhenTheDatabaseIsBack() {
    QueueId id = putOne("bob@dest.example");
    index.set(id, State.RELEASING);
    database.stop();
    ReleaseLog releases = new ReleaseLog(log.clients());
    QuarantineCare care =
        new QuarantineCare(
            messages(releases, InstantSource.system()),
            releases,
            process.getBean(QuarantineLimits.class),
            Duration.ofMillis(50));
    care.start();

    database.startAgain();

    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(list().messages()).isEmpty());
    care.stop();
    assertThat(contentOnTheLog(released(id))).isEqualTo(TEXT);
  }

  /// Killed when the message is on the log, and may have been delivered, but the row is there.
  @Test
  void aReleaseThatWasBrokenOffBehindTheLogIsNotRepeated() {
    QueueId id = putOne("bob@dest.example");
    index.set(id, State.RELEASING);
    Envelope envelope = index.find(id).orElseThrow().storedEnvelope();
    try (ReleaseLog killed = new ReleaseLog(log.clients())) {
      killed.release(
          new EnvelopeRecord(envelope.released(Instant.now(), envelope.content()), new byte[0]));
    }

    restarted(HeldMessages::finishReleases);

    assertThat(log.keys(Topics.DUE)).containsExactly(id.text());
    assertThat(list().messages()).isEmpty();
    assertThat(files(content.resolve("quarantine"))).isZero();
    try (ReleaseLog afterRestart = new ReleaseLog(log.clients())) {
      assertThat(afterRestart.unforgotten()).isEmpty();
    }
  }

  /// Killed when the row is gone, and the log still notes the release.
  @Test
  void aReleaseThatIsDoneIsForgottenLater() {
    QueueId id = Messages.id();
    try (ReleaseLog killed = new ReleaseLog(log.clients())) {
      killed.release(Messages.inline(id, "x", "bob@dest.example"));
    }

    restarted(HeldMessages::finishReleases);

    try (ReleaseLog afterRestart = new ReleaseLog(log.clients())) {
      assertThat(afterRestart.unforgotten()).isEmpty();
    }
    assertThat(log.keys(Topics.DUE)).containsExactly(id.text());
  }

  @Test
  void aMessageWithoutContentIsNotReleasedAndStays() {
    QueueId id = putOne("bob@dest.example");
    held.delete(id).join();

    assertFails(RpcStatus.NOT_FOUND, () -> operator.release(id).block(PATIENCE));

    QuarantineDetail shown = operator.show(id).block(PATIENCE);
    assertThat(shown.message().state()).isEqualTo(State.HELD);
    assertThat(shown.header()).isEmpty();
    assertThat(log.keys(Topics.DUE)).isEmpty();
  }
}
