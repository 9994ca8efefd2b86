package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.reply.Reply;
import io.gatepost.scanner.scan.ScannerFailedException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterReplyTest {

  @Test
  void changesOfTheHeaderAreRead() {
    assertThat(FilterReply.of(Packet.of('h', "X-A", " one\n two")))
        .isEqualTo(new FilterReply.AddField("X-A", " one\n two"));
    assertThat(FilterReply.of(hex('i', "00000001" + "582d41" + "00" + "6f6e65" + "00")))
        .isEqualTo(new FilterReply.InsertField(1, "X-A", "one"));
    assertThat(FilterReply.of(hex('m', "00000002" + "582d41" + "00" + "00")))
        .isEqualTo(new FilterReply.ChangeField(2, "X-A", ""));
    assertThat(FilterReply.of(Packet.of('q', "looks odd")))
        .isEqualTo(new FilterReply.Quarantine("looks odd"));
  }

  @Test
  void textIsUtf8OrOlder() {
    assertThat(FilterReply.of(hex('q', "c3bc00"))).isEqualTo(new FilterReply.Quarantine("ü"));
    assertThat(FilterReply.of(hex('q', "fc00"))).isEqualTo(new FilterReply.Quarantine("ü"));
  }

  @ParameterizedTest
  @ValueSource(chars = {'+', '2', '-', 'e'})
  void changesThatAreNotOfferedAreNotTaken(char command) {
    assertThatThrownBy(() -> FilterReply.of(Packet.of(command, "<eve@x.example>")))
        .isInstanceOf(ScannerFailedException.class)
        .hasMessage("asks for a change that it was not offered: '" + command + "'");
  }

  @Test
  void whatIsNoAnswerIsGarbage() {
    for (Packet packet :
        new Packet[] {
          Packet.of('?'),
          Packet.of('O'),
          Packet.of('c', "more"),
          hex('h', "582d4100"),
          hex('h', "582d41006f6e65"),
          hex('m', "0000"),
          hex('i', "ffffffff" + "4100" + "4100"),
          hex('i', "00000001" + "4100" + "4100" + "41"),
          hex('q', "")
        }) {
      assertThatThrownBy(() -> FilterReply.of(packet))
          .as("%s", FilterReply.shown(packet.command()))
          .isInstanceOf(ScannerFailedException.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      value = {
        "550 5.7.1 No                = 550 5.7.1 No",
        "451 4.7.1 Later             = 451 4.7.1 Later",
        "550 No code                 = 550 5.7.1 No code",
        "550 4.2.2 Another class     = 550 5.7.1 Another class",
        "550 5.7.1                   = 550 5.7.1 ",
        "554                         = 554 5.7.1 ",
        "550 5.7.1 100%% sure        = 550 5.7.1 100% sure",
        "421 4.3.2 Session over      = 451 4.3.2 Session over",
        "550-5.1.1 one~550 5.1.1 two = 550 5.1.1 one;two",
        "550-one~550-two~550 three~  = 550 5.7.1 one;two;three"
      },
      ignoreLeadingAndTrailingWhitespace = true)
  void repliesInWordsAreRead(String written, String expected) {
    FilterReply reply = FilterReply.of(Packet.of('y', written.strip().replace("~", "\r\n")));

    assertThat(((FilterReply.Worded) reply).reply().toString().replace('\n', ';').strip())
        .isEqualTo(expected.strip());
  }

  @Test
  void aReplyMayLackItsNul() {
    assertThat(FilterReply.of(new Packet('y', "550 5.7.1 No".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(new FilterReply.Worded(Reply.of(550, "5.7.1", "No")));
  }

  @Test
  void repliesAreBounded() {
    String line = "550-5.7.1 " + "x".repeat(5_000) + "\r\n";
    FilterReply reply = FilterReply.of(Packet.of('y', line.repeat(25)));

    Reply read = ((FilterReply.Worded) reply).reply();
    assertThat(read.lines()).hasSize(20).allMatch(each -> each.length() == 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "250 2.0.0 Ok", "350 Go", "560 x", "x50", "55", "5505", "550-a\r\n551 b"})
  void whatIsNoRefusalIsNoReply(String written) {
    assertThatThrownBy(() -> FilterReply.of(Packet.of('y', written)))
        .isInstanceOf(ScannerFailedException.class)
        .hasMessageContaining("(expected: such as 550 5.7.1 No)");
  }

  @Test
  void noLineIsSmuggledIntoAReply() {
    FilterReply reply = FilterReply.of(Packet.of('y', "550 5.7.1 a\u0007b\rc\u00fc"));

    assertThat(((FilterReply.Worded) reply).reply().lines()).containsExactly("a?b?c?");
  }

  private static Packet hex(char command, String data) {
    return new Packet(command, HexFormat.of().parseHex(data));
  }
}
