package io.gatepost.cli.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalMessageTest {

  private static final ZonedDateTime NOW = ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);

  private static LocalMessage message(String text) {
    return LocalMessage.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String complete(String text) {
    return new String(
        message(text).complete("Ann <ann@client.example>", "client.example", NOW),
        StandardCharsets.UTF_8);
  }

  @Test
  void recipientsAreThoseOfToCcAndBcc() {
    assertThat(
            message(
                    "To: a@x.example,\n"
                        + " b@x.example\n"
                        + "Cc: C <c@x.example>\n"
                        + "Bcc: d@x.example\n\n"
                        + "To: e@x")
                .recipients())
        .containsExactly("a@x.example", "b@x.example", "c@x.example", "d@x.example");
  }

  @Test
  void ofAMessageThatIsSentAgainTheNewestResentFieldsNameTheRecipients() {
    assertThat(
            message(
                    "Resent-From: c@x.example\nResent-To: d@x.example\nResent-Bcc: e@x.example\n"
                        + "Resent-From: b@x.example\nResent-To: c@x.example\n"
                        + "To: b@x.example\nBcc: f@x.example\n\n")
                .recipients())
        .containsExactly("d@x.example", "e@x.example");
  }

  @Test
  void resentBccGoesToNobody() {
    assertThat(complete("Resent-To: d@x.example\nResent-Bcc: e@x.example,\n f@x.example\n\n"))
        .contains("Resent-To: d@x.example")
        .doesNotContain("Bcc", "e@x.example", "f@x.example");
  }

  @Test
  void blanksBeforeTheColonBelongToTheField() {
    assertThat(complete("Date : now\nBcc\t: d@x.example\nSubject : s\n\nbody\n"))
        .startsWith("Date : now\nSubject : s\nFrom: ")
        .doesNotContain("Bcc")
        .endsWith("\n\nbody\n");
  }

  @Test
  void whatIsThereStaysAndBccGoes() {
    assertThat(
            complete(
                "From: bob@x.example\nDate: now\nMessage-Id: <1@x>\nBcc: d@x.example,\n"
                    + " e@x.example\nSubject: h\u00e9\n\nbody\n"))
        .isEqualTo("From: bob@x.example\nDate: now\nMessage-Id: <1@x>\nSubject: h\u00e9\n\nbody\n");
  }

  @Test
  void whatIsLackingIsAdded() {
    assertThat(complete("Subject: x\n\nbody\n"))
        .startsWith(
            "Subject: x\nDate: Fri, 2 Jan 2026 03:04:05 +0000\nFrom: Ann <ann@client.example>\n"
                + "Message-ID: <")
        .endsWith("@client.example>\n\nbody\n");
  }

  @Test
  void textWithoutAHeaderIsABody() {
    assertThat(complete("no header here: none\nat all\n"))
        .endsWith("\n\nno header here: none\nat all\n");
    assertThat(complete("")).endsWith(">\n\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a@x.example                              | a@x.example
          Ann <a@x.example>, b@x.example           | a@x.example b@x.example
          "Last, First" <a@x.example>              | a@x.example
          team: a@x.example, B <b@x.example>;      | a@x.example b@x.example
          undisclosed-recipients:;                 | ''
          a@x.example (Ann, (the) first), b@x      | a@x.example b@x
          "a b"@x.example                          | "a b"@x.example
          <@r.example:a@x.example>                 | a@x.example
          ann, bob                                 | ann bob
          <a@x.example                             | a@x.example
          "never ends                              | "never ends
          (never ends                              | ''
          """)
  void addressesAreFound(String field, String addresses) {
    List<String> found = AddressList.of(field);

    assertThat(String.join(" ", found)).isEqualTo(addresses);
  }
}
