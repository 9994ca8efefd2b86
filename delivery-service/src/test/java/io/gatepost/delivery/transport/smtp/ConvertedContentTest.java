package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.delivery.Messages;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Content that a host does not take is converted: no message fails for an extension that we
/// offered (requirement E15).
class ConvertedContentTest extends TransportFixture {

  private static final String HEADER =
      "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";

  /// A chunk may hold anything, also what ends a message elsewhere.
  private static final String BINARY =
      "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n"
          + "a\n.\nb\r.\rc\0\r\n..\r\nMAIL FROM:<evil@src.example>\r\n.no end";

  @ParameterizedTest
  @CsvSource({"'', INLINE", "PIPELINING, INLINE", "PIPELINING, STORED", "CHUNKING, STORED"})
  void eightBitContentBecomesSevenBit(String extension, Place place) {
    FakeHost host = host(offering("SIZE 1000000", extension));
    String content =
        HEADER + "Content-Transfer-Encoding: 8bit\r\n\r\n..Gr\u00fc\u00dfe an dich und alle\r\n";

    assertThat(deliver(transport(), message(BodyType.EIGHT_BIT_MIME, content, place), host))
        .allMatch(TransportFixture::isDelivered);

    assertThat(host.received().getFirst().content())
        .isEqualTo(
            HEADER
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                + "..Gr=C3=BC=C3=9Fe an dich und alle\r\n");
    assertThat(host.commands()).contains("MAIL FROM:<me@src.example>");
  }

  @Test
  void largeEightBitContentIsConvertedInChunks() {
    FakeHost host = host(offering("PIPELINING", "CHUNKING"));
    String line = "some text with an \u00fc in each line of it\r\n";

    assertThat(
            deliver(
                transport(),
                message(
                    BodyType.EIGHT_BIT_MIME, HEADER + "\r\n" + line.repeat(5_000), Place.STORED),
                host))
        .allMatch(TransportFixture::isDelivered);

    assertThat(host.commands()).contains("BDAT 0 LAST").doesNotContain("DATA");
    assertThat(host.received().getFirst().content())
        .endsWith("\r\n\r\n" + line.replace("\u00fc", "=C3=BC").repeat(5_000));
  }

  @ParameterizedTest
  @CsvSource({"INLINE", "STORED"})
  void binaryContentReachesAHostThatTakesItOctetForOctet(Place place) {
    FakeHost host = host(offering("PIPELINING", "CHUNKING", "BINARYMIME"));

    assertThat(deliver(transport(), message(BodyType.BINARY_MIME, BINARY, place), host))
        .allMatch(TransportFixture::isDelivered);

    assertThat(host.commands())
        .contains("MAIL FROM:<me@src.example> BODY=BINARYMIME", "BDAT 0 LAST")
        .doesNotContain("DATA");
    assertThat(host.received().getFirst().content())
        .isEqualTo(BINARY.replace("\r\n..", "\r\n.").replace("\r\n.no", "\r\nno"));
  }

  @ParameterizedTest
  @CsvSource({
    "PIPELINING, 8BITMIME, INLINE",
    "PIPELINING, CHUNKING, STORED",
    "CHUNKING, BINARYMIME, STORED"
  })
  void binaryContentIsNeverSentByDataAsItIs(String one, String other, Place place) {
    FakeHost host = host(offering(one, other));

    assertThat(deliver(transport(), message(BodyType.BINARY_MIME, BINARY, place), host))
        .allMatch(TransportFixture::isDelivered);

    String content = host.received().getFirst().content();
    String body = content.substring(content.indexOf("\r\n\r\n") + 4);
    assertThat(content).contains("Content-Transfer-Encoding: base64\r\n");
    assertThat(new String(Base64.getMimeDecoder().decode(body), StandardCharsets.US_ASCII))
        .isEqualTo("a\n.\nb\r.\rc\0\r\n.\r\nMAIL FROM:<evil@src.example>\r\nno end");
    assertThat(host.commands()).noneMatch(command -> command.contains("evil"));
  }

  enum Place {
    INLINE,
    STORED
  }

  private EnvelopeRecord message(BodyType body, String content, Place place) {
    MailParameters parameters =
        new MailParameters(body, AddressForm.ASCII, DsnParameters.OfMessage.NONE);
    byte[] octets = content.getBytes(StandardCharsets.UTF_8);
    return switch (place) {
      case INLINE ->
          Messages.inline(
              ReversePath.of("me@src.example"), parameters, octets, recipient("ann@dest.example"));
      case STORED -> {
        EnvelopeRecord message = Messages.stored(parameters, octets, recipient("ann@dest.example"));
        queue.put(message, octets);
        yield message;
      }
    };
  }
}
