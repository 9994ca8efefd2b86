package io.gatepost.smtp.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import java.util.OptionalLong;
import java.util.Random;
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
                new MailParameters(BodyType.EIGHT_BIT_MIME, null, null)));
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
    assertThat(parser.parse(line)).isEqualTo(new Command.Rcpt(ForwardPath.of(address)));
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
    "MAIL FROM:<ann@client.example> RET=HDRS, 555 5.5.4",
    "RCPT TO:<ann>, 501 5.1.3",
    "RCPT TO:<>, 501 5.1.3",
    "RCPT TO:<a..b@dest.example>, 501 5.1.3",
    "RCPT TO:<ann@-dest.example>, 501 5.1.3",
    "RCPT TO:<ann@dest.example> NOTIFY=NEVER, 555 5.5.4",
    "DATA now, 501 5.5.4",
    "VRFY, 501 5.5.4",
    "EXPN list, 502 5.5.1",
  })
  void whatIsWrongIsNamed(String line, String start) {
    Command command = parser.parse(line);

    assertThat(command).isInstanceOf(Command.Malformed.class);
    assertThat(((Command.Malformed) command).reply().toString()).startsWith(start);
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

  @Test
  void noLineMakesItThrow() {
    Random random = new Random(1);
    String alphabet = "MAILRCPTFOMT:<>@\".\\ []=;\u0000\u00ffa0";
    for (int i = 0; i < 100_000; i++) {
      StringBuilder line = new StringBuilder(random.nextBoolean() ? "MAIL FROM:<" : "RCPT TO:<");
      random
          .ints(random.nextInt(40), 0, alphabet.length())
          .forEach(at -> line.append(alphabet.charAt(at)));

      assertThat(parser.parse(line.toString())).isNotNull();
    }
  }
}
