package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipients;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.Messages;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class SlowHostsTest extends TransportFixture {

  @Test
  void aSlowHostDoesNotKeepTheMemoryThatAllAttemptsShare() {
    FakeHost silent = host(replying("MAIL", FakeHost.SILENCE));
    FakeHost quick = host(replying("NOOP", "250 ok"));
    SmtpTransport transport = transport();
    EnvelopeRecord large = Messages.to(recipients(1_000));
    List<RecipientOutcome> outcomes = new CopyOnWriteArrayList<>();

    for (int i = 0; i < 70; i++) {
      room.enter(large);
      transport.deliver(
          large,
          large.envelope().recipients().subList(0, 1), // the others are at other hosts
          new Destination.Smtp("smtp:silent", List.of(silent.hop())),
          ended -> {
            room.leave(large);
            outcomes.addAll(ended);
          });
    }
    assertThat(room.isFull()).isTrue();

    await().until(() -> !room.isFull());
    assertThat(outcomes)
        .allSatisfy(outcome ->
            assertThat(((RecipientOutcome.Deferred) outcome).reason())
                .isEqualTo(Reason.DESTINATION_BUSY));
    assertThat(deliver(transport, message("ann@dest.example"), quick))
        .allMatch(TransportFixture::isDelivered);
  }
}
