package io.gatepost.delivery.dsn;

import static io.gatepost.delivery.Messages.ARRIVED;
import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Return;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reply;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.dsn.Report.Action;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DeliveryNoticeTest {

  private static final Reply NO_USER = Reply.of(550, "5.1.1", "no such user");
  private static final String WIRE =
      "Subject: hello\r\nX-Odd: 1\r\n..dot: yes\r\n\r\nthe body\r\n..\r\n";

  private final DeliveryNotice notices = new DeliveryNotice("mta.example", Duration.ofDays(5));

  @Test
  void theNoticeGoesToTheSenderFromNobodyUnderAnIdOfItsOwn() {
    EnvelopeRecord message = message(DsnParameters.OfMessage.NONE);

    EnvelopeRecord notice = notice(message, failed(recipient("ann@dest.example")));

    assertThat(notice.envelope().sender()).isEqualTo(new ReversePath.Null());
    assertThat(notice.envelope().recipients()).containsExactly(recipient("me@src.example"));
    assertThat(notice.envelope().id()).isEqualTo(message.envelope().id().notice(0));
  }

  @Test
  void theHeaderGoesBackByDefault() {
    String text = text(notice(message(DsnParameters.OfMessage.NONE), failed(ann())));

    assertThat(text)
        .contains("Content-Type: text/rfc822-headers", "Subject: hello\r\nX-Odd: 1\r\n")
        .doesNotContain("the body");
  }

  @Test
  void theMessageGoesBackWhereItsSenderAskedForIt() {
    String text = text(notice(message(returning(Return.FULL)), failed(ann())));

    assertThat(text).contains("Content-Type: message/rfc822\r\n", "the body\r\n..\r\n");
  }

  @Test
  void aBinaryMessageGoesBackInSevenBits() {
    EnvelopeRecord message =
        Messages.message(
            ReversePath.of("me@src.example"),
            new MailParameters(BodyType.BINARY_MIME, AddressForm.ASCII, returning(Return.FULL)),
            "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\n\r",
            ann());

    assertThat(text(notice(message, failed(ann()))))
        .contains("Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n")
        .contains("\r\n\r\nAAoN\r\n");
  }

  @Test
  void theMessageDoesNotGoBackWithASuccess() {
    Report delivered = new Report(ann(), Action.DELIVERED, Reply.of(250, "2.0.0", "ok"), "box");

    String text = text(notice(message(returning(Return.FULL)), delivered));

    assertThat(text).contains("Action: delivered").doesNotContain("the body");
  }

  @Test
  void aLargeMessageDoesNotGoBack() {
    EnvelopeRecord stored = Messages.stored(new byte[100], recipient("ann@dest.example"));

    assertThat(text(notice(stored, failed(ann())))).contains("text/rfc822-headers");
  }

  @Test
  void theSendersOwnNamesForThingsComeBackDecoded() {
    Recipient alias =
        new Recipient(
            ForwardPath.of("real@dest.example"),
            ForwardPath.of("alias@src.example"),
            new DsnParameters.OfRecipient(Set.of(), Optional.of("rfc822;a+2Bb@src.example")));
    DsnParameters.OfMessage dsn =
        new DsnParameters.OfMessage(Optional.empty(), Optional.of("id+3D7"));

    String text = text(notice(message(dsn), failed(alias)));

    assertThat(text)
        .contains(
            "Original-Envelope-Id: id=7\r\nReporting-MTA: dns; mta.example\r\n",
            "Original-Recipient: rfc822;a+b@src.example\r\n"
                + "Final-Recipient: rfc822; real@dest.example\r\n");
  }

  @Test
  void whatWasNotGivenIsNotTold() {
    assertThat(text(notice(message(DsnParameters.OfMessage.NONE), failed(ann()))))
        .doesNotContain("Original-Recipient", "Original-Envelope-Id");
  }

  @Test
  void anEncodedLineEndDoesNotMakeALine() {
    DsnParameters.OfMessage dsn =
        new DsnParameters.OfMessage(Optional.empty(), Optional.of("x+0D+0AAction: delivered"));

    assertThat(text(notice(message(dsn), failed(ann()))))
        .contains("Original-Envelope-Id: x??Action: delivered");
  }

  @Test
  void eachRecipientHasItsOwnGroupOfFields() {
    String text =
        text(
            notice(
                message(DsnParameters.OfMessage.NONE),
                failed(ann()),
                new Report(
                    recipient("bob@dest.example"), Action.DELAYED, Reply.plain(451, "later"), "")));

    assertThat(text)
        .contains(
            "\r\n\r\nFinal-Recipient: rfc822; ann@dest.example\r\nAction: failed\r\n",
            "\r\n\r\nFinal-Recipient: rfc822; bob@dest.example\r\nAction: delayed\r\n"
                + "Status: 4.0.0\r\n",
            "Subject: Undelivered mail: ann@dest.example");
  }

  @Test
  void aStatusOfAnotherClassIsNotBelieved() {
    Report odd = new Report(ann(), Action.DELAYED, Reply.of(550, "5.1.1", "what"), "");

    assertThat(text(notice(message(DsnParameters.OfMessage.NONE), odd))).contains("Status: 4.0.0");
  }

  @Test
  void aFailureWithoutAStatusIs500() {
    Report bare = new Report(ann(), Action.FAILED, Reply.plain(550, "no"), "");

    assertThat(text(notice(message(DsnParameters.OfMessage.NONE), bare)))
        .contains("Status: 5.0.0", "Diagnostic-Code: smtp; 550 no");
  }

  @Test
  void noLineIsTooLong() {
    Report long1 = new Report(ann(), Action.FAILED, Reply.plain(550, "x".repeat(3_000)), "");

    assertThat(text(notice(message(DsnParameters.OfMessage.NONE), long1)).lines())
        .allMatch(line -> line.length() <= 998);
  }

  @Test
  void everyLineEndsInCrLf() {
    Report lines = new Report(ann(), Action.FAILED, Reply.plain(550, "one", "two"), "");

    String text = text(notice(message(DsnParameters.OfMessage.NONE), lines));

    assertThat(Pattern.compile("(?<!\r)\n|\r(?!\n)").matcher(text).find()).isFalse();
  }

  @Test
  void aMessageOfEightBitsMakesANoticeOfEightBits() {
    EnvelopeRecord message =
        Messages.message(
            ReversePath.of("me@src.example"),
            MailParameters.NONE,
            "Subject: gr\u00fc\u00dfe\r\n\r\nx\r\n",
            ann());

    EnvelopeRecord notice = notice(message, failed(ann()));

    assertThat(notice.envelope().parameters().body()).isEqualTo(BodyType.EIGHT_BIT_MIME);
    assertThat(text(notice))
        .contains("Content-Transfer-Encoding: 8bit", "Subject: gr\u00fc\u00dfe");
  }

  @Test
  void aHeaderInUtf8GoesBackAsOne() {
    String text = text(notice(beyondAscii(DsnParameters.OfMessage.NONE), failed(ann())));

    assertThat(text)
        .contains("Content-Type: message/global-headers\r\nContent-Transfer-Encoding: 8bit\r\n");
  }

  @Test
  void aMessageWithAHeaderInUtf8GoesBackAsOne() {
    String text = text(notice(beyondAscii(returning(Return.FULL)), failed(ann())));

    assertThat(text)
        .contains("Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n")
        .contains("Content-Type: message/delivery-status");
  }

  @Test
  void aMessageOfWhichOnlyTheBodyIsBeyondAsciiIsAnOrdinaryOne() {
    EnvelopeRecord message =
        Messages.message(
            ReversePath.of("me@src.example"),
            new MailParameters(BodyType.EIGHT_BIT_MIME, AddressForm.ASCII, returning(Return.FULL)),
            "Subject: hello\r\n\r\ngr\u00fc\u00dfe\r\n",
            ann());

    assertThat(text(notice(message, failed(ann()))))
        .contains("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n");
  }

  private static EnvelopeRecord beyondAscii(DsnParameters.OfMessage dsn) {
    return Messages.message(
        ReversePath.of("me@src.example"),
        new MailParameters(BodyType.EIGHT_BIT_MIME, AddressForm.UTF8, dsn),
        "Subject: gr\u00fc\u00dfe\r\n\r\nx\r\n",
        ann());
  }

  /// The next hop of an ASCII address may know no SMTPUTF8.
  @Test
  void whoHasAnAsciiAddressIsToldInAscii() {
    EnvelopeRecord message = message(DsnParameters.OfMessage.NONE);

    EnvelopeRecord notice = notice(message, failed(recipient("j\u00fcrgen@dest.example")));

    assertThat(notice.envelope().parameters()).isEqualTo(MailParameters.NONE);
    assertThat(text(notice))
        .contains(
            "Subject: Undelivered mail: j\\x{FC}rgen@dest.example",
            "Final-Recipient: utf-8; j\\x{FC}rgen@dest.example")
        .matches(text -> text.chars().allMatch(c -> c < 0x80));
  }

  @Test
  void anOrdinaryNoticeIsOfSevenBits() {
    EnvelopeRecord notice = notice(message(DsnParameters.OfMessage.NONE), failed(ann()));

    assertThat(notice.envelope().parameters()).isEqualTo(MailParameters.NONE);
  }

  private EnvelopeRecord notice(EnvelopeRecord message, Report... reports) {
    return notices
        .about(message, message.content(), List.of(reports), ARRIVED.plusSeconds(60))
        .orElseThrow();
  }

  private static Recipient ann() {
    return recipient("ann@dest.example");
  }

  private static Report failed(Recipient recipient) {
    return new Report(recipient, Action.FAILED, NO_USER, "");
  }

  private static DsnParameters.OfMessage returning(Return part) {
    return new DsnParameters.OfMessage(Optional.of(part), Optional.empty());
  }

  private static EnvelopeRecord message(DsnParameters.OfMessage dsn) {
    return Messages.message(
        ReversePath.of("me@src.example"),
        new MailParameters(BodyType.SEVEN_BIT, AddressForm.ASCII, dsn),
        WIRE,
        ann());
  }

  private static String text(EnvelopeRecord notice) {
    return new String(notice.content(), StandardCharsets.UTF_8);
  }
}
