package io.gatepost.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyDecoderTest {

  private final ReplyDecoder decoder = new ReplyDecoder();
  private final List<Reply> replies = new ArrayList<>();

  @Test
  void aReplyIsReadWithItsStatus() {
    feed("550 5.1.1 No such user\r\n");

    assertThat(replies).containsExactly(Reply.of(550, "5.1.1", "No such user"));
  }

  @Test
  void linesOfOneReplyBelongTogether() {
    feed("250-host\r\n250-PIPELINING\r\n250 SIZE 1000\r\n");

    assertThat(replies).containsExactly(Reply.plain(250, "host", "PIPELINING", "SIZE 1000"));
  }

  @Test
  void theStatusIsTakenOffEveryLine() {
    feed("550-5.7.1 first\r\n550 5.7.1 second\r\n");

    assertThat(replies.getFirst().status()).isEqualTo(EnhancedStatusCode.of("5.7.1"));
    assertThat(replies.getFirst().lines()).containsExactly("first", "second");
  }

  @Test
  void repliesMayComeOctetByOctetOrTogether() {
    for (byte octet : "250 2.1.0 ok\r\n354 go\r\n".getBytes(StandardCharsets.US_ASCII)) {
      decoder.feed(new byte[] {octet}, 0, 1, replies::add);
    }

    assertThat(replies).containsExactly(Reply.of(250, "2.1.0", "ok"), Reply.plain(354, "go"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"250 4.1.0 other class", "250 2.1 short", "250 2.1.1234 long", "250 2.x.1"})
  void whatIsNoStatusOfTheCodesClassIsText(String line) {
    feed(line + "\r\n");

    assertThat(replies.getFirst().status()).isEqualTo(EnhancedStatusCode.NONE);
    assertThat(replies.getFirst().lines()).containsExactly(line.substring(4));
  }

  @Test
  void aCodeAloneIsAReply() {
    feed("250\r\n221\r\n");

    assertThat(replies).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "25",
        "abc hello",
        "2500 x",
        "199 x",
        "600 x",
        "250-a\r\n251 b",
        "HTTP/1.1 200 OK"
      })
  void whatIsNoReplyIsRefused(String line) {
    assertThatThrownBy(() -> feed(line + "\r\n")).isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void aLineWithoutEndIsKeptOnlyToItsBound() {
    feed("550 " + "x".repeat(1_000_000) + "\r\n");

    assertThat(replies.getFirst().lines().getFirst()).hasSize(ReplyDecoder.MAX_LINE_OCTETS - 4);
  }

  @Test
  void aReplyWithoutEndIsRefused() {
    assertThatThrownBy(() -> feed("250-more\r\n".repeat(ReplyDecoder.MAX_LINES + 1)))
        .isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void octetsThatAreNotPrintableDoNotGetThrough() {
    decoder.feed(
        "550 a\u0000b\u007f\u00e9\r\n".getBytes(StandardCharsets.ISO_8859_1), 0, 11, replies::add);

    assertThat(replies.getFirst().lines()).containsExactly("a?b??");
  }

  @Test
  void noiseEitherDecodesOrIsRefused() {
    Random random = new Random(42);
    for (int round = 0; round < 2_000; round++) {
      byte[] noise = new byte[random.nextInt(200)];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = (byte) "0123456789 -.\r\nabc\u00ff".charAt(random.nextInt(19));
      }
      try {
        new ReplyDecoder().feed(noise, 0, noise.length, replies::add);
      } catch (MalformedReplyException e) {
        assertThat(e).hasMessageNotContaining("\r");
      }
    }
  }

  private void feed(String text) {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    decoder.feed(octets, 0, octets.length, replies::add);
  }
}
