package io.gatepost.edge.session;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Where a session stands. States that the protocol does not have cannot be written.
public sealed interface SessionState {

  /// Connected; the client has not said who it is.
  record Connected() implements SessionState {}

  /// The client has said HELO or EHLO.
  record Greeted(String helo, Dialect dialect) implements SessionState {}

  /// How the client greeted.
  enum Dialect {
    HELO,
    EHLO
  }

  /// Between MAIL and the end of the message.
  ///
  /// @param recipients those accepted, in order
  record InTransaction(
      Greeted greeted, ReversePath sender, MailParameters parameters, List<Recipient> recipients)
      implements SessionState {

    /// The same with one more recipient. A recipient given twice is one recipient, with what was
    /// said of it first.
    public InTransaction plus(Recipient recipient) {
      for (Recipient earlier : recipients) {
        if (earlier.address().equals(recipient.address())) {
          return this;
        }
      }
      List<Recipient> more = new ArrayList<>(recipients.size() + 1);
      more.addAll(recipients);
      more.add(recipient);
      return new InTransaction(greeted, sender, parameters, Collections.unmodifiableList(more));
    }
  }

  /// Some chunks of the message have come (RFC 3030 §2); only more of them can follow.
  record Chunking(InTransaction transaction) implements SessionState {}

  /// A chunk was refused, and the message with it. Chunks that are under way already are read and
  /// refused like it, up to the last; any other command comes after the message (RFC 3030 §2).
  record ChunksRefused(Greeted greeted, Reply reply) implements SessionState {}
}
