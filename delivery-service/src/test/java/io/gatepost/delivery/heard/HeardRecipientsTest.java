package io.gatepost.delivery.heard;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.verification.Verification;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

class HeardRecipientsTest {

  private static final Reply OK = Reply.of(250, "2.1.5", "ok");
  private static final Reply NO = Reply.of(550, "5.1.1", "no such user");

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<List<HeardRecipient>> batches = new ArrayList<>();
  private Mono<Void> answer = Mono.empty();
  private final HeardRecipients heard = new HeardRecipients(this::take, time, meters);

  private Mono<Void> take(List<HeardRecipient> batch) {
    batches.add(batch);
    return answer;
  }

  private static HeardRecipient recipient(String user, Reply reply) {
    return new HeardRecipient(
        ForwardPath.of(user + "@dest.example"), ReversePath.of(""), "smtp:[host]", reply);
  }

  private double counted(String result) {
    return meters.get("gatepost.delivery.heard").tag("result", result).counter().count();
  }

  @Test
  void whatIsHeardIsToldTogetherAfterAWhile() {
    heard.heard(recipient("ann", OK));
    heard.heard(recipient("bob", NO));
    assertThat(batches).isEmpty();

    time.advanceTimeBy(HeardRecipients.INTERVAL);

    assertThat(batches).containsExactly(List.of(recipient("ann", OK), recipient("bob", NO)));
    assertThat(counted("told")).isEqualTo(2);
  }

  @Test
  void aRecipientIsAcceptedOnceInAWhile() {
    heard.heard(recipient("ann", OK));
    heard.heard(recipient("ann", OK));
    time.advanceTimeBy(HeardRecipients.INTERVAL);

    assertThat(batches).containsExactly(List.of(recipient("ann", OK)));
  }

  @Test
  void aRefusalIsAlwaysToldAndSoIsTheAcceptanceBehindIt() {
    for (Reply reply : List.of(OK, NO, NO, OK)) {
      heard.heard(recipient("ann", reply));
    }
    time.advanceTimeBy(HeardRecipients.INTERVAL);

    assertThat(batches.getFirst())
        .extracting(HeardRecipient::reply)
        .containsExactly(OK, NO, NO, OK);
  }

  @Test
  void aFullBatchDoesNotWait() {
    hear(Verification.MAX_HEARD);
    time.advanceTime();

    assertThat(batches).singleElement().asList().hasSize(Verification.MAX_HEARD);
  }

  @Test
  void whatVerificationDoesNotTakeIsDroppedAndCounted() {
    answer = Mono.error(new IllegalStateException("away"));
    heard.heard(recipient("ann", OK));
    time.advanceTimeBy(HeardRecipients.INTERVAL);
    assertThat(counted("dropped")).isEqualTo(1);

    answer = Mono.empty();
    heard.heard(recipient("ann", OK));
    time.advanceTimeBy(HeardRecipients.INTERVAL);

    assertThat(counted("told")).isEqualTo(1);
  }

  @Test
  void whileACallRunsNoMoreWaitsThanTheBound() {
    answer = Mono.never();
    hear(Verification.MAX_HEARD);
    time.advanceTime();

    hear(HeardRecipients.MAX_WAITING + 7);
    time.advanceTimeBy(HeardRecipients.INTERVAL);

    assertThat(batches).hasSize(1);
    assertThat(counted("dropped")).isEqualTo(7);
  }

  @Test
  void whatWaitsAtTheEndIsDroppedAndCounted() {
    heard.heard(recipient("ann", OK));

    heard.close();

    assertThat(counted("dropped")).isEqualTo(1);
  }

  @Test
  void whoeverWaitsForItHasAllToldAtOnce() {
    heard.heard(recipient("ann", NO));
    AtomicBoolean isTold = new AtomicBoolean();

    heard.told().subscribe(null, null, () -> isTold.set(true));
    time.advanceTime();

    assertThat(batches).containsExactly(List.of(recipient("ann", NO)));
    assertThat(isTold).isTrue();
  }

  @Test
  void whoeverWaitsHearsOfTheEndOfWhatIsBeingTold() {
    Sinks.Empty<Void> end = Sinks.empty();
    answer = end.asMono();
    heard.heard(recipient("ann", NO));
    time.advanceTimeBy(HeardRecipients.INTERVAL);
    AtomicBoolean isTold = new AtomicBoolean();

    heard.told().subscribe(null, null, () -> isTold.set(true));
    time.advanceTime();
    assertThat(isTold).isFalse();
    end.tryEmitEmpty();

    assertThat(isTold).isTrue();
  }

  @Test
  void whatComesWhileACallRunsFollowsAtOnceWhereSomebodyWaitsForIt() {
    Sinks.Empty<Void> end = Sinks.empty();
    answer = end.asMono();
    heard.heard(recipient("ann", NO));
    time.advanceTimeBy(HeardRecipients.INTERVAL);
    answer = Mono.empty();
    heard.heard(recipient("bob", NO));
    AtomicBoolean isTold = new AtomicBoolean();
    heard.told().subscribe(null, null, () -> isTold.set(true));
    time.advanceTime();

    end.tryEmitEmpty();
    time.advanceTime();

    assertThat(batches).hasSize(2);
    assertThat(isTold).isTrue();
  }

  @Test
  void whoeverWaitsIsNotHeldUpByVerificationThatIsAway() {
    answer = Mono.error(new IllegalStateException("away"));
    heard.heard(recipient("ann", NO));
    AtomicBoolean isTold = new AtomicBoolean();

    heard.told().subscribe(null, null, () -> isTold.set(true));
    time.advanceTime();

    assertThat(isTold).isTrue();
  }

  @Test
  void whereNothingWaitsThereIsNothingToWaitFor() {
    AtomicBoolean isTold = new AtomicBoolean();

    heard.told().subscribe(null, null, () -> isTold.set(true));

    assertThat(isTold).isTrue();
  }

  private void hear(int count) {
    IntStream.range(0, count).forEach(i -> heard.heard(recipient("u" + i, NO)));
  }
}
