package io.gatepost.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.DsnParameters.Return;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Mail.Carriage;
import io.gatepost.smtp.mime.Conversion;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands to hosts with and without an extension.
class DialogExtensionsTest extends DialogFixture {

  @Test
  void whatTheClientAskedOfNoticesIsPassedOnWhereTheHostKnowsThem() {
    open("250-host\n250-DSN\n250 PIPELINING");
    Recipient ann =
        new Recipient(
            ForwardPath.of("ann@dest.example"),
            ForwardPath.of("a@src.example"),
            new DsnParameters.OfRecipient(
                Set.of(Notify.SUCCESS, Notify.DELAY), Optional.of("rfc822;a+2Bb@src.example")));
    DsnParameters.OfMessage dsn =
        new DsnParameters.OfMessage(Optional.of(Return.HDRS), Optional.of("QQ314159"));

    assertThat(dialog.begin(mail(AddressForm.ASCII, dsn, Carriage.WHOLE, ann)))
        .containsExactly(
            send(
                "MAIL FROM:<me@src.example> RET=HDRS ENVID=QQ314159\r\n"
                    + "RCPT TO:<ann@dest.example> NOTIFY=SUCCESS,DELAY"
                    + " ORCPT=rfc822;a+2Bb@src.example\r\n"
                    + "DATA\r\n"));
  }

  @Test
  void anOriginalAddressBeyondAsciiIsSaidInAsciiWhereTheHostKnowsNothingElse() {
    open("250-host\n250-DSN\n250 PIPELINING");
    Recipient ann =
        new Recipient(
            ForwardPath.of("ann@dest.example"),
            ForwardPath.of("ann@dest.example"),
            new DsnParameters.OfRecipient(Set.of(), Optional.of("utf-8;j\u00fcrgen@src.example")));

    assertThat(
            dialog.begin(
                mail(AddressForm.ASCII, DsnParameters.OfMessage.NONE, Carriage.WHOLE, ann)))
        .containsExactly(
            send(
                "MAIL FROM:<me@src.example>\r\n"
                    + "RCPT TO:<ann@dest.example> ORCPT=utf-8;j\\x{FC}rgen@src.example\r\n"
                    + "DATA\r\n"));
  }

  @Test
  void aHostWithoutNoticesIsNotToldOfThem() {
    open("250 host");
    DsnParameters.OfMessage dsn =
        new DsnParameters.OfMessage(Optional.of(Return.HDRS), Optional.of("QQ314159"));

    assertThat(dialog.begin(mail(AddressForm.ASCII, dsn, Carriage.WHOLE, to("ann@dest.example"))))
        .containsExactly(send("MAIL FROM:<me@src.example>\r\n"));
  }

  @Test
  void aMessageThatIsTooLargeForTheHostIsRefusedBeforeItIsSent() {
    open("250-host\n250 SIZE 41");

    Reply refusal = dialog.refusal(mail("ann@dest.example")).orElseThrow();

    assertThat(refusal.code().value()).isEqualTo(552);
    assertThat(refusal.status()).hasToString("5.3.4");
  }

  @Test
  void aHostWithoutEightBitGetsAConversionOfWhichTheSizeIsNotKnown() {
    open("250-host\n250 SIZE 1000000");

    assertThat(dialog.conversion(mail("ann@dest.example"))).isEqualTo(Conversion.SEVEN_BIT);
    assertThat(dialog.begin(mail("ann@dest.example")))
        .containsExactly(send("MAIL FROM:<me@src.example>\r\n"));
  }

