package io.gatepost.smtp.client;

import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.smtp.client.Extensions.Keyword;
import io.gatepost.smtp.mime.Conversion;
import io.gatepost.smtp.wire.UnicodeEscapes;

/// The commands of a mail transaction, with the parameters that the host understands.
final class Commands {

  private Commands() {}

  static void mail(Mail mail, Extensions extensions, StringBuilder command) {
    command.append("MAIL FROM:<").append(mail.sender().text()).append('>');
    Conversion conversion = Fitness.conversion(mail, extensions);
    // Content that is converted while it streams has no known size.
    if (extensions.offers(Keyword.SIZE) && mail.octets() > 0 && conversion == Conversion.NONE) {
      command.append(" SIZE=").append(mail.octets());
    }
    command.append(body(mail, extensions, conversion));
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

  /// Content that is converted is 7-bit, which need not be said; its header may be beyond ASCII all
  /// the same, where SMTPUTF8 is said.
  private static String body(Mail mail, Extensions extensions, Conversion conversion) {
    return switch (conversion) {
      case NONE ->
          switch (mail.parameters().body()) {
            case SEVEN_BIT -> "";
            case EIGHT_BIT_MIME -> " BODY=8BITMIME";
            case BINARY_MIME -> " BODY=BINARYMIME";
          };
      case SEVEN_BIT ->
          mail.hasUtf8Header() && extensions.offers(Keyword.EIGHT_BIT_MIME) ? " BODY=8BITMIME" : "";
    };
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
