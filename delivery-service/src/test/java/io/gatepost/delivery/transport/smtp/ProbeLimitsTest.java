package io.gatepost.delivery.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// How much of a host probes use, and what is left to mail.
class ProbeLimitsTest extends ProbeFixture {

  /// A host that takes some time for each recipient, and remembers how many it thought about at a
  /// time.
  private static final class Slow extends Script {
    private final Duration time;
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    Slow(Duration time) {
      this.time = time;
    }

    @Override
    String reply(int connection, String command) {
      if (!command.startsWith("RCPT") || command.contains("<ann@")) {
        return super.reply(connection, command);
      }
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      try {
        Thread.sleep(time);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        now.decrementAndGet();
      }
      return "550 5.1.1 no such user";
    }
  }

  @Test
  void aHundredProbesOfASecondEachAreAnsweredInThree() {
    Slow slow = new Slow(Duration.ofSeconds(1));
    FakeHost host = host(slow);
    Probes probes = probes(transport(100));
    answer(probes, "ann", host.hop()); // it was quick before

    long began = System.nanoTime();
    List<CompletableFuture<ProbeAnswer>> asked = new ArrayList<>(ask(probes, 50, host.hop()));
    await().until(() -> slow.now.get() == 50);
    asked.addAll(ask(probes, 52, host.hop())); // two for other clients
    List<ProbeAnswer> answers = answers(asked.subList(0, 100));

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
    assertThat(answers).allMatch(ProbeFixture::isRefused);
    answers(asked);
    assertThat(host.commands().stream().filter(each -> each.startsWith("MAIL")))
        .as("none waits for another in its transaction")
        .hasSize(1 + asked.size());
    assertThat(slow.most.get()).isLessThanOrEqualTo(50);
  }

  @Test
  void anAttackLeavesConnectionsToMail() {
    Slow slow = new Slow(Duration.ofMillis(200));
    FakeHost host = host(slow);
    SmtpTransport transport = transport(10);
    Probes probes = probes(transport, Duration.ofSeconds(3));
    List<CompletableFuture<ProbeAnswer>> attack = ask(probes, 10_000, host.hop());

    for (int i = 0; i < 5; i++) {
      long began = System.nanoTime();
      assertThat(deliver(transport, message("ann@dest.example"), host))
          .allMatch(TransportFixture::isDelivered);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
    }

    assertThat(answers(attack))
        .allMatch(answer -> isRefused(answer) || answer instanceof ProbeAnswer.NotAsked)
        .anyMatch(ProbeFixture::isRefused);
    assertThat(slow.most.get()).isLessThanOrEqualTo(5);
    assertThat(counted("not_asked") + counted("refused")).isEqualTo(10_000);
  }

  @Test
  void aHostIsAskedNoFasterThanItsRate() {
    FakeHost host = host(knowing());
    Probes probes = probes(transport(10, new SmtpTransport.ProbeSettings(50, 2_000, 20, TIMEOUT)));

    long began = System.nanoTime();
    answers(ask(probes, 60, host.hop()));

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1_500));
  }

  @Test
  void noMoreWaitThanMay() {
    FakeHost host = host(replying("R", FakeHost.SILENCE));
    Probes probes =
        probes(
            transport(1, new SmtpTransport.ProbeSettings(50, 10, 5_000, TIMEOUT)),
            Duration.ofSeconds(1));

    List<ProbeAnswer> answers = answers(ask(probes, 100, host.hop()));

    assertThat(answers).filteredOn(Probe.TOO_MANY::equals).hasSizeGreaterThan(70);
  }
}
