package io.gatepost.verification.callout;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyTextTest {

  private static final NextHop HOP = new NextHop("mx1.dept.example.org", "192.0.2.25", 25);
  private static final CalloutRule RULE =
      new CalloutRule(
          CalloutRule.Asked.TABLES, CalloutRule.ProbeSender.NULL, CalloutRule.Late.LATER);

  private static Reply shown(String reply) {
    return shown(reply, "bob@dept.example.org");
  }

  private static Reply shown(String reply, String atNextHop) {
    return ReplyText.forClient(
        new Answer(Reply.parse(reply), Optional.of(HOP), Instant.EPOCH),
        new Question(
            new Destination.Smtp("smtp:mx1", List.of(HOP)),
            ForwardPath.of("bob@dept.example.org"),
            ForwardPath.of("bob@dept.example.org"),
            ForwardPath.of(atNextHop),
            new ReversePath.Null(),
            RULE));
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
