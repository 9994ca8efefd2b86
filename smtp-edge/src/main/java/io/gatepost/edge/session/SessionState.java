package io.gatepost.edge.session;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Where a session stands. States that the protocol does not have cannot be written.
public sealed interface SessionState {

  /// Connected; the client has not said who it is.
  record Connected() implements SessionState {}

  /// The client has said HELO or EHLO.
  record Greeted(String helo, Provenance.Protocol protocol) implements SessionState {}

  /// Between MAIL and the end of the message.
  ///
  /// @param recipients those accepted, in order
  record InTransaction(
      Greeted greeted, ReversePath sender, MailParameters parameters, List<ForwardPath> recipients)
      implements SessionState {

    /// The same with one more recipient. A recipient given twice is one recipient.
    public InTransaction plus(ForwardPath recipient) {
      if (recipients.contains(recipient)) {
        return this;
      }
      List<ForwardPath> more = new ArrayList<>(recipients.size() + 1);
      more.addAll(recipients);
      more.add(recipient);
      return new InTransaction(greeted, sender, parameters, Collections.unmodifiableList(more));
    }
  }
}
