package io.gatepost.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeWireTest {

  private static final Map<String, Supplier<EnvelopeRecord>> WRITTEN_NOW =
      Map.of(
          "envelope-edited.frame", Examples::editedMessage,
          "envelope-plain.frame", Examples::plainMessage,
          "envelope-full.frame", Examples::fullMessage,
          "envelope-marked.frame", Examples::markedMessage,
          "envelope-named.frame", Examples::namedMessage,
          "envelope-notice.frame", Examples::notice,
          "envelope-part.frame", Examples::part);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "envelope-edited.frame",
        "envelope-plain.frame",
        "envelope-full.frame",
        "envelope-marked.frame",
        "envelope-named.frame",
        "envelope-notice.frame",
        "envelope-part.frame"
      })
  void theFormThatIsWrittenIsPinned(String golden) {
    EnvelopeRecord message = WRITTEN_NOW.get(golden).get();

    byte[] octets = EnvelopeRecordCodec.encode(message);

    assertThat(octets).isEqualTo(Golden.octets(golden));
    assertSame(EnvelopeRecordCodec.decode(octets), message);
  }

  @Test
  void aReplacementAndAPartKeepTheirEditsAndTheScanThatIsOwed() {
    Envelope edited = Examples.editedMessage().envelope();

    Envelope part = edited.part(edited.id().part(1), edited.recipients(), edited.covered());
    for (Envelope next :
        List.of(
            edited.deferred(edited.recipients()), edited.postponed(edited.recipients()), part)) {
      EnvelopeRecord message = new EnvelopeRecord(next, Examples.editedMessage().content());
      assertSame(EnvelopeRecordCodec.decode(EnvelopeRecordCodec.encode(message)), message);
      assertThat(next.edits()).isEqualTo(edited.edits());
      assertThat(next.scan()).isEqualTo(ScanState.OWED);
    }
  }

  @ParameterizedTest
  @EnumSource(BodyType.class)
  void whatTheBodyIsIsKept(BodyType body) {
    Envelope plain = Examples.plainMessage().envelope();
    MailParameters parameters =
        new MailParameters(body, MailParameters.AddressForm.ASCII, DsnParameters.OfMessage.NONE);
    EnvelopeRecord message =
        new EnvelopeRecord(
            new Envelope(
                plain.id(),
                0,
                0,
                plain.arrivedAt(),
                plain.sender(),
                plain.recipients(),
                plain.provenance(),
                parameters,
                plain.content()),
            Examples.plainMessage().content());

    assertSame(EnvelopeRecordCodec.decode(EnvelopeRecordCodec.encode(message)), message);
  }

  @Test
  void noFieldOfAnEditCanEndTheHeader() {
    HeaderEdit.Insert insert = HeaderEdit.Insert.onTop("A", "b\r\n\r\nbody\0\n.\r\nC: d");

    assertThat(insert.field()).isEqualTo("A: b\r\n body\r\n .\r\n C: d\r\n");
  }

  @Test
  void aRecordThatSaysEverythingAtLengthIsRead() {
    EnvelopeRecord message =
        EnvelopeRecordCodec.decode(Golden.octets("envelope-plain-wordy.frame"));

    assertSame(message, Examples.plainMessage());
  }

  @ParameterizedTest
  @EnumSource(Recipient.Standing.class)
  void aRecipientsStandingIsKept(Recipient.Standing standing) {
    EnvelopeRecord plain = Examples.plainMessage();
    Recipient bob = plain.envelope().recipients().getFirst();
    Recipient member = new Recipient(bob.address(), bob.original(), bob.dsn(), standing);
    EnvelopeRecord message =
        new EnvelopeRecord(plain.envelope().deferred(List.of(member)), plain.content());

    byte[] octets = EnvelopeRecordCodec.encode(message);

    assertSame(EnvelopeRecordCodec.decode(octets), message);
    assertThat(Golden.json(octets).contains("standing"))
        .isEqualTo(standing != Recipient.Standing.GIVEN);
  }

  @Test
  void theRouterThatLeftAMemberUndecidedIsKept() {
    EnvelopeRecord plain = Examples.plainMessage();
    Recipient bob = plain.envelope().recipients().getFirst();
    EnvelopeRecord message =
        new EnvelopeRecord(
            plain.envelope().deferred(List.of(bob.undecidedMember(bob.address(), "sql"))),
            plain.content());

    EnvelopeRecord read = EnvelopeRecordCodec.decode(EnvelopeRecordCodec.encode(message));

    assertSame(read, message);
    assertThat(read.envelope().recipients().getFirst().undecidedBy()).contains("sql");
  }

  @Test
  void aRecordFromBeforeNoticesAndTlsIsRead() {
    EnvelopeRecord message =
        EnvelopeRecordCodec.decode(Golden.octets("envelope-plain-terse.frame"));

    assertThat(message.envelope().parameters())
        .isEqualTo(
            new MailParameters(
                BodyType.EIGHT_BIT_MIME,
                MailParameters.AddressForm.ASCII,
                DsnParameters.OfMessage.NONE));
    assertThat(message.envelope().recipients().getFirst().dsn())
        .isEqualTo(DsnParameters.OfRecipient.NONE);
    assertThat(message.envelope().recipients().getFirst().standing())
        .isEqualTo(Recipient.Standing.GIVEN);
    assertThat(message.envelope().provenance().server()).isEmpty();
    assertThat(message.envelope().provenance().tls()).isEmpty();
    assertThat(message.envelope().provenance().user()).isEmpty();
    assertThat(message.envelope().provenance().marks()).isEmpty();
    assertThat(message.envelope().provenance().name()).isEmpty();
    assertThat(message.envelope().generation()).isZero();
  }

  @Test
  void whatIsEmptyIsNotWritten() {
    String json = Golden.json(EnvelopeRecordCodec.encode(Examples.plainMessage()));

    assertThat(json)
        .doesNotContain("name", "dsn", "parameters", "original", "tls", "user", "null", "{}", "[]");
    assertThat(json.length()).isLessThan(400);
  }

  @Test
  void whatANewerWriterHasAddedIsSkipped() {
    String json = Golden.json(EnvelopeRecordCodec.encode(Examples.fullMessage()));
    String newer =
        json.replace("{\"", "{\"added\":{\"deep\":[1,{\"x\":null}]},\"more\":7,\"")
            .replace("\"dsn\":{", "\"dsn\":{\"later\":[[]],");

    EnvelopeRecord message = EnvelopeRecordCodec.decode(Golden.frame(newer, ""));

    assertSame(message, Examples.fullMessage());
  }

  @Test
  void aNullIsTakenAsNotSaid() {
    String json = Golden.json(EnvelopeRecordCodec.encode(Examples.plainMessage()));
    String withNulls =
        json.replace("{\"address\"", "{\"dsn\":null,\"original\":null,\"address\"")
            .replace("{\"peer\"", "{\"tls\":null,\"peer\"");

    EnvelopeRecord message =
        EnvelopeRecordCodec.decode(Golden.frame(withNulls, "Subject: hello\r\n\r\n..dots\r\n"));

    assertSame(message, Examples.plainMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id",
        "arrivedAt",
        "sender",
        "recipients",
        "provenance",
        "content",
        "protocol",
        "origin",
        "address",
        "octets",
        "type"
      })
  void aRecordWithoutWhatEveryRecordSaysIsUnreadable(String property) {
    String json = Golden.json(EnvelopeRecordCodec.encode(Examples.plainMessage()));
    byte[] frame =
        Golden.frame(
            json.replace("\"" + property + "\"", "\"other\""), "Subject: hello\r\n\r\n..dots\r\n");

    assertThatThrownBy(() -> EnvelopeRecordCodec.decode(frame))
        .isInstanceOf(UnreadableFrameException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "7",
        "[]",
        "{}",
        "{",
        "\"text\"",
        "{\"id\":7}",
        "{\"id\":\"short\"}",
        "{\"generation\":\"one\"}",
        "{\"generation\":99999999999}",
        "{\"arrivedAt\":\"2026-02-30T00:00:00Z\"}",
        "{\"arrivedAt\":\"2026-01-01T25:00:00Z\"}",
        "{\"arrivedAt\":\"yesterday\"}",
        "{\"sender\":\"nobody\"}",
        "{\"recipients\":{}}",
        "{\"recipients\":[7]}",
        "{\"content\":{\"type\":\"elsewhere\",\"octets\":1}}",
        "{\"content\":{\"type\":\"stored\",\"octets\":1}}",
        "{\"provenance\":{\"protocol\":\"UUCP\"}}",
        "{} {}"
      })
  void octetsThatAreNoRecordAreUnreadable(String json) {
    assertThatThrownBy(() -> EnvelopeRecordCodec.decode(Golden.frame(json, "")))
        .isInstanceOf(UnreadableFrameException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "25", "27", "2147483648", "-9223372036854775808"})
  void aWrongLengthOfContentIsUnreadable(String octets) {
    String json =
        Golden.json(EnvelopeRecordCodec.encode(Examples.plainMessage()))
            .replace("\"octets\":26", "\"octets\":" + octets);

    assertThatThrownBy(() ->
            EnvelopeRecordCodec.decode(Golden.frame(json, "Subject: hello\r\n\r\n..dots\r\n")))
        .isInstanceOf(UnreadableFrameException.class);
  }

  @Test
  void aFrameThatIsCutOffOrDamagedIsUnreadableOrWhole() {
    byte[] whole = EnvelopeRecordCodec.encode(Examples.fullMessage());
    Random random = new Random(7);

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> EnvelopeRecordCodec.decode(cut))
          .isInstanceOf(UnreadableFrameException.class);
    }
    for (int i = 0; i < 5_000; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] = (byte) random.nextInt(256);
      decodesOrSaysWhyNot(damaged);
    }
  }

  private static void decodesOrSaysWhyNot(byte[] octets) {
    try {
      assertThat(EnvelopeRecordCodec.decode(octets).envelope().recipients()).isNotEmpty();
    } catch (UnreadableFrameException e) {
      assertThat(e).hasMessageNotContaining("NullPointer");
    }
  }

  private static void assertSame(EnvelopeRecord actual, EnvelopeRecord expected) {
    assertThat(actual.envelope()).isEqualTo(expected.envelope());
    assertThat(actual.content()).isEqualTo(expected.content());
  }
}
