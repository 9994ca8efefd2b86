package io.gatepost.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.FakeQueue;
import io.gatepost.delivery.FakeScanning;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.late.LateBacklog;
import io.gatepost.delivery.late.LateMeters;
import io.gatepost.delivery.late.LateScans;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.delivery.transport.Transport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Attempts whose surroundings are played: routing, mailboxes, other hosts, the content store.
abstract class AttemptTrials {

  private static final Reply OK = Reply.of(250, "2.0.0", "ok");
  private static final Reply BROKEN = Reply.of(550, "5.2.1", "mailbox closed");
  private static final Reply FULL = Reply.of(452, "4.2.2", "mailbox full");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final FakeRouting routing = new FakeRouting();
  final FakeQueue queue = new FakeQueue();
  final FakeScanning scanning = new FakeScanning();
  final LateBacklog backlog = new LateBacklog();
  Instant now = Messages.ARRIVED.plusSeconds(60);

  /// Users whose mailboxes cannot be written.
  final Set<String> full = new HashSet<>();

  /// Users whose mailboxes refuse mail for good.
  final Set<String> broken = new HashSet<>();

  /// Recipients whose copies were written into mailboxes.
  final List<String> copies = new ArrayList<>();

  /// Recipients of each transaction with another host.
  final List<List<String>> relayed = new ArrayList<>();

  /// The messages as transports were given them.
  final List<EnvelopeRecord> given = new ArrayList<>();

  /// The receivers of their outcomes.
  final List<Transport.Receiver> receivers = new ArrayList<>();

  /// Addresses of another host that does not answer for them; it answers for each of the others in
  /// a transaction of its own.
  final Set<String> silent = new HashSet<>();

  final Gathering end = new Gathering();

  /// Starts an attempt; `reached` have their copy already.
  final void start(EnvelopeRecord message, Recipient... reached) {
    end.clear();
    attempts()
        .start(
            message,
            Stream.of(reached)
                .<RecipientOutcome>map(
                    each -> new RecipientOutcome.Delivered(each, "earlier", OK, Handover.MAILBOX))
                .toList(),
            end);
  }

  private Attempts attempts() {
    Transport<Destination.Smtp> smtp =
        (message, recipients, host, ended) -> {
          receivers.add(ended);
          given.add(message);
          relayed.add(recipients.stream().map(each -> each.address().toString()).toList());
          recipients.stream()
              .filter(each -> !silent.contains(each.address().toString()))
              .forEach(each ->
                  ended.accept(List.of(new RecipientOutcome.Delivered(each, host.name(), OK))));
        };
    Transport<Destination.Mailbox> mailboxes =
        (message, recipients, mailbox, ended) -> {
          given.add(message);
          ended.accept(recipients.stream().map(each -> file(each, mailbox)).toList());
        };
    return new Attempts(
        routing,
        Attempts.routes(10),
        smtp,
        mailboxes,
        queue,
        new LateScans(
            scanning,
            new AttemptRoom(10),
            new LateScans.Settings(2, 10, Duration.ofSeconds(30), Duration.ofSeconds(5)),
            backlog,
            new LateMeters(meters, 10, System::nanoTime),
            () -> now,
            System::nanoTime),
        new Expiry(Duration.ofDays(5), now, System::nanoTime),
        Duration.ofHours(4),
        "mta.example",
        () -> now,
        new AttemptMeters(meters));
  }

  private RecipientOutcome file(Recipient recipient, Destination.Mailbox mailbox) {
    if (broken.contains(mailbox.user())) {
      return new RecipientOutcome.Failed(recipient, Reason.NEXT_HOP_REFUSED, BROKEN);
    }
    if (full.contains(mailbox.user())) {
      return new RecipientOutcome.Deferred(recipient, Reason.MAILBOX_UNAVAILABLE, FULL);
    }
    copies.add(recipient.address().toString());
    return new RecipientOutcome.Delivered(recipient, mailbox.name(), OK, Handover.MAILBOX);
  }

  /// Returns the count of the metric of outcomes.
  final double count(String result, String reason) {
    return meters
        .get("gatepost.delivery.outcomes")
        .tags("result", result, "reason", reason)
        .counter()
        .count();
  }

  /// The end of a message.
  static final class Gathering implements AttemptSink {

    final List<RecipientOutcome> progress = new ArrayList<>();
    final List<RecipientOutcome> outcomes = new ArrayList<>();
    private Optional<Conclusion.Retry> retry = Optional.empty();
    List<EnvelopeRecord> notices = List.of();
    List<EnvelopeRecord> parts = List.of();
    boolean ended;

    Optional<Conclusion.Retry> waiting() {
      return retry;
    }

    Optional<EnvelopeRecord> retry() {
      return retry.map(Conclusion.Retry::replacement);
    }

    String notice() {
      assertThat(notices).hasSize(1);
      return new String(notices.getFirst().content(), StandardCharsets.UTF_8);
    }

    void clear() {
      progress.clear();
      outcomes.clear();
      retry = Optional.empty();
      notices = List.of();
      parts = List.of();
      ended = false;
    }

    @Override
    public void progress(List<RecipientOutcome> delivered) {
      progress.addAll(delivered);
    }

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
      parts = conclusion.parts();
      ended = true;
    }
  }
}
