package io.gatepost.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.FakeQueue;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.Transport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Attempts whose surroundings are played: routing, mailboxes, other hosts, the content store.
abstract class AttemptTrials {

  private static final Reply OK = Reply.of(250, "2.0.0", "ok");
  private static final Reply FULL = Reply.of(452, "4.2.2", "mailbox full");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final FakeRouting routing = new FakeRouting();
  final FakeQueue queue = new FakeQueue();

  /// Users whose mailboxes cannot be written.
  final Set<String> full = new HashSet<>();

  /// Recipients whose copies were written into mailboxes.
  final List<String> copies = new ArrayList<>();

  /// What each transaction with another host had.
  final List<List<String>> relayed = new ArrayList<>();

  final Gathering end = new Gathering();

  /// Starts an attempt; `reached` have their copy already.
  final void start(EnvelopeRecord message, Recipient... reached) {
    end.clear();
    attempts().start(message, Set.of(reached), end);
  }

  private Attempts attempts() {
    Transport<Destination.Smtp> smtp =
        (message, recipients, host, done) -> {
          relayed.add(recipients.stream().map(each -> each.address().toString()).toList());
          done.accept(
              recipients.stream()
                  .map(each ->
                      (RecipientOutcome) new RecipientOutcome.Delivered(each, host.name(), OK))
                  .toList());
        };
    Transport<Destination.Mailbox> mailboxes =
        (message, recipients, mailbox, done) ->
            done.accept(recipients.stream().map(each -> file(each, mailbox)).toList());
    return new Attempts(
        routing,
        smtp,
        mailboxes,
        queue,
        new Expiry(Duration.ofDays(5), Messages.ARRIVED, System::nanoTime),
        Duration.ofHours(4),
        "mta.example",
        InstantSource.fixed(Messages.ARRIVED.plusSeconds(60)),
        new AttemptMeters(meters));
  }

  private RecipientOutcome file(Recipient recipient, Destination.Mailbox mailbox) {
    if (full.contains(mailbox.user())) {
      return new RecipientOutcome.Deferred(recipient, Reason.MAILBOX_UNAVAILABLE, FULL);
    }
    copies.add(recipient.address().toString());
    return new RecipientOutcome.Delivered(recipient, mailbox.name(), OK);
  }

  /// What the metric of outcomes counts.
  final double count(String result, String reason) {
    return meters
        .get("gatepost.delivery.outcomes")
        .tags("result", result, "reason", reason)
        .counter()
        .count();
  }

  /// What became of a message.
  static final class Gathering implements AttemptSink {

    final List<RecipientOutcome> outcomes = new ArrayList<>();
    private Optional<Conclusion.Retry> retry = Optional.empty();
    List<EnvelopeRecord> notices = List.of();
    boolean ended;

    Optional<EnvelopeRecord> retry() {
      return retry.map(Conclusion.Retry::replacement);
    }

    String notice() {
      assertThat(notices).hasSize(1);
      return new String(notices.getFirst().content(), StandardCharsets.UTF_8);
    }

    void clear() {
      outcomes.clear();
      retry = Optional.empty();
      notices = List.of();
      ended = false;
    }

    @Override
    public void progress(List<RecipientOutcome> delivered) {}

    @Override
    public void delivered(List<RecipientOutcome> all) {
      outcomes.addAll(all);
      ended = true;
    }

    @Override
    public void leftover(Conclusion conclusion) {
      outcomes.addAll(conclusion.outcomes());
      retry = conclusion.retry();
      notices = conclusion.notices();
      ended = true;
    }
  }
}
