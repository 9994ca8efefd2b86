package io.gatepost.delivery.early;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Failed;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.transport.Transport;
import io.gatepost.rpc.trace.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// All events of an attempt at the same moment, each on a thread of its own.
class EarlyAttemptRaceTest {

  private static final int ROUNDS = 2_000;
  private static final int THREADS = 4;

  @Test
  void howeverTheEventsMeetThereIsOneAnswerAndOneEnd() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      CyclicBarrier start = new CyclicBarrier(THREADS);
      for (int i = 0; i < ROUNDS; i++) {
        Round round = new Round(i % 2 == 0);
        List<Future<?>> all = new ArrayList<>();
        for (Runnable each : round.events()) {
          all.add(
              threads.submit(() -> {
                start.await();
                each.run();
                return null;
              }));
        }
        for (Future<?> each : all) {
          finish(each);
        }
        round.check();
      }
    }
  }

  private static void finish(Future<?> event) throws InterruptedException {
    try {
      event.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /// One attempt to two next hops. The record is read, or the message withdrawn.
  private static final class Round {
    private final EnvelopeRecord message = EarlyTrials.strangers("a@one.example", "b@two.example");
    private final AtomicInteger answers = new AtomicInteger();
    private final EarlyAttempt attempt = new EarlyAttempt(message, new Nothing(), Span.NONE);
    private final List<RecipientOutcome> outcomes = new ArrayList<>();
    private final EarlyTrials.Log log = new EarlyTrials.Log();
    private final AtomicReference<EarlyResult> withdrawn = new AtomicReference<>();
    private final List<Part> parts = new ArrayList<>();
    private final boolean isRead;
    private volatile boolean isJoined;

    Round(boolean isRead) {
      this.isRead = isRead;
      attempt.answer().thenRun(answers::incrementAndGet);
      List<Recipient> recipients = message.envelope().recipients();
      recipients.forEach(each -> parts.add(new Part(this, each)));
      attempt.begins(parts.stream().map(Part::destination).toList(), List.of(), 2);
    }

    List<Runnable> events() {
      return List.of(
          () -> attempt.prepared(parts.get(0).destination(), parts.get(0)),
          () -> attempt.prepared(parts.get(1).destination(), parts.get(1)),
          () -> attempt.budgetIsOver(false),
          () -> {
            if (isRead) {
              isJoined = attempt.join(log);
            } else {
              attempt.withdraw().thenAccept(withdrawn::set);
            }
          });
    }

    void ended(Part part, RecipientOutcome outcome) {
      attempt.ended(part.destination(), List.of(outcome), List.of(outcome));
      synchronized (outcomes) {
        outcomes.add(outcome);
        if (outcomes.size() < 2) {
          return;
        }
      }
      attempt.over(List.copyOf(outcomes), () -> attempt.sink().delivered(List.copyOf(outcomes)));
    }

    void check() {
      assertThat(answers).hasValue(1);
      assertThat(attempt.end()).isCompleted();
      parts.forEach(part -> assertThat(part.decisions).hasValue(1));
      long gone = parts.stream().filter(part -> part.hasGone).count();
      assertThat(gone).as("both or none").isIn(0L, 2L);
      if (isRead) {
        assertThat(isJoined).isTrue();
        assertThat(gone).isEqualTo(2);
        assertThat(log.ends()).isEqualTo(1);
      } else if (gone == 0) {
        assertThat(withdrawn.get()).isInstanceOf(EarlyResult.TryLater.class);
      } else {
        assertThat(withdrawn.get()).isInstanceOf(EarlyResult.Delivered.class);
      }
    }
  }

  /// A transaction that ends as soon as it is decided.
  private static final class Part implements Transport.Prepared {
    private final Round round;
    private final Recipient recipient;
    final AtomicInteger decisions = new AtomicInteger();
    volatile boolean hasGone;

    Part(Round round, Recipient recipient) {
      this.round = round;
      this.recipient = recipient;
    }

    Destination destination() {
      String name = recipient.address().domain().text();
      return new Destination.Smtp(name, List.of(new Destination.NextHop(name, "192.0.2.1", 25)));
    }

    @Override
    public List<Recipient> recipients() {
      return List.of(recipient);
    }

    @Override
    public List<RecipientOutcome> refused() {
      return List.of();
    }

    @Override
    public boolean isStanding() {
      return decisions.get() == 0;
    }

    @Override
    public void go() {
      hasGone = true;
      decisions.incrementAndGet();
      round.ended(this, new RecipientOutcome.Delivered(recipient, "host", PlayedHops.OK));
    }

    @Override
    public void abandon() {
      decisions.incrementAndGet();
      round.ended(
          this,
          new RecipientOutcome.Deferred(recipient, Reason.DESTINATION_BUSY, PlayedHops.LATER));
    }
  }

  private static final class Nothing implements Surroundings {
    @Override
    public Optional<Why> against(List<Destination> destinations) {
      return Optional.empty();
    }

    @Override
    public void inTime(List<Destination> destinations) {}

    @Override
    public void late(Envelope envelope, List<Destination> destinations) {}

    @Override
    public void cutShort(Envelope envelope, List<Destination> destinations) {}

    @Override
    public boolean wasPutOff(Envelope envelope, List<Failed> refused) {
      return false;
    }

    @Override
    public void putOff(Envelope envelope, List<Failed> refused) {}

    @Override
    public void told(Envelope envelope, EarlyResult result, Cause cause) {}
  }
}
