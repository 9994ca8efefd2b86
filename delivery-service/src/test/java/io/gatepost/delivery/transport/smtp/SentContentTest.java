package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// How content goes out, and what a host cannot take.
class SentContentTest extends TransportFixture {

  @Test
  void aMessageTooLargeForTheHostFailsAndTheConnectionGoesOn() {
    FakeHost host = host(offering("PIPELINING", "SIZE 100"));
    SmtpTransport transport = transport(1);
    String large = Messages.TEXT + "x".repeat(100) + "\r\n";

    List<RecipientOutcome> outcomes =
        deliver(
            transport,
            Messages.message(
                ReversePath.of("me@src.example"),
                MailParameters.NONE,
                large,
                recipient("ann@dest.example")),
            host);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Failed.class,
            failed -> assertThat(failed.reply().status()).hasToString("5.3.4"));
    assertThat(deliver(transport, message("ann@dest.example"), host))
        .allMatch(TransportFixture::isDelivered);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void manyMessagesTooLargeForTheHostFailOneAfterTheOther() {
    FakeHost host = host(offering("PIPELINING", "SIZE 10"));
    SmtpTransport transport = transport(1);

    List<CompletableFuture<List<RecipientOutcome>>> all = new ArrayList<>();
    for (int i = 0; i < 1_900; i++) {
      all.add(start(transport, message("ann@dest.example"), host.hop()));
    }

    all.forEach(
        each -> assertThat(result(each)).allMatch(RecipientOutcome.Failed.class::isInstance));
  }

