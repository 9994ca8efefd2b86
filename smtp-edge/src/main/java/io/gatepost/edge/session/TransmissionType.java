package io.gatepost.edge.session;

import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Provenance.Protocol;
import io.gatepost.edge.session.SessionState.Dialect;
import io.gatepost.edge.session.SessionState.InTransaction;

/// The words of the Received field for the way in which a message came (RFC 3848, RFC 6531 §4.3).
public final class TransmissionType {

  private TransmissionType() {}

  /// A client that said HELO has no extensions, so no other word than SMTP.
  public static Protocol of(Connection connection, InTransaction transaction) {
    if (transaction.greeted().dialect() == Dialect.HELO) {
      return Protocol.SMTP;
    }
    boolean user = connection.identity() instanceof Identity.User;
    boolean utf8 = transaction.parameters().addresses() == AddressForm.UTF8;
    if (connection.isEncrypted()) {
      if (user) {
        return utf8 ? Protocol.UTF8SMTPSA : Protocol.ESMTPSA;
      }
      return utf8 ? Protocol.UTF8SMTPS : Protocol.ESMTPS;
    }
    if (user) {
      return utf8 ? Protocol.UTF8SMTPA : Protocol.ESMTPA;
    }
    return utf8 ? Protocol.UTF8SMTP : Protocol.ESMTP;
  }
}
