package io.gatepost.smtp.client;

import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.smtp.client.Extensions.Keyword;
import io.gatepost.smtp.wire.UnicodeEscapes;

/// The commands of a mail transaction, with the parameters that the host understands.
final class Commands {

  private Commands() {}

  static void mail(Mail mail, Extensions extensions, StringBuilder command) {
    command.append("MAIL FROM:<").append(mail.sender().text()).append('>');
    if (extensions.offers(Keyword.SIZE) && mail.octets() > 0) {
      command.append(" SIZE=").append(mail.octets());
    }
    // Deviation: RFC 6152 §3 asks for a conversion where the host does not offer 8BITMIME. Hosts
    // take 8-bit content all the same, and a conversion would break signatures.
    if (extensions.offers(Keyword.EIGHT_BIT_MIME)
        && mail.parameters().body() == BodyType.EIGHT_BIT_MIME) {
      command.append(" BODY=8BITMIME");
    }
    if (isUtf8(mail, extensions)) {
      command.append(" SMTPUTF8");
    }
    if (extensions.offers(Keyword.DSN)) {
      DsnParameters.OfMessage dsn = mail.parameters().dsn();
      dsn.returns().ifPresent(part -> command.append(" RET=").append(part));
      dsn.envelopeId().ifPresent(id -> command.append(" ENVID=").append(id));
    }
    command.append("\r\n");
  }

  /// @param index of the recipient
  static void rcpt(Mail mail, int index, Extensions extensions, StringBuilder command) {
    Recipient recipient = mail.recipients().get(index);
    command
        .append("RCPT TO:<")
        .append(recipient.address().localPart().text())
        .append('@')
        .append(recipient.address().domain().text())
        .append('>');
    if (extensions.offers(Keyword.DSN)) {
      notices(recipient.dsn(), isUtf8(mail, extensions), command);
    }
    command.append("\r\n");
  }

  private static boolean isUtf8(Mail mail, Extensions extensions) {
    return extensions.offers(Keyword.SMTPUTF8) && (mail.isUtf8Declared() || mail.hasUtf8Address());
  }

  private static void notices(
      DsnParameters.OfRecipient dsn, boolean isUtf8, StringBuilder command) {
    String separator = " NOTIFY=";
    for (Notify when : dsn.notifyOn()) {
      command.append(separator).append(when);
      separator = ",";
    }
    dsn.originalRecipient()
        .map(original -> isUtf8 ? original : UnicodeEscapes.escape(original))
        .ifPresent(original -> command.append(" ORCPT=").append(original));
  }
}
