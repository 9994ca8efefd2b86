package io.gatepost.smtp.client;

import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.smtp.client.Extensions.Keyword;

/// The commands of a mail transaction, with the parameters that the host understands.
final class Commands {

  private Commands() {}

  static void mail(Mail mail, Extensions extensions, StringBuilder command) {
    command.append("MAIL FROM:<").append(mail.sender().text()).append('>');
    if (extensions.offers(Keyword.SIZE)) {
      command.append(" SIZE=").append(mail.octets());
    }
    // Deviation: RFC 6152 §3 asks for a conversion where the host does not offer 8BITMIME. Hosts
    // take 8-bit content all the same, and a conversion would break signatures.
    if (extensions.offers(Keyword.EIGHT_BIT_MIME)
        && mail.parameters().body() == BodyType.EIGHT_BIT_MIME) {
      command.append(" BODY=8BITMIME");
    }
    if (extensions.offers(Keyword.SMTPUTF8) && (mail.isUtf8Declared() || mail.hasUtf8Address())) {
      command.append(" SMTPUTF8");
    }
    if (extensions.offers(Keyword.DSN)) {
      DsnParameters.OfMessage dsn = mail.parameters().dsn();
      dsn.returns().ifPresent(part -> command.append(" RET=").append(part));
      dsn.envelopeId().ifPresent(id -> command.append(" ENVID=").append(id));
    }
    command.append("\r\n");
  }

  static void rcpt(Recipient recipient, Extensions extensions, StringBuilder command) {
    command
        .append("RCPT TO:<")
        .append(recipient.address().localPart().text())
        .append('@')
        .append(recipient.address().domain().text())
        .append('>');
    if (extensions.offers(Keyword.DSN)) {
      notices(recipient.dsn(), command);
    }
    command.append("\r\n");
  }

  private static void notices(DsnParameters.OfRecipient dsn, StringBuilder command) {
    String separator = " NOTIFY=";
    for (Notify when : dsn.notifyOn()) {
      command.append(separator).append(when);
      separator = ",";
    }
    dsn.originalRecipient().ifPresent(original -> command.append(" ORCPT=").append(original));
  }
}
