package io.gatepost.smtp.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SevenBitTest {

  private static final String UTF8_TEXT =
      octets("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n");

  @Test
  void textThatIsMostlyAsciiBecomesQuotedPrintable() {
    String converted =
        Converted.forDelivery(
            UTF8_TEXT
                + "Content-Transfer-Encoding: 8bit\r\nSubject: x\r\n\r\n"
                + octets("Gr\u00fc\u00dfe an alle, a=b \r\n-- \r\nme\r\n"));

    assertThat(converted)
        .isEqualTo(
            UTF8_TEXT
                + "Content-Transfer-Encoding: quoted-printable\r\nSubject: x\r\n\r\n"
                + "Gr=C3=BC=C3=9Fe an alle, a=3Db=20\r\n=2D-=20\r\nme\r\n");
  }

  @Test
  void textThatIsMostlyBeyondAsciiBecomesBase64() {
    String body = octets("\u041f\u0440\u0438\u0432\u0435\u0442\r\n");

    String converted =
        Converted.forDelivery(UTF8_TEXT + "Content-Transfer-Encoding: 8bit\r\n\r\n" + body);

    assertThat(converted)
        .isEqualTo(
            UTF8_TEXT
                + "Content-Transfer-Encoding: base64\r\n\r\n"
                + Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.ISO_8859_1))
                + "\r\n");
  }

  @Test
  void whatIsSevenBitStaysOctetForOctet() {
    String message =
        "Subject: a\r\n b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\n"
            + "text = text \r\n--b \r\nContent-Transfer-Encoding: 8BIT (said only)\r\n\r\nx\r\n"
            + "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
            + "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC=\r\n\r\n--b--\r\nend\r\n";

    assertThat(Converted.forDelivery(message)).isEqualTo(message);
    assertThat(Converted.forScanner(message)).isEqualTo(message);
  }

  @Test
  void textThatSaysNothingOfItselfGetsALabel() {
    String converted = Converted.forDelivery("Subject: x\r\n\r\ncaf\u00e9 is open today\r\n");

    assertThat(converted)
        .isEqualTo(
            "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=unknown-8bit\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9 is open today\r\n");
  }

  @Test
  void binaryPartsBecomeBase64AndTheirMultipartSevenBit() {
    String binary = "\0\r\n.\r\n\nMAIL FROM:<x@y>\r\r\n\u00ff";
    String message =
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b 1\"\r\n"
            + "Content-Transfer-Encoding: binary\r\n\r\n"
            + "--b 1\r\nContent-Type: application/octet-stream\r\n"
            + "Content-Transfer-Encoding: binary\r\n\r\n"
            + binary
            + "\r\n--b 1--";

    String converted = Converted.forDelivery(message);

    Converted.assertSevenBit(converted);
    assertThat(converted).contains("Content-Transfer-Encoding: 7bit\r\n\r\n--b 1\r\n");
    assertThat(Leaves.of(converted)).containsExactly(binary);
  }

  @Test
  void aBodyWithoutALastLineEndIsEncodedSoThatItHasNone() {
    String converted =
        Converted.forDelivery(
            "Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nno end");

    assertThat(converted).endsWith("quoted-printable\r\nMIME-Version: 1.0\r\n\r\nno end=\r\n");
    assertThat(Leaves.of(converted)).containsExactly("no end");
  }

  @Test
  void messagesWithinMessagesAreEnteredAndLabelled() {
    String message =
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            + "Subject: inner\r\n\r\nna\u00efve text in here\r\n";

    String converted = Converted.forDelivery(message);

    assertThat(converted)
        .startsWith(
            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: inner\r\nMIME-Version: 1.0\r\n");
    assertThat(Leaves.of(converted)).containsExactly("na\u00efve text in here\r\n");
  }

  @Test
  void partsOfADigestAreMessages() {
    String converted =
        Converted.forDelivery(
            "Content-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\nSubject: one\r\n\r\n"
                + "the \u00e9 of one message\r\n--d--\r\n");

    assertThat(converted).contains("--d\r\n\r\nSubject: one\r\nMIME-Version: 1.0\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"message/partial", "message/delivery-status", "multipart/mixed"})
  void whatMayNotBeEncodedBecomesOctets(String type) {
    String body = "Diagnostic-Code: smtp; caf\u00e9\r\n";

    String converted = Converted.forDelivery("Content-Type: " + type + "\r\n\r\n" + body);

    assertThat(converted).startsWith("Content-Type: application/octet-stream\r\n");
    assertThat(Leaves.of(converted)).containsExactly(body);
  }

  @Test
  void aMultipartWithoutPartsLosesNothing() {
    String type = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    String body = "this is no preamble: caf\u00e9\r\n";
    String large = "caf\u00e9\r\n".repeat(20_000) + "--b\r\n\r\npart\r\n";

    for (String each : List.of(body, large)) {
      String converted = Converted.forDelivery(type + each);

      assertThat(converted).startsWith("Content-Type: application/octet-stream\r\n");
      assertThat(Leaves.of(converted)).containsExactly(each);
    }
  }

  @Test
  void partsAreFoundBehindALargePreamble() {
    String message =
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            + "nothing\r\n".repeat(20_000)
            + "--b\r\n\r\nthis is a part: caf\u00e9\r\n--b--\r\n";

    String converted = Converted.forDelivery(message);

    Converted.assertSevenBit(converted);
    assertThat(Leaves.of(converted)).isEqualTo(Leaves.of(message));
  }

  @Test
  void aMessageInUtf8IsEncodedAsWhatItIs() {
    String body = "Subject: caf\u00e9\r\n\r\nx\r\n";

    String converted = Converted.forDelivery("Content-Type: message/global\r\n\r\n" + body);

    assertThat(converted).startsWith("Content-Type: message/global\r\nMIME-Version");
    assertThat(Leaves.of(converted)).containsExactly(body);
  }

  @Test
  void multipartsThatAreNestedTooDeeplyAreEncodedAsAWhole() {
    StringBuilder message = new StringBuilder();
    for (int i = 0; i <= 2 * Nesting.MAX_DEPTH; i++) {
      message.append("Content-Type: multipart/mixed; boundary=b").append(i);
      message.append("\r\n\r\n--b").append(i).append("\r\n");
    }
    message.append("\r\n\u00e9\r\n");

    String converted = Converted.forDelivery(message.toString());

    Converted.assertSevenBit(converted);
    assertThat(converted).contains("Content-Type: application/octet-stream");
    assertThat(Leaves.of(converted)).singleElement().asString().endsWith("\r\n\r\n\u00e9\r\n");
  }

  @Test
  void aLargeBodyIsEncodedThoughItsBeginningIsAscii() {
    String body = "a line of text\r\n".repeat(10_000) + "\u00e9\r\n";

    String converted = Converted.forDelivery("Subject: x\r\n\r\n" + body);

    Converted.assertSevenBit(converted);
    assertThat(Leaves.of(converted)).containsExactly(body);
  }

  @Test
  void aLargeMessageInPartsThatIsSevenBitKeepsItsType() {
    String message =
        "Content-Type: message/partial; id=x; number=1\r\n\r\n" + "text\r\n".repeat(20_000);

    assertThat(Converted.forDelivery(message)).isEqualTo(message);
  }

  @Test
  void aHeaderOfAnySizePassesAndItsLabelsMoveToItsEnd() {
    String many = "X-Field: some text in a line of its own\r\n".repeat(5_000);

    String converted =
        Converted.forDelivery(
            "Content-Transfer-Encoding: 8bit\r\n"
                + many
                + "Content-Type: text/html\r\n\r\n<p>gr\u00fcn, gr\u00fcn, gr\u00fcn sind alle meine</p>\r\n");

    assertThat(converted)
        .isEqualTo(
            many
                + "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
                + "MIME-Version: 1.0\r\n\r\n<p>gr=FCn, gr=FCn, gr=FCn sind alle meine</p>\r\n");
  }

  @Test
  void aLineWithoutEndInAHeaderIsFolded() {
    String converted = Converted.forDelivery("To: " + "x".repeat(100_000) + "\r\n\r\nhi\r\n");

    Converted.assertSevenBit(converted);
    assertThat(converted.replace("\r\n ", "").length())
        .isEqualTo(100_000 + "To:\r\n\r\nhi\r\n".length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"X: 1\r\n", "Content-Type: text/plain\r\n", "To: <\r\n", "\r\n", "=\r\n--"})
  void noInputCostsMoreThanItsLength(String beginning) {
    String hostile = beginning + " \u00e9\r\n".repeat(1_000_000);

    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> Converted.assertSevenBit(Converted.forScanner(hostile)));
  }

  @Test
  void encodedBodiesAreCleanedOnly() {
    String message =
        "Content-Transfer-Encoding: base64\r\n\r\nAA\u00e9AA\0\r\n\r\n"
            + "A".repeat(2_000)
            + "\r\n";

    String converted = Converted.forDelivery(message);

    Converted.assertSevenBit(converted);
    assertThat(Leaves.of(converted)).isEqualTo(Leaves.of(message));
  }

  @Test
  void rawOctetsInQuotedPrintableAreEncoded() {
    assertThat(
            Converted.forDelivery(
                "Content-Transfer-Encoding: quoted-printable\r\n\r\ncaf\u00e9=\r\n=C3\n-\r\n"))
        .endsWith("\r\n\r\ncaf=E9=\r\n=C3\r\n=2D\r\n");
  }

  @Test
  void noLineBecomesABoundaryThatWasNone() {
    String body = "\u00e9 " + "x".repeat(72) + "--b\r\n\r\nforged\r\n";

    String converted =
        Converted.forDelivery(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
                + body
                + "\r\n--b--\r\n");

    assertThat(Leaves.of(converted)).containsExactly(body);
  }

  @Test
  void fieldsBeyondAsciiStayForHostsThatTakeThem() {
    String message = octets("Subject: gr\u00fc\u00dfe\r\n\r\nhi\r\n");

    assertThat(Converted.forDelivery(message)).isEqualTo(message);
  }

  @Test
  void scannersGetFieldsInAscii() {
    String converted =
        Converted.forScanner(
            octets(
                "Subject: [x] gr\u00fc\u00dfe z\u00fcrich ok\r\n"
                    + "From: J\u00fcrgen <j\u00fc@x.example>, \"M\u00fcller, A\" <a@x.example> (\u00fc)\r\n"
                    + "Content-Type: text/plain; name=\"\u00fc.txt\"\r\n\r\nhi\r\n"));

    Converted.assertSevenBit(converted);
    assertThat(converted)
        .isEqualTo(
            "Subject: [x] =?utf-8?B?Z3LDvMOfZSB6w7xyaWNo?= ok\r\n"
                + "From: =?utf-8?B?SsO8cmdlbg==?= <j??@x.example>, =?utf-8?B?TcO8bGxlciwgQQ==?="
                + " <a@x.example> (=?utf-8?B?w7w=?=)\r\n"
                + "Content-Type: text/plain; name=\"??.txt\"\r\n\r\nhi\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"", "(", "<", "\"\\", "(\\", "a, \""})
  void whatDoesNotEndInAFieldEndsWithIt(String open) {
    String converted =
        Converted.forScanner("From: " + open + "caf\u00e9\r\nSubject: x\r\n\r\nhi\r\n");

    assertThat(converted).startsWith("From: ").endsWith("\r\nSubject: x\r\n\r\nhi\r\n");
  }

  @Test
  void anEmptyMessageStaysEmpty() {
    assertThat(Converted.forDelivery("")).isEmpty();
  }

  private static String octets(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
