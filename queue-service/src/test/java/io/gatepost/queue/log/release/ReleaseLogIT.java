package io.gatepost.queue.log.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.Messages;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.TestLog;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReleaseLogIT {

  private final QueueId id = Messages.id();
  private final EnvelopeRecord message = Messages.inline(id, "x", "bob@dest.example");
  private TestLog log;

  @BeforeEach
  void openLog() {
    log = TestLog.empty();
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  @Test
  void aMessageIsReleasedOnceHoweverOftenItIsAskedForAndByWhom() {
    with(
        log.clients(),
        releases -> {
          releases.release(message);
          releases.release(message);
          return null;
        });

    with(
        log.clients(),
        afterRestart -> {
          assertThat(afterRestart.isReleased(id)).isTrue();
          afterRestart.release(message);
          return null;
        });

    assertThat(log.keys(Topics.DUE)).containsExactly(id.text());
  }

  @Test
  void anAnswerThatIsLostIsFoundOut() {
    with(
        log.doubtfulClients(),
        releases -> {
          releases.release(message);
          return null;
        });

    assertThat(log.keys(Topics.DUE)).containsExactly(id.text());
  }

  @Test
  void anAbortedTransactionReleasesNothingAndIsRepeated() {
    List<QueueId> all = List.of(id, Messages.id(), Messages.id(), Messages.id());

    with(
        log.abortingClients(),
        releases -> {
          all.forEach(each -> releases.release(Messages.inline(each, "x", "bob@dest.example")));
          return null;
        });

    assertThat(log.keys(Topics.DUE))
        .containsExactlyElementsOf(all.stream().map(QueueId::text).toList());
  }

  @Test
  void twoThatReleaseDoNotReleaseTwice() {
    ReleaseLog one = new ReleaseLog(log.clients());
    ReleaseLog other = new ReleaseLog(log.clients());
    assertThat(one.isReleased(id)).isFalse();

    other.release(message);
    one.release(message); // its producer is fenced, and it looks again

    assertThat(log.keys(Topics.DUE)).containsExactly(id.text());
    one.close();
    other.close();
  }

  @Test
  void whatIsForgottenIsForgottenOverARestart() {
    with(
        log.clients(),
        releases -> {
          releases.release(message);
          assertThat(releases.unforgotten()).containsExactly(id);
          releases.forget(id);
          assertThat(releases.unforgotten()).isEmpty();
          return null;
        });

    List<QueueId> left = with(log.clients(), ReleaseLog::unforgotten);

    assertThat(left).isEmpty();
  }

  @Test
  void withoutABrokerTheCallerIsTold() {
    with(
        TestLog.clientsOfNoBroker(),
        releases -> {
          assertThatThrownBy(() -> releases.release(message))
              .isInstanceOfSatisfying(
                  RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.UNAVAILABLE));
          return null;
        });
  }

  private static <T> T with(LogClients clients, Function<ReleaseLog, T> work) {
    try (ReleaseLog releases = new ReleaseLog(clients)) {
      return work.apply(releases);
    }
  }
}
