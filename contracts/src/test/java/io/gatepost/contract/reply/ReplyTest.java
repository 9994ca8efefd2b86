package io.gatepost.contract.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "550 5.1.1 No such user|550|5.1.1|No such user",
        "250 OK|250|0.0.0|OK",
        "354|354|0.0.0|~~",
        "550 5.1.1|550|5.1.1|~~",
        "550 5.1.1x|550|0.0.0|5.1.1x",
        "550 5.1|550|0.0.0|5.1",
        "550 5.1.1.1 text|550|0.0.0|5.1.1.1 text",
        "550 3.1.1 text|550|0.0.0|3.1.1 text",
        "550 55.1.1 text|550|0.0.0|55.1.1 text",
        "550 5.1111.1 text|550|0.0.0|5.1111.1 text",
        "421 4.999.999  two blanks|421|4.999.999|~ two blanks~"
      })
  void theFormOnOneLineIsRead(String text, int code, String status, String words) {
    Reply reply = Reply.parse(text);

    assertThat(reply.code()).isEqualTo(new ReplyCode(code));
    assertThat(reply.status()).hasToString(status);
    assertThat(reply.lines()).containsExactly(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "55", "550x", "5a0 no", "199 no", "600 no", " 550 no", "-50 no"})
  void whatIsNoReplyIsRefused(String text) {
    assertThatThrownBy(() -> Reply.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }

  @Test
  void severalLinesComeBackFromTheirText() {
    Reply reply =
        new Reply(
            new ReplyCode(550), EnhancedStatusCode.of("5.7.1"), List.of("first", "", "third"));

    assertThat(Reply.parse(reply.toString())).isEqualTo(reply);
  }

  @Test
  void everyLineOnTheWireCarriesCodeAndStatus() {
    Reply reply =
        new Reply(new ReplyCode(550), EnhancedStatusCode.of("5.7.1"), List.of("first", "second"));

    assertThat(new String(reply.wire(), StandardCharsets.US_ASCII))
        .isEqualTo("550-5.7.1 first\r\n550 5.7.1 second\r\n");
  }

  @Test
  void noTextCanSmuggleALine() {
    Reply reply = Reply.plain(550, "no\r\n250 yes", "caf\u00e9\u0000");

    assertThat(reply.lines()).containsExactly("no??250 yes", "caf??");
  }

  @Test
  void aReplyIsAbridgedWhereItIsTooLong() {
    Reply reply = Reply.plain(550, "first", "second", "third");

    assertThat(reply.abridged(18)).isEqualTo(reply);
    assertThat(reply.abridged(17).lines()).containsExactly("first", "second", "thir...");
    assertThat(reply.abridged(8).lines()).containsExactly("first", "se...");
    assertThat(reply.abridged(0).lines()).containsExactly("...");
    assertThat(reply.abridged(8).code()).isEqualTo(reply.code());
  }

  @Test
  void aReplyHasALine() {
    assertThatThrownBy(() -> Reply.plain(250)).hasMessageContaining("expected: at least one");
  }
}
