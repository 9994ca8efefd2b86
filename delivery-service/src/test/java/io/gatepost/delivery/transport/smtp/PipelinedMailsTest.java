package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.Transport;
import io.gatepost.smtp.client.ClientDialog;
import io.gatepost.smtp.client.Terms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PipelinedMailsTest {

  private static final ProbeQueue.Limits PROBES = new ProbeQueue.Limits(50, 100, 10, 1_000);

  private static final NextHop HOP = new NextHop("a.example", "192.0.2.1", 25);
  private static final Reply OK = Reply.of(250, "2.0.0", "ok");

  private final List<RecipientOutcome> outcomes = new ArrayList<>();
  private final ClientDialog dialog = new ClientDialog(Terms.plain("mta.example"));
  private boolean awaited;
  private long now;
  private final PipelinedMails mails =
      new PipelinedMails(
          new SmtpDestination(
              new Destination.Smtp("smtp:slow", List.of(HOP)),
              new SmtpDestination.Limits(1, 10, 100, PROBES),
              (any, hops) -> {},
              () -> 10,
              () -> now),
          HOP,
          dialog,
          new SimpleMeterRegistry().counter("unanswered"),
          () -> now);

  @BeforeEach
  void beginAMail() {
    dialog.on(Reply.plain(220, "host"));
    dialog.on(Reply.plain(250, "host", "PIPELINING"));
    var message = Messages.to(recipient("ann@dest.example"));
    mails.begin(SmtpJob.of(message, message.envelope().recipients(), now, new Told()));
  }

  @Test
  void aMailThatTakesTooLongIsDeferred() {
    pass(Duration.ofMinutes(30));
    assertThat(mails.dropOverdue(false)).isTrue();

    assertThat(reasons()).containsExactly(Reason.CONNECTION_LOST);
    assertThat(mails.isEmpty()).isTrue();
  }

  @Test
  void aMailMayTakeAsLongAsTheTimeOutsOfItsCommands() {
    pass(Duration.ofMinutes(29));

    assertThat(mails.dropOverdue(false)).isFalse();
    assertThat(outcomes).isEmpty();
  }

  @Test
  void whereTheRoomIsUsedUpASlowMailIsPutOff() {
    pass(Duration.ofSeconds(29));
    assertThat(mails.dropOverdue(true)).isFalse();
    pass(Duration.ofSeconds(2));

    assertThat(mails.dropOverdue(true)).isTrue();

    assertThat(reasons()).containsExactly(Reason.DESTINATION_BUSY);
  }

  @Test
  void aSlowMailThatASenderWaitsForIsPutOff() {
    awaited = true;
    pass(Duration.ofSeconds(31));

    assertThat(mails.dropOverdue(false)).isTrue();

    assertThat(reasons()).containsExactly(Reason.DESTINATION_BUSY);
  }

  @Test
  void whatTheHostMayHaveTakenIsWaitedFor() {
    dialog.on(OK);
    dialog.on(OK);
    dialog.on(Reply.plain(354, "go"));
    dialog.finalDot();
    pass(Duration.ofHours(1));

    assertThat(mails.dropOverdue(true)).isFalse();
    assertThat(outcomes).isEmpty();
  }

  private final class Told implements Transport.Receiver {
    @Override
    public void accept(List<RecipientOutcome> ended) {
      outcomes.addAll(ended);
    }

    @Override
    public boolean isAwaited() {
      return awaited;
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private List<Reason> reasons() {
    return outcomes.stream()
        .map(outcome -> ((RecipientOutcome.Deferred) outcome).reason())
        .toList();
  }
}
