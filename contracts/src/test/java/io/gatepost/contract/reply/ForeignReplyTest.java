package io.gatepost.contract.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignReplyTest {

  private static final ForeignReply.Host HOST =
      new ForeignReply.Host("mx1.dept.example.org", "192.0.2.25");
  private static final ForwardPath BOB = ForwardPath.of("bob@dept.example.org");

  private static ForeignReply.Said said(String atNextHop) {
    return new ForeignReply.Said(Optional.of(HOST), BOB, ForwardPath.of(atNextHop));
  }

  private static Reply shown(String reply) {
    return shown(reply, BOB.toString());
  }

  private static Reply shown(String reply, String atNextHop) {
    return ForeignReply.toRecipient(Reply.parse(reply), said(atNextHop));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "550 5.1.1 No such person in Chemistry | 550 5.1.1 No such person in Chemistry",
        "550 <bob@dept.example.org>: unknown | 550 5.1.0 <bob@dept.example.org>: unknown",
        "550 4.2.0 odd | 550 5.1.0 odd",
        "552 full | 552 5.2.2 full",
        "554 no | 554 5.0.0 no",
        "556 no mail | 556 5.1.10 no mail",
        "450 4.7.1 greylisted, see https://help.dept.example.org/grey"
            + " | 450 4.7.1 greylisted, see https://help.dept.example.org/grey",
        "421 4.7.0 slow down | 451 4.7.0 slow down",
        "530 5.7.0 Must issue STARTTLS | 550 5.7.0 Must issue STARTTLS",
        "503 5.5.1 bad sequence | 550 5.5.1 bad sequence",
        "550 5.1.1 unknown on mbx3.dept.example.org | 550 5.1.1 unknown on (host)",
        "550 5.1.1 mx1.dept.example.org [192.0.2.25] says no | 550 5.1.1 (host) (host) says no",
        "550 5.1.1 unknown at 10.1.2.3 | 550 5.1.1 unknown at (host)",
        "550 5.1.1 via [IPv6:fd00::12] | 550 5.1.1 via (host)",
        "550 5.1.1 store7.corp has none | 550 5.1.1 (host) has none",
        "550 5.1.1 at 12:30:45 | 550 5.1.1 at 12:30:45",
        "550 5.1.1 ask postmaster@it.dept.example.org"
            + " | 550 5.1.1 ask postmaster@it.dept.example.org",
        "550 5.1.1 bob@store7.local unknown | 550 5.1.1 bob@(host) unknown",
        "550 5.1.1 mail for dept.example.org | 550 5.1.1 mail for dept.example.org",
      })
  void wordsArePassedOnAndHostsAreNot(String said, String shown) {
    assertThat(shown(said.strip())).hasToString(shown.strip());
  }

  @Test
  void aNameAtTheNextHopIsShownAsTheClientKnowsIt() {
    assertThat(shown("550 5.1.1 <b7@inner.example>: unknown", "b7@inner.example"))
        .hasToString("550 5.1.1 <bob@dept.example.org>: unknown");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "550 5.1.1 unknown on mbx3.dept.example.org | 550 5.1.1 unknown on (host)",
        "552 too large | 552 5.2.2 too large",
        "553 5.1.3 no such name | 554 5.1.3 no such name",
        "556 no mail | 554 5.0.0 no mail",
        "530 5.7.0 Must issue STARTTLS | 554 5.7.0 Must issue STARTTLS",
        "421 4.3.2 going down | 554 5.0.0 going down",
        "354 go ahead | 554 5.0.0 go ahead",
        "250 2.0.0 fine | 554 5.0.0 fine",
      })
  void theEndOfAMessageHasARefusalOfItsOwn(String said, String shown) {
    assertThat(ForeignReply.toMessage(Reply.parse(said.strip()), said("bob@dept.example.org")))
        .hasToString(shown.strip());
  }

  @Test
  void ourOwnClientsSeeWhereTheirMailGoes() {
    Reply refusal = Reply.parse("553 5.1.3 unknown on mbx3.dept.example.org [10.1.2.3]");

    assertThat(ForeignReply.toOwnMessage(refusal))
        .hasToString("554 5.1.3 unknown on mbx3.dept.example.org [10.1.2.3]");
  }

  @Test
  void wordsOfASuccessAreCleanedForStrangersAndBoundedForAll() {
    Reply taken = Reply.parse("250 2.0.0 queued as 4B on mbx3.dept.example.org");
    Reply endless = Reply.plain(250, "x\n".repeat(300).split("\n"));

    assertThat(ForeignReply.words(taken, said("bob@dept.example.org")))
        .containsExactly("queued as 4B on (host)");
    assertThat(ForeignReply.words(taken)).containsExactly("queued as 4B on mbx3.dept.example.org");
    assertThat(ForeignReply.words(endless)).hasSize(ForeignReply.MAX_LINES);
    assertThat(ForeignReply.words(Reply.plain(250, "x".repeat(900))).getFirst().length())
        .isLessThan(410);
  }

  @Test
  void noReplyWhateverItSaysLeavesItsBounds() {
    Random random = new Random(7);

    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(700); length > 0; length--) {
        text.append((char) (random.nextInt(8) == 0 ? random.nextInt(0x250) : random.nextInt(128)));
      }
      Reply reply = Reply.plain(400 + random.nextInt(200), text.toString().split("\n", -1));

      byte[] wire = shown(reply.toString()).wire();

      String[] lines = new String(wire, StandardCharsets.US_ASCII).split("\r\n", -1);
      assertThat(lines.length).isBetween(2, 6);
      for (String line : lines) {
        assertThat(line.length()).isLessThan(510);
        assertThat(line).matches("|[45][0-9][0-9][ -][45]\\.\\d{1,3}\\.\\d{1,3} [ -~]*");
      }
    }
  }
}
