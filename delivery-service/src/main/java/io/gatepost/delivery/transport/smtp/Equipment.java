package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.smtp.client.RecipientListener;
import io.gatepost.smtp.client.SmtpTimeouts;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.function.Consumer;

/// The parts and settings that all connections share.
///
/// @param idle how long a connection is kept without work
/// @param probe how long the host may take for the next answer to probes
/// @param unansweredDots final dots that hosts did not answer
/// @param heard takes each 2xx and 5xx to RCPT of hosts that the operator names
record Equipment(
    SmtpTimeouts timeouts,
    Duration idle,
    Duration probe,
    ContentSender contentSender,
    HopTerms hopTerms,
    TlsMeters tlsMeters,
    Counter unansweredDots,
    AttemptRoom room,
    Consumer<HeardRecipient> heard) {

  /// Hears for a connection to a destination.
  RecipientListener listener(SmtpDestination destination) {
    Destination.Smtp route = destination.route();
    if (route.namedBy() != Destination.NamedBy.OPERATOR) {
      return RecipientListener.NONE;
    }
    return (mail, index, reply) -> {
      if (reply.code().isCompletion() || reply.code().isPermanent()) {
        heard.accept(
            new HeardRecipient(
                mail.recipients().get(index).address(),
                mail.sender(),
                route.name(),
                reply.abridged(SmtpJob.MAX_REPLY_CHARACTERS)));
      }
    };
  }
}