  @Test
  void binaryContentGoesInChunksHoweverSmallItIs() {
    open("250-host\n250-PIPELINING\n250-CHUNKING\n250 BINARYMIME");
    Mail binary = binary(AddressForm.ASCII);

    assertThat(dialog.begin(binary))
        .containsExactly(
            send("MAIL FROM:<me@src.example> BODY=BINARYMIME\r\nRCPT TO:<ann@dest.example>\r\n"));
    dialog.on(OK);

    assertThat(dialog.conversion(binary)).isEqualTo(Conversion.NONE);
    assertThat(dialog.on(OK)).containsExactly(new Action.SendChunks());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "250-PIPELINING\n250-CHUNKING\n250 8BITMIME",
        "250-CHUNKING\n250 BINARYMIME",
        "250-PIPELINING\n250 BINARYMIME"
      })
  void binaryContentIsNeverSentAsItIsToAHostThatDoesNotTakeIt(String extensions) {
    open("250-host\n" + extensions);
    Mail binary = binary(AddressForm.ASCII);

    assertThat(dialog.conversion(binary)).isEqualTo(Conversion.SEVEN_BIT);
    assertThat(dialog.begin(binary).getFirst().toString()).doesNotContain("BODY");
  }

  @Test
  void aConvertedMessageWithAHeaderBeyondAsciiIsEightBit() {
    open("250-host\n250-8BITMIME\n250 SMTPUTF8");

    assertThat(dialog.begin(binary(AddressForm.UTF8)))
        .containsExactly(send("MAIL FROM:<me@src.example> BODY=8BITMIME SMTPUTF8\r\n"));
  }

  private static Mail binary(AddressForm addresses) {
    return new Mail(
        ReversePath.of("me@src.example"),
        List.of(to("ann@dest.example")),
        new MailParameters(BodyType.BINARY_MIME, addresses, DsnParameters.OfMessage.NONE),
        42,
        Carriage.WHOLE);
  }

  @Test
  void aHostThatTakesChunksOneByOneGetsTheWhole() {
    open("250-host\n250 CHUNKING");
    dialog.begin(large("ann@dest.example"));
    dialog.on(OK);

    assertThat(dialog.on(OK)).containsExactly(send("DATA\r\n"));
  }

  @Test
  void aHostThatNamesNoSizeTakesEverySize() {
    open("250-host\n250 SIZE 0");

    assertThat(dialog.refusal(mail("ann@dest.example"))).isEmpty();
  }

  @Test
  void smtpUtf8IsSaidWhereTheClientSaidIt() {
    open("250-host\n250 SMTPUTF8");

    assertThat(dialog.begin(utf8(AddressForm.UTF8)))
        .containsExactly(send("MAIL FROM:<me@src.example> SMTPUTF8\r\n"));
  }

  @Test
  void aHostWithoutSmtpUtf8CannotTakeAHeaderBeyondAscii() {
    open("250 host");

    assertThat(dialog.refusal(utf8(AddressForm.UTF8)).orElseThrow().status()).hasToString("5.6.9");
  }

  @Test
  void aMessageThatOnlySaidSmtpUtf8GoesToAHostWithoutIt() {
    open("250 host");

    assertThat(dialog.refusal(utf8(AddressForm.UTF8_ADDRESSES))).isEmpty();
    assertThat(dialog.begin(utf8(AddressForm.UTF8_ADDRESSES)))
        .containsExactly(send("MAIL FROM:<me@src.example>\r\n"));
  }

  @Test
  void onlyARecipientBeyondAsciiIsRefusedByAHostWithoutSmtpUtf8() {
    open("250 host");
    Recipient ann = to("ann@dest.example");
    Recipient user = to("\u00fcser@dest.example");

    assertThat(dialog.refusal(ann)).isEmpty();
    assertThat(dialog.refusal(user).orElseThrow().status()).hasToString("5.6.7");
    assertThat(dialog.refusal(utf8(AddressForm.UTF8_ADDRESSES))).isEmpty();
  }

  /// A header of one of its parts may need it (RFC 6532).
  @Test
  void smtpUtf8IsSaidWhereItMayNotBeNeeded() {
    open("250-host\n250 SMTPUTF8");

    assertThat(dialog.begin(utf8(AddressForm.UTF8_ADDRESSES)))
        .containsExactly(send("MAIL FROM:<me@src.example> SMTPUTF8\r\n"));
  }

  @Test
  void largeContentGoesInChunksBehindTheAnswersToRcpt() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");

    assertThat(dialog.begin(large("ann@dest.example")))
        .containsExactly(send("MAIL FROM:<me@src.example>\r\nRCPT TO:<ann@dest.example>\r\n"));
    replies(OK);
    assertThat(dialog.on(OK)).containsExactly(new Action.SendChunks());
    assertThat(dialog.chunk(1000)).contains("BDAT 1000\r\n");
    assertThat(dialog.on(OK)).isEmpty();
    assertThat(dialog.lastChunk()).contains("BDAT 0 LAST\r\n");
    assertThat(dialog.mayBeginBehindContent()).isTrue();
    assertThat(dialog.on(OK))
        .containsExactly(new Action.Ended(new MailEnd.Answered(List.of(OK))), new Action.Free());
  }

  @Test
  void chunksAreNotSentWhereNobodyIsAccepted() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");
    dialog.begin(large("ann@dest.example"));
    replies(OK);

    assertThat(dialog.on(NO_USER))
        .containsExactly(
            new Action.Ended(new MailEnd.Answered(List.of(NO_USER))), send("RSET\r\n"));
  }

  @Test
  void aRefusedChunkEndsTheMailAndTheConversation() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");
    dialog.begin(large("ann@dest.example"));
    replies(OK, OK);
    dialog.chunk(1000);
    dialog.chunk(1000);
    Reply full = Reply.of(552, "5.3.4", "too large");

    assertThat(dialog.on(full))
        .containsExactly(new Action.Ended(new MailEnd.Answered(List.of(full))), new Action.Close());
    assertThat(dialog.chunk(1000)).isEmpty();
    assertThat(dialog.lastChunk()).isEmpty();
  }

  @Test
  void aChunkAnsweredWithNonsenseEndsTheMailOnce() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");
    dialog.begin(large("ann@dest.example"));
    replies(OK, OK);
    dialog.chunk(1000);
    dialog.chunk(1000);

    assertThat(dialog.on(GO))
        .containsExactly(
            new Action.Ended(new MailEnd.Interrupted(List.of(Optional.empty()), Optional.empty())),
            new Action.Close());
  }

  @Test
  void aConnectionLostAmongTheChunksInterruptsAndAfterTheLastIsUncertain() {
    open("250-host\n250-CHUNKING\n250 PIPELINING");
    dialog.begin(large("ann@dest.example"));
    replies(OK, OK);
    dialog.chunk(1000);
    dialog.lastChunk();

    assertThat(dialog.lost())
        .containsExactly(
            new Action.Ended(new MailEnd.Uncertain(List.of(Optional.empty()))), new Action.Close());
  }

  private static Mail utf8(AddressForm form) {
    return mail(form, DsnParameters.OfMessage.NONE, Carriage.WHOLE, to("ann@dest.example"));
  }

  private static Mail large(String recipient) {
    return mail(AddressForm.ASCII, DsnParameters.OfMessage.NONE, Carriage.PIECES, to(recipient));
  }

  private static Mail mail(
      AddressForm form, DsnParameters.OfMessage dsn, Carriage carriage, Recipient recipient) {
    return new Mail(
        ReversePath.of("me@src.example"),
        List.of(recipient),
        new MailParameters(BodyType.SEVEN_BIT, form, dsn),
        42,
        carriage);
  }
}
