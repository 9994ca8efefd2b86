package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Delivers at once; to a domain that is called `stalled`, when it is told to; to one that is
/// called `dead`, never.
final class FakeTransport implements Transport<Destination.Smtp> {

  private static final Reply OK = Reply.of(250, "2.0.0", "OK");
  private static final Reply NO_ANSWER = Reply.of(451, "4.4.1", "no answer");

  /// Every attempt at a recipient, in order.
  final List<String> attempted = new CopyOnWriteArrayList<>();

  private final Map<String, Runnable> stalled = new ConcurrentHashMap<>();

  @Override
  public void deliver(
      EnvelopeRecord message,
      List<Recipient> recipients,
      Destination.Smtp destination,
      Receiver done) {
    recipients.forEach(
        recipient -> attempted.add(message.envelope().id() + " " + recipient.address()));
    if (destination.name().startsWith("stalled")) {
      stalled.put(message.envelope().id().text(), () -> done.accept(delivered(recipients)));
    } else if (destination.name().startsWith("dead")) {
      done.accept(
          recipients.stream()
              .<RecipientOutcome>map(recipient ->
                  new RecipientOutcome.Deferred(recipient, Reason.UNREACHABLE, NO_ANSWER))
              .toList());
    } else {
      done.accept(delivered(recipients));
    }
  }

  boolean isStalled(EnvelopeRecord message) {
    return stalled.containsKey(message.envelope().id().text());
  }

  /// The stalled host answers at last.
  void release(EnvelopeRecord message) {
    stalled.remove(message.envelope().id().text()).run();
  }

  void releaseAll() {
    List.copyOf(stalled.keySet()).forEach(id -> stalled.remove(id).run());
  }

  long attemptsAt(EnvelopeRecord message) {
    return attempted.stream()
        .filter(each -> each.startsWith(message.envelope().id().text()))
        .count();
  }

  private static List<RecipientOutcome> delivered(List<Recipient> recipients) {
    return recipients.stream()
        .<RecipientOutcome>map(
            recipient -> new RecipientOutcome.Delivered(recipient, "next.test", OK))
        .toList();
  }
}
