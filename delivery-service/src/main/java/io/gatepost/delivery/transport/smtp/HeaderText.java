package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.smtp.client.Mail;

/// What a message's header is written in: one whose client said SMTPUTF8 may not need it.
final class HeaderText {

  private HeaderText() {}

  /// Content that is not at hand counts as UTF-8.
  static Mail.Text of(EnvelopeRecord message) {
    if (message.envelope().content() instanceof ContentRef.Stored) {
      return Mail.Text.UTF8;
    }
    byte[] content = message.content();
    for (int i = 0; i < content.length; i++) {
      if (content[i] < 0) {
        return Mail.Text.UTF8;
      }
      boolean emptyLine = content[i] == '\n' && i >= 2 && content[i - 2] == '\n';
      if (emptyLine) {
        break;
      }
    }
    return Mail.Text.ASCII;
  }
}
