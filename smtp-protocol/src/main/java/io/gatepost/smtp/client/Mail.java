package io.gatepost.smtp.client;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import java.util.List;

/// One message for one mail transaction, without its content.
///
/// @param recipients at least one
/// @param octets of the content in wire form, for `SIZE=`
public record Mail(ReversePath sender, List<ForwardPath> recipients, BodyType body, long octets) {

  public Mail {
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("recipients: none (expected: at least one)");
    }
    recipients = List.copyOf(recipients);
  }
}
