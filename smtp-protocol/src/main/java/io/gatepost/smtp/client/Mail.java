package io.gatepost.smtp.client;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Recipient;
import java.util.List;

/// One message for one mail transaction, without its content.
///
/// @param recipients at least one
/// @param parameters what the client said of it
/// @param octets of the content in wire form, for `SIZE=`; 0 where there is none
/// @param carriage how the content is at hand
public record Mail(
    ReversePath sender,
    List<Recipient> recipients,
    MailParameters parameters,
    long octets,
    Carriage carriage) {

  public Mail {
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("recipients: none (expected: at least one)");
    }
    recipients = List.copyOf(recipients);
  }

  /// How content is at hand.
  public enum Carriage {
    /// In memory, in wire form: DATA sends it, mostly without touching it.
    WHOLE,
    /// It comes in pieces and is large: sent in chunks where the host takes them, a host that
    /// refuses it says so after the first.
    PIECES
  }

  /// The envelope of one that is never sent: [ClientDialog#ask] asks about its recipients.
  public static Mail ofInquiry(ReversePath sender, List<ForwardPath> recipients) {
    return new Mail(
        sender,
        recipients.stream().map(Recipient::of).toList(),
        MailParameters.NONE,
        0,
        Carriage.WHOLE);
  }

  /// Whether an address in it can be said only with SMTPUTF8 (RFC 6531).
  boolean hasUtf8Address() {
    return !sender.isAscii()
        || recipients.stream().anyMatch(recipient -> !recipient.address().isAscii());
  }

  /// Whether its client said SMTPUTF8.
  boolean isUtf8Declared() {
    return parameters.addresses() != AddressForm.ASCII;
  }

  /// Whether its header may be beyond ASCII.
  boolean hasUtf8Header() {
    return parameters.addresses() == AddressForm.UTF8;
  }
}
