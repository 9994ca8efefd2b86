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
import io.gatepost.smtp.command.CommandParser.Paths;
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

  private Command parse(String line) {
    return parser.parse(line, Paths.BRACKETED);
  }

  @Test
  void verbsAreReadInAnyCase() {
    assertThat(parse("ehlo client.example")).isEqualTo(new Command.Ehlo("client.example"));
    assertThat(parse("HeLo client.example")).isEqualTo(new Command.Helo("client.example"));
    assertThat(parse("quit")).isEqualTo(new Command.Quit());
    assertThat(parse("noop whatever")).isEqualTo(new Command.Noop());
    assertThat(parse("DATA ")).isEqualTo(new Command.Data());
  }

  @Test
  void mailCarriesItsParameters() {
    assertThat(parse("MAIL FROM:<ann@client.example> SIZE=2048 BODY=8BITMIME"))
        .isEqualTo(
            new Command.Mail(
                ReversePath.of("ann@client.example"),
                OptionalLong.of(2048),
                Optional.empty(),
                new MailParameters(
                    BodyType.EIGHT_BIT_MIME, AddressForm.ASCII, DsnParameters.OfMessage.NONE)));
    assertThat(parse("mail from:<>"))
        .isEqualTo(
            new Command.Mail(
                new ReversePath.Null(),
                OptionalLong.empty(),
                Optional.empty(),
                MailParameters.NONE));
  }

  @ParameterizedTest
  @CsvSource({
    "7bit, SEVEN_BIT",
    "8BITMIME, EIGHT_BIT_MIME",
    "BinaryMIME, BINARY_MIME",
  })
  void mailSaysWhatTheBodyIs(String word, BodyType body) {
    assertThat(parse("MAIL FROM:<> BODY=" + word))
        .isInstanceOfSatisfying(
            Command.Mail.class, mail -> assertThat(mail.parameters().body()).isEqualTo(body));
  }

  @ParameterizedTest
  @CsvSource({
    "RCPT TO:<ann@dest.example>, ann@dest.example",
    "RCPT TO: <ann@dest.example>, ann@dest.example",
    "RCPT TO:<Ann@DEST.example>, Ann@dest.example",
    "RCPT TO:<@a.example:ann@dest.example>, ann@dest.example",
    "RCPT TO:<\"a>b c\"@dest.example>, \"a>b c\"@dest.example",
    "RCPT TO:<ann@[192.0.2.1]>, ann@[192.0.2.1]",
    "RCPT TO:<ann@[IPv6:2001:DB8::1]>, ann@[ipv6:2001:db8::1]",
    "RCPT TO:<Postmaster>, postmaster@example.test",
  })
  void recipientsAreRead(String line, String address) {
    assertThat(parse(line)).isEqualTo(rcpt(address));
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
    "MAIL FROM:<ann@client.example> BODY=9BITMIME, 501 5.5.4",
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
    "MAIL FROM:<ann@[999.1.1.1]>, 501 5.1.7",
    "RCPT TO:<>, 501 5.1.3",
    "RCPT TO:ann@dest.example, 501 5.1.3",
    "RCPT TO:<ann@[999.1.1.1]>, 501 5.1.3",
    "RCPT TO:<ann@[192.0.2]>, 501 5.1.3",
    "RCPT TO:<ann@[IPv6:fe80::1%1]>, 501 5.1.3",
    "RCPT TO:<ann@[IPv6:2001:db8::g]>, 501 5.1.3",
    "RCPT TO:<ann@[anything]>, 501 5.1.3",
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
    Command command = parse(line);

    assertThat(command).isInstanceOf(Command.Malformed.class);
    assertThat(((Command.Malformed) command).reply().toString()).startsWith(start);
  }

  @ParameterizedTest
  @CsvSource({
    "BDAT, 501 5.5.4",
    "BDAT x, 501 5.5.4",
    "BDAT -1, 501 5.5.4",
    "BDAT 10 FIRST, 501 5.5.4",
    "bdat\t10, 500 5.5.2",
    "GET / HTTP/1.1, 500 5.5.1",
    "post /, 500 5.5.1",
    "OPTIONS * HTTP/1.1, 500 5.5.1",
    "MAIL / HTTP/1.0, 500 5.5.1",
    "PRI * HTTP/2.0, 500 5.5.1",
  })
  void whatCannotBeFollowedIsFatal(String line, String start) {
    assertThat(parse(line)).isInstanceOf(Command.Fatal.class);
    assertThat(((Command.Fatal) parse(line)).reply().toString()).startsWith(start);
  }

  @Test
  void aLineThatIsTooLongIsFatalWhereItsVerbIs() {
    assertThat(parser.tooLong("POST /xxxx")).isEqualTo(new Command.Fatal(Replies.OTHER_PROTOCOL));
    assertThat(parser.tooLong("BDAT 00000")).isEqualTo(new Command.Fatal(Replies.BAD_CHUNK));
    assertThat(parser.tooLong("NOOP xxxxx"))
        .isEqualTo(new Command.Malformed(Replies.LINE_TOO_LONG));
  }

  @ParameterizedTest
  @CsvSource({
    "00000000000000002048, 2048",
    "9223372036854775807, 9223372036854775807",
    "9223372036854775808, 9223372036854775807",
    "99999999999999999999, 9223372036854775807",
  })
  void sizesHaveUpToTwentyDigits(String digits, long size) {
    Command mail = parse("MAIL FROM:<> SIZE=" + digits);

    assertThat(((Command.Mail) mail).size()).hasValue(size);
    assertThat(parse("BDAT " + digits)).isEqualTo(new Command.Bdat(size, Chunk.MORE));
  }

  @Test
  void oursMayLeaveOutAngleBrackets() {
    assertThat(parser.parse("RCPT TO: ann@dest.example NOTIFY=NEVER", Paths.BARE))
        .isEqualTo(parse("RCPT TO:<ann@dest.example> NOTIFY=NEVER"));
    assertThat(parser.parse("MAIL FROM:\"a b\"@dest.example SIZE=10", Paths.BARE))
        .isEqualTo(parse("MAIL FROM:<\"a b\"@dest.example> SIZE=10"));
    assertThat(parser.parse("RCPT TO:postmaster", Paths.BARE))
        .isEqualTo(rcpt("postmaster@example.test"));
    for (String line : Set.of("MAIL FROM:", "MAIL FROM: ", "MAIL FROM:a@b.example>")) {
      assertThat(parser.parse(line, Paths.BARE))
          .isEqualTo(new Command.Malformed(Replies.BAD_SENDER));
    }
  }

  @Test
  void theClaimOfASubmitterIsRead() {
    assertThat(((Command.Mail) parse("MAIL FROM:<> AUTH=ann+40b.example")).auth())
        .contains("ann+40b.example");
    assertThat(parse("MAIL FROM:<> AUTH=<> AUTH=<>"))
        .isEqualTo(new Command.Malformed(Replies.SYNTAX));
  }

  @Test
  void noticesAreAskedForPerMessageAndPerRecipient() {
    assertThat(parse("MAIL FROM:<a@b.example> RET=hdrs ENVID=QQ+2B1"))
        .isEqualTo(
            new Command.Mail(
                ReversePath.of("a@b.example"),
                OptionalLong.empty(),
                Optional.empty(),
                new MailParameters(
                    BodyType.SEVEN_BIT,
                    AddressForm.ASCII,
                    new DsnParameters.OfMessage(Optional.of(Return.HDRS), Optional.of("QQ+2B1")))));
    assertThat(parse("RCPT TO:<a@b.example> NOTIFY=success,FAILURE ORCPT=rfc822;A+2Bx@b.example"))
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
    assertThat(parse(octets("MAIL FROM:<jos\u00e9@b\u00fccher.example> SMTPUTF8")))
        .isEqualTo(
            new Command.Mail(
                ReversePath.of("jos\u00e9@xn--bcher-kva.example"),
                OptionalLong.empty(),
                Optional.empty(),
                new MailParameters(
                    BodyType.SEVEN_BIT, AddressForm.UTF8, DsnParameters.OfMessage.NONE)));
    assertThat(parse(octets("RCPT TO:<\u7528\u6237@dest.example>")))
        .isEqualTo(
            new Command.Rcpt(
                ForwardPath.of("\u7528\u6237@dest.example"),
                AddressForm.UTF8,
                DsnParameters.OfRecipient.NONE));
  }

  @Test
  void aSenderBeyondAsciiTakesSmtpUtf8() {
    assertThat(parse(octets("MAIL FROM:<jos\u00e9@client.example>")))
        .isEqualTo(new Command.Malformed(Replies.NON_ASCII_ADDRESS));
    assertThat(parse(octets("MAIL FROM:<jose@b\u00fccher.example>")))
        .isEqualTo(new Command.Malformed(Replies.NON_ASCII_ADDRESS));
  }

  @Test
  void lettersThatLeadToTwoDomainsAreRefused() {
    assertThat(parse(octets("RCPT TO:<a@stra\u00dfe.example>")))
        .isEqualTo(new Command.Malformed(Replies.BAD_RECIPIENT));
  }

  @Test
  void chunksAuthAndXclientAreRead() {
    assertThat(parse("BDAT 0 last")).isEqualTo(new Command.Bdat(0, Chunk.LAST));
    assertThat(parse("BDAT 86000")).isEqualTo(new Command.Bdat(86_000, Chunk.MORE));
    assertThat(parse("auth plain AGEAYg=="))
        .isEqualTo(new Command.Auth("PLAIN", Optional.of("AGEAYg==")));
    assertThat(parse("AUTH LOGIN")).isEqualTo(new Command.Auth("LOGIN", Optional.empty()));
    assertThat(parse("XCLIENT ADDR=192.0.2.1 name=a+20b"))
        .isEqualTo(new Command.Xclient(Map.of("ADDR", "192.0.2.1", "NAME", "a b")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAIL FROM:<a@b.example>\r", "NOOP\n", "EHLO a\rb"})
  void lineEndsInsideALineAreRefused(String line) {
    assertThat(parse(line)).isEqualTo(new Command.Malformed(Replies.BARE_LINE_END));
  }

  @Test
  void octetsThatAreNoAsciiAreRefused() {
    Reply reply = ((Command.Malformed) parse("RCPT TO:<\u00e4nn@dest.example>")).reply();

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

      assertThat(parser.parse(line.toString(), Paths.BARE)).isNotNull();
    }
  }
}
