package io.gatepost.smtp.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.DsnParameters.Return;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.command.Command.Chunk;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandParserTest {

  private final CommandParser parser = new CommandParser(ForwardPath.of("postmaster@example.test"));

  @Test
  void verbsAreReadInAnyCase() {
    assertThat(parser.parse("ehlo client.example")).isEqualTo(new Command.Ehlo("client.example"));
    assertThat(parser.parse("HeLo client.example")).isEqualTo(new Command.Helo("client.example"));
    assertThat(parser.parse("quit")).isEqualTo(new Command.Quit());
    assertThat(parser.parse("noop whatever")).isEqualTo(new Command.Noop());
    assertThat(parser.parse("DATA ")).isEqualTo(new Command.Data());
  }

  @Test
  void mailCarriesItsParameters() {
    assertThat(parser.parse("MAIL FROM:<ann@client.example> SIZE=2048 BODY=8BITMIME"))
        .isEqualTo(
            new Command.Mail(
                ReversePath.of("ann@client.example"),
                OptionalLong.of(2048),
                new MailParameters(
                    BodyType.EIGHT_BIT_MIME, AddressForm.ASCII, DsnParameters.OfMessage.NONE)));
    assertThat(parser.parse("mail from:<>"))
        .isEqualTo(
            new Command.Mail(new ReversePath.Null(), OptionalLong.empty(), MailParameters.NONE));
  }

  @ParameterizedTest
  @CsvSource({
    "RCPT TO:<ann@dest.example>, ann@dest.example",
    "RCPT TO: <ann@dest.example>, ann@dest.example",
    "RCPT TO:<Ann@DEST.example>, Ann@dest.example",
    "RCPT TO:<@a.example:ann@dest.example>, ann@dest.example",
    "RCPT TO:<\"a>b c\"@dest.example>, \"a>b c\"@dest.example",
    "RCPT TO:<ann@[192.0.2.1]>, ann@[192.0.2.1]",
    "RCPT TO:<Postmaster>, postmaster@example.test",
  })
  void recipientsAreRead(String line, String address) {
    assertThat(parser.parse(line)).isEqualTo(rcpt(address));
  }

  @ParameterizedTest
  @CsvSource({
    "FOO, 500 5.5.2",
    "'', 500 5.5.2",
    "EHLO, 501 5.5.4",
    "EHLO two words, 501 5.5.4",
    "MAIL, 501 5.5.4",
    "MAIL ann@client.example, 501 5.5.4",
    "MAIL FROM:ann@client.example, 501 5.1.7",
    "MAIL FROM:<ann>, 501 5.1.7",
    "MAIL FROM:<ann@client.example, 501 5.1.7",
    "MAIL FROM:<ann@client.example> SIZE=many, 501 5.5.4",
    "MAIL FROM:<ann@client.example> SIZE=9999999999999999999999, 501 5.5.4",
    "MAIL FROM:<ann@client.example> BODY=BINARYMIME, 501 5.5.4",
    "MAIL FROM:<ann@client.example> REQUIRETLS, 555 5.5.4",
    "MAIL FROM:<ann@client.example> RET=SOME, 501 5.5.4",
    "MAIL FROM:<ann@client.example> RET=FULL RET=HDRS, 501 5.5.4",
    "MAIL FROM:<ann@client.example> ENVID=, 501 5.5.4",
    "MAIL FROM:<ann@client.example> ENVID=a=b, 501 5.5.4",
    "MAIL FROM:<ann@client.example> ENVID=a+2b, 501 5.5.4",
    "MAIL FROM:<ann@client.example> SMTPUTF8=yes, 501 5.5.4",
    "MAIL FROM:<ann@client.example> SIZE=1 SIZE=1, 501 5.5.4",
    "MAIL FROM:<ann@client.example>SIZE=1, 501 5.1.7",
    "RCPT TO:<ann>, 501 5.1.3",
    "RCPT TO:<>, 501 5.1.3",
    "RCPT TO:<a..b@dest.example>, 501 5.1.3",
    "RCPT TO:<ann@-dest.example>, 501 5.1.3",
    "RCPT TO:<ann@dest.example> WHATEVER, 555 5.5.4",
    "RCPT TO:<ann@dest.example>x, 501 5.1.3",
    "RCPT TO:<ann@dest.example> NOTIFY=, 501 5.5.4",
    "RCPT TO:<ann@dest.example> NOTIFY=SOMETIMES, 501 5.5.4",
    "'RCPT TO:<ann@dest.example> NOTIFY=NEVER,DELAY', 501 5.5.4",
    "'RCPT TO:<ann@dest.example> NOTIFY=DELAY,', 501 5.5.4",
    "RCPT TO:<ann@dest.example> ORCPT=ann@dest.example, 501 5.5.4",
    "RCPT TO:<ann@dest.example> ORCPT=rfc822;, 501 5.5.4",
    "RCPT TO:<ann@dest.example> ORCPT=rfc822;a+zz, 501 5.5.4",
    "BDAT, 501 5.5.4",
    "BDAT x, 501 5.5.4",
    "BDAT -1, 501 5.5.4",
    "BDAT 10 FIRST, 501 5.5.4",
    "BDAT 99999999999999999999, 501 5.5.4",
    "AUTH, 501 5.5.4",
    "STARTTLS now, 501 5.5.4",
    "XCLIENT, 501 5.5.4",
    "XCLIENT NAME, 501 5.5.4",
    "XCLIENT NAME=a+0Db, 501 5.5.4",
    "DATA now, 501 5.5.4",
    "VRFY, 501 5.5.4",
    "EXPN list, 502 5.5.1",
  })
  void whatIsWrongIsNamed(String line, String start) {
    Command command = parser.parse(line);

    assertThat(command).isInstanceOf(Command.Malformed.class);
    assertThat(((Command.Malformed) command).reply().toString()).startsWith(start);
  }

  @Test
  void noticesAreAskedForPerMessageAndPerRecipient() {
    assertThat(parser.parse("MAIL FROM:<a@b.example> RET=hdrs ENVID=QQ+2B1"))
        .isEqualTo(
            new Command.Mail(
                ReversePath.of("a@b.example"),
                OptionalLong.empty(),
                new MailParameters(
                    BodyType.SEVEN_BIT,
                    AddressForm.ASCII,
                    new DsnParameters.OfMessage(Optional.of(Return.HDRS), Optional.of("QQ+2B1")))));
    assertThat(
            parser.parse(
                "RCPT TO:<a@b.example> NOTIFY=success,FAILURE ORCPT=rfc822;A+2Bx@b.example"))
        .isEqualTo(
            new Command.Rcpt(
                ForwardPath.of("a@b.example"),
                AddressForm.ASCII,
                new DsnParameters.OfRecipient(
                    Set.of(Notify.SUCCESS, Notify.FAILURE),
                    Optional.of("rfc822;A+2Bx@b.example"))));
  }

  @Test
  void addressesBeyondAsciiAreUtf8() {
    assertThat(parser.parse(octets("MAIL FROM:<jos\u00e9@b\u00fccher.example> SMTPUTF8")))
        .isEqualTo(
            new Command.Mail(
                ReversePath.of("jos\u00e9@xn--bcher-kva.example"),
                OptionalLong.empty(),
                new MailParameters(
                    BodyType.SEVEN_BIT, AddressForm.UTF8, DsnParameters.OfMessage.NONE)));
    assertThat(parser.parse(octets("RCPT TO:<\u7528\u6237@dest.example>")))
        .isEqualTo(
            new Command.Rcpt(
                ForwardPath.of("\u7528\u6237@dest.example"),
                AddressForm.UTF8,
                DsnParameters.OfRecipient.NONE));
  }

  @Test
  void aSenderBeyondAsciiTakesSmtpUtf8() {
    assertThat(parser.parse(octets("MAIL FROM:<jos\u00e9@client.example>")))
        .isEqualTo(new Command.Malformed(Replies.NON_ASCII_ADDRESS));
    assertThat(parser.parse(octets("MAIL FROM:<jose@b\u00fccher.example>")))
        .isEqualTo(new Command.Malformed(Replies.NON_ASCII_ADDRESS));
  }

  @Test
  void lettersThatLeadToTwoDomainsAreRefused() {
    assertThat(parser.parse(octets("RCPT TO:<a@stra\u00dfe.example>")))
        .isEqualTo(new Command.Malformed(Replies.BAD_RECIPIENT));
  }

  @Test
  void chunksAuthAndXclientAreRead() {
    assertThat(parser.parse("BDAT 0 last")).isEqualTo(new Command.Bdat(0, Chunk.LAST));
    assertThat(parser.parse("BDAT 86000")).isEqualTo(new Command.Bdat(86_000, Chunk.MORE));
    assertThat(parser.parse("auth plain AGEAYg=="))
        .isEqualTo(new Command.Auth("PLAIN", Optional.of("AGEAYg==")));
    assertThat(parser.parse("AUTH LOGIN")).isEqualTo(new Command.Auth("LOGIN", Optional.empty()));
    assertThat(parser.parse("XCLIENT ADDR=192.0.2.1 name=a+20b"))
        .isEqualTo(new Command.Xclient(Map.of("ADDR", "192.0.2.1", "NAME", "a b")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAIL FROM:<a@b.example>\r", "NOOP\n", "EHLO a\rb"})
  void lineEndsInsideALineAreRefused(String line) {
    assertThat(parser.parse(line)).isEqualTo(new Command.Malformed(Replies.BARE_LINE_END));
  }

  @Test
  void octetsThatAreNoAsciiAreRefused() {
    Reply reply = ((Command.Malformed) parser.parse("RCPT TO:<\u00e4nn@dest.example>")).reply();

    assertThat(reply).isEqualTo(Replies.SYNTAX);
  }

  private static Command rcpt(String address) {
    return new Command.Rcpt(
        ForwardPath.of(address), AddressForm.ASCII, DsnParameters.OfRecipient.NONE);
  }

  /// A line as it comes from the socket, one character for each octet of UTF-8.
  private static String octets(String line) {
    return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Test
  void noLineMakesItThrow() {
    Random random = new Random(1);
    String alphabet = "MAILRCPTFOMTNY:<>@\".\\ []=;+\u0000\u00ff\u00c3\u00a4a0";
    for (int i = 0; i < 100_000; i++) {
      StringBuilder line = new StringBuilder(random.nextBoolean() ? "MAIL FROM:<" : "RCPT TO:<");
      random
          .ints(random.nextInt(40), 0, alphabet.length())
          .forEach(at -> line.append(alphabet.charAt(at)));

      assertThat(parser.parse(line.toString())).isNotNull();
    }
  }
}
