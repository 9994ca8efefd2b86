package io.gatepost.smtp.client;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Mail.Carriage;
import java.util.stream.Stream;

/// A dialogue, and what is said in it.
abstract class DialogFixture {

  static final String PIPELINING = "250-host\n250-SIZE 1000000\n250-8BITMIME\n250 PIPELINING";
  static final Reply OK = Reply.of(250, "2.0.0", "ok");
  static final Reply GO = Reply.plain(354, "go");
  static final Reply NO_USER = Reply.of(550, "5.1.1", "no such user");
  static final Reply LATER = Reply.of(451, "4.3.0", "later");
  static final Reply CLOSING = Reply.of(421, "4.3.2", "closing");

  final ClientDialog dialog = new ClientDialog(Terms.plain("mta.example"));

  void open(String ehlo) {
    dialog.on(Reply.plain(220, "host"));
    dialog.on(ehlo(ehlo));
  }

  void replies(Reply... replies) {
    for (Reply reply : replies) {
      dialog.on(reply);
    }
  }

  static Reply ehlo(String text) {
    return Reply.plain(250, text.lines().map(line -> line.substring(4)).toArray(String[]::new));
  }

  static Action send(String commands) {
    return new Action.Send(commands);
  }

  static Mail mail(String... recipients) {
    return new Mail(
        ReversePath.of("me@src.example"),
        Stream.of(recipients).map(DialogFixture::to).toList(),
        new MailParameters(
            BodyType.EIGHT_BIT_MIME, AddressForm.ASCII, DsnParameters.OfMessage.NONE),
        42,
        Carriage.WHOLE);
  }

  static Recipient to(String address) {
    return Recipient.of(ForwardPath.of(address));
  }
}
