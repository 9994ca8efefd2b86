package io.gatepost.delivery.transport.smtp;

import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;

/// A message whose transactions wait for being let go by the test.
final class HeldMail implements Transport.Receiver {

  private final EnvelopeRecord message;
  private final List<Transport.Prepared> parts = new CopyOnWriteArrayList<>();
  private final List<RecipientOutcome> outcomes = new CopyOnWriteArrayList<>();
  private volatile boolean isWanted = true;
  private volatile Runnable onPrepared = () -> {};

  private HeldMail(EnvelopeRecord message) {
    this.message = message;
  }

  static HeldMail start(SmtpTransport transport, EnvelopeRecord message, NextHop... hops) {
    return start(transport, message, "smtp:test", hops);
  }

  static HeldMail start(
      SmtpTransport transport, EnvelopeRecord message, String name, NextHop... hops) {
    return new HeldMail(message).start(transport, name, hops);
  }

  static HeldMail start(
      SmtpTransport transport,
      EnvelopeRecord message,
      Runnable onPrepared,
      String name,
      NextHop... hops) {
    HeldMail mail = new HeldMail(message);
    mail.onPrepared = onPrepared;
    return mail.start(transport, name, hops);
  }

  private HeldMail start(SmtpTransport transport, String name, NextHop... hops) {
    transport.deliver(
        message, message.envelope().recipients(), new Destination.Smtp(name, List.of(hops)), this);
    return this;
  }

  @Override
  public void accept(List<RecipientOutcome> ended) {
    outcomes.addAll(ended);
  }

  @Override
  public boolean isWanted() {
    return isWanted;
  }

  @Override
  public void prepared(Transport.Prepared part) {
    parts.add(part);
    onPrepared.run();
  }

  private static ConditionFactory soon() {
    return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10));
  }

  void isNotWanted() {
    isWanted = false;
  }

  /// Those that were prepared, in that order.
  List<Transport.Prepared> parts() {
    return parts;
  }

  /// The so-manieth that was prepared, from 1 on.
  Transport.Prepared part(int number) {
    soon().until(() -> parts.size() >= number);
    return parts.get(number - 1);
  }

  /// All outcomes, once each recipient has one.
  List<RecipientOutcome> outcomes() {
    soon().until(() -> outcomes.size() >= message.envelope().recipients().size());
    return outcomes;
  }
}
