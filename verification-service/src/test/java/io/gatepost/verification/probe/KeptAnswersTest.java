package io.gatepost.verification.probe;

import static io.gatepost.verification.FakeDelivery.HOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.reply.Reply;
import io.gatepost.verification.NextHops;
import io.gatepost.verification.cache.AnswerKeeper;
import io.gatepost.verification.cache.AnswerStore;
import io.gatepost.verification.cache.Cutoffs;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;

/// Which answers outlive the process.
class KeptAnswersTest extends CallForwardFixture {

  private final Sinks.One<ProbeAnswer> answer = Sinks.one();

  @BeforeEach
  void keep() {
    delivery.answers = request -> answer.asMono();
    callForward =
        nextHops.callForward(
            Optional.of(
                new AnswerKeeper(
                    new Unread(),
                    nextHops.cache(),
                    new Cutoffs(),
                    NextHops.LIFETIMES,
                    1_000,
                    clock,
                    nextHops.meters)));
  }

  private void answer(String reply) {
    answer.tryEmitValue(new ProbeAnswer.OfRecipient(HOP, Reply.parse(reply)));
  }

  private double kept() {
    return nextHops.meters.get("gatepost.verification.callout.unwritten").gauge().value();
  }

  @Test
  void whatAClientHasHeardAtOnceIsKeptWhereItIsGood() {
    ask("").subscribe();
    answer("250 2.1.5 OK");

    assertThat(kept()).isEqualTo(1);
  }

  @Test
  void aRefusalThatAClientHasHeardAtOnceIsNot() {
    ask("").subscribe();
    answer("550 5.1.1 no");

    assertThat(kept()).isZero();
  }

  @Test
  void aRefusalThatItsClientDidNotWaitForIs() {
    Disposable client = ask("").subscribe();
    client.dispose();
    answer("550 5.1.1 no");

    assertThat(kept()).isEqualTo(1);
  }

  /// A client that has hung up looks like one that sends no more and still listens.
  @Test
  void aRefusalThatTookLongIsAsItsClientMayHaveGone() {
    ask("").subscribe();
    clock.pass(Duration.ofSeconds(2));
    answer("550 5.1.1 no");

    assertThat(kept()).isEqualTo(1);
  }

  @Test
  void whatItsHostPutsOffNeverIs() {
    ask("").subscribe();
    clock.pass(Duration.ofSeconds(2));
    answer("450 4.2.1 later");

    assertThat(kept()).isZero();
  }

  /// The keeper is not started here.
  private record Unread() implements AnswerStore {
    @Override
    public void loadForgotten(BiConsumer<Subject, Instant> reader) {}

    @Override
    public void load(Instant since, long atMost, BiConsumer<AnswerKey, Answer> reader) {}

    @Override
    public void write(Map<AnswerKey, Answer> batch) {}

    @Override
    public void forget(Subject subject, Instant before) {}

    @Override
    public void dropBefore(Instant before) {}

    @Override
    public void keepNewest(long most) {}
  }
}