  @Test
  void aMessageThatNeedsSmtpUtf8FailsAtAHostWithoutIt() {
    FakeHost host = host(new Script());
    MailParameters utf8 =
        new MailParameters(BodyType.EIGHT_BIT_MIME, AddressForm.UTF8, DsnParameters.OfMessage.NONE);

    List<RecipientOutcome> outcomes =
        deliver(
            transport(),
            Messages.message(
                ReversePath.of("me@src.example"),
                utf8,
                "Subject: gr\u00fc\u00dfe\r\n\r\nhello\r\n",
                recipient("ann@dest.example")),
            host);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Failed.class,
            failed -> assertThat(failed.reply().status()).hasToString("5.6.9"));
  }

  @Test
  void storedContentGoesByDataWhereThereAreNoChunks() {
    FakeHost host = host(new Script());
    String content = "Subject: big\r\n\r\n" + "..a line that begins with a dot\r\n".repeat(3_000);

    List<RecipientOutcome> outcomes = deliver(transport(), stored(content), host);

    assertThat(outcomes).allMatch(TransportFixture::isDelivered);
    assertThat(host.received().getFirst().content()).isEqualTo(content);
  }

  @Test
  void storedContentGoesInChunksWithoutItsExtraDots() {
    FakeHost host = host(chunking("250 2.0.0 ok"));
    String content = "Subject: big\r\n\r\n" + "..a line that begins with a dot\r\n".repeat(3_000);

    List<RecipientOutcome> outcomes = deliver(transport(), stored(content), host);

    assertThat(outcomes).allMatch(TransportFixture::isDelivered);
    assertThat(host.received().getFirst().content()).isEqualTo(content.replace("\r\n..", "\r\n."));
    assertThat(host.commands()).contains("BDAT 0 LAST").doesNotContain("DATA");
  }

  @Test
  void theNextHopGetsTheEditedHeaderAndIsToldItsSize() {
    FakeHost host = host(offering("PIPELINING", "SIZE 10000"));

    assertThat(deliver(transport(), edited(message("ann@dest.example")), host))
        .allMatch(TransportFixture::isDelivered);

    String expected = "X-Mark: bad\r\n" + Messages.TEXT.replace("Subject: hello\r\n", "");
    assertThat(host.received().getFirst().content()).isEqualTo(expected);
    assertThat(host.commands()).anyMatch(command -> command.endsWith(" SIZE=" + expected.length()));
  }

  @Test
  void storedContentGoesByDataWithItsHeaderEdited() {
    FakeHost host = host(offering("SIZE 1000000"));
    String content = "Subject: big\r\n\r\n" + "..a line that begins with a dot\r\n".repeat(3_000);

    assertThat(deliver(transport(), edited(stored(content)), host))
        .allMatch(TransportFixture::isDelivered);

    assertThat(host.received().getFirst().content())
        .isEqualTo(content.replace("Subject: big", "X-Mark: bad"));
    assertThat(host.commands())
        .anyMatch(command -> command.endsWith(" SIZE=" + (content.length() + 13)));
  }

  @Test
  void storedContentGoesInChunksWithItsHeaderEdited() {
    FakeHost host = host(chunking("250 2.0.0 ok"));
    String content = "Subject: big\r\n\r\n" + "..a line that begins with a dot\r\n".repeat(3_000);

    assertThat(deliver(transport(), edited(stored(content)), host))
        .allMatch(TransportFixture::isDelivered);

    assertThat(host.received().getFirst().content())
        .isEqualTo(content.replace("Subject: big", "X-Mark: bad").replace("\r\n..", "\r\n."));
  }

  @Test
  void anEditBeyondAsciiGoesToAHostThatTakesNothingElseInAscii() {
    FakeHost host = host(offering("PIPELINING"));
    EnvelopeRecord message = message("ann@dest.example");
    HeaderEdits edits = new HeaderEdits(List.of(HeaderEdit.Insert.onTop("X-Mark", "Grüße")));

    assertThat(
            deliver(
                transport(),
                new EnvelopeRecord(
                    message.envelope().scanned(edits, ScanState.DONE), message.content()),
                host))
        .allMatch(TransportFixture::isDelivered);

    assertThat(host.received().getFirst().content())
        .isEqualTo("X-Mark: =?utf-8?B?R3LDvMOfZQ==?=\r\n" + Messages.TEXT);
  }

  private static EnvelopeRecord edited(EnvelopeRecord message) {
    HeaderEdits edits =
        new HeaderEdits(
            List.of(new HeaderEdit.Remove("Subject", 1), HeaderEdit.Insert.onTop("X-Mark", "bad")));
    return new EnvelopeRecord(message.envelope().scanned(edits, ScanState.DONE), message.content());
  }

  @Test
  void aRefusedChunkFailsTheMessage() {
    FakeHost host = host(chunking("552 5.3.4 too large"));

    List<RecipientOutcome> outcomes =
        deliver(transport(), stored("Subject: big\r\n\r\n" + "x\r\n".repeat(20_000)), host);

    assertThat(outcomes).singleElement().isInstanceOf(RecipientOutcome.Failed.class);
    assertThat(host.received()).isEmpty();
  }

  @Test
  void contentThatIsMissingIsNeverFinishedAndOthersGoOn() {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport(1);
    EnvelopeRecord missing = Messages.stored(new byte[1_000], recipient("ann@dest.example"));

    List<RecipientOutcome> outcomes = deliver(transport, missing, host);

    assertDeferred(outcomes, Reason.CONTENT_UNAVAILABLE);
    assertThat(deliver(transport, message("bob@dest.example"), host))
        .allMatch(TransportFixture::isDelivered);
    assertThat(host.received()).hasSize(1);
  }

  @Test
  void contentThatIsShorterThanItShouldBeIsNeverFinished() {
    FakeHost host = host(new Script());
    EnvelopeRecord message = Messages.stored(new byte[1_000], recipient("ann@dest.example"));
    queue.put(message, "Subject: short\r\n".getBytes(StandardCharsets.US_ASCII));

    List<RecipientOutcome> outcomes = deliver(transport(), message, host);

    assertDeferred(outcomes, Reason.CONTENT_UNAVAILABLE);
    assertThat(host.received()).isEmpty();
  }

  private EnvelopeRecord stored(String content) {
    byte[] octets = content.getBytes(StandardCharsets.US_ASCII);
    EnvelopeRecord message = Messages.stored(octets, recipient("ann@dest.example"));
    queue.put(message, octets);
    return message;
  }

  private static Script chunking(String reply) {
    return new Script() {
      @Override
      List<String> extensions() {
        return List.of("PIPELINING", "CHUNKING");
      }

      @Override
      String reply(int connection, String command) {
        return command.startsWith("BDAT") ? reply : super.reply(connection, command);
      }
    };
  }
}
