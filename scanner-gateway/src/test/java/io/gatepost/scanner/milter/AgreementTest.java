package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AgreementTest {

  @Test
  void theOfferIsVersionSixWithChangesOfTheHeaderQuarantineAndListsOfMacros() {
    assertThat(HexFormat.of().formatHex(Agreement.offer().wire()))
        .isEqualTo("0000000d" + "4f" + "00000006" + "00000131" + "001fffff");
  }

  @Test
  void allVersionsFromTwoOnAreSpoken() {
    for (int version = 2; version <= 6; version++) {
      assertThat(Agreement.of(answer(version, 0, 0)).version()).isEqualTo(version);
    }
    assertRefused(answer(1, 0, 0), "speaks version 1 of the protocol (expected: 2 to 6)");
    assertRefused(answer(7, 0, 0), "speaks version 7 of the protocol (expected: 2 to 6)");
  }

  @Test
  void aFilterThatInsistsOnOtherChangesIsTold() {
    assertRefused(
        answer(6, Protocol.ADDHDRS | Protocol.CHGBODY | Protocol.DELRCPT, 0),
        "wants to make changes that are not made for filters: another body (CHGBODY), fewer"
            + " recipients (DELRCPT)");
    assertRefused(
        answer(6, 0x400 | Protocol.CHGFROM, 0),
        "wants to make changes that are not made for filters: another sender (CHGFROM), 0x400");
    assertRefused(answer(6, 0, 0x200000), "wants steps 0x200000 (expected: some of 0x1fffff)");
  }

  @Test
  void thatAFilterWouldTakeLargerPacketsDoesNotMatter() {
    assertThat(Agreement.of(answer(6, 0, 0x20000000 | Protocol.NOHELO)).steps())
        .isEqualTo(Protocol.NOHELO);
  }

  @Test
  void whatTheFilterDoesNotWantIsNotTold() {
    Agreement agreement = Agreement.of(answer(6, 0, Protocol.NOCONNECT | Protocol.NOBODY));

    assertThat(agreement.isWanted(Stage.CONNECT)).isFalse();
    assertThat(agreement.isWanted(Stage.BODY)).isFalse();
    assertThat(agreement.isWanted(Stage.HELO)).isTrue();
    assertThat(agreement.isWanted(Stage.END_OF_MESSAGE)).isTrue();
  }

  @Test
  void olderFiltersAreNotToldOfDataAndHaveOneClient() {
    assertThat(Agreement.of(answer(3, 0, 0)).isWanted(Stage.DATA)).isFalse();
    assertThat(Agreement.of(answer(4, 0, 0)).isWanted(Stage.DATA)).isTrue();
    assertThat(Agreement.of(answer(4, 0, 0)).knowsOtherClients()).isFalse();
    assertThat(Agreement.of(answer(6, 0, 0)).knowsOtherClients()).isTrue();
  }

  @Test
  void aFiltersListsOfMacrosReplaceOurs() {
    ByteArrayOutputStream symbols = new ByteArrayOutputStream();
    symbols(symbols, 0, "j {client_addr} client_ptr, v");
    symbols(symbols, 3, "");
    symbols(symbols, 9, "{of_no_stage}");
    symbols(symbols, 5, " {i}  nothing_known ");

    Agreement agreement = Agreement.of(answer(6, 0, 0, symbols.toByteArray()));

    assertThat(agreement.macrosOf(Stage.CONNECT))
        .containsExactly("j", "{client_addr}", "{client_ptr}", "v");
    assertThat(agreement.macrosOf(Stage.RCPT)).isEmpty();
    assertThat(agreement.macrosOf(Stage.END_OF_MESSAGE)).containsExactly("i", "{nothing_known}");
    assertThat(agreement.macrosOf(Stage.MAIL)).isEqualTo(Stage.MAIL.macros());
  }

  @Test
  void whatIsNoAnswerToTheOfferIsGarbage() {
    assertGarbled(new Packet('O', new byte[11]), "answered the offer with 'O' of 11 octets");
    assertGarbled(Packet.of('c'), "answered the offer with 'c' of 0 octets");
    assertGarbled(Packet.of('\u0001'), "answered the offer with '0x1' of 0 octets");
    assertGarbled(answer(6, 0, 0, 0, 0, 0, 1, 'j'), "answer with a string that does not end");
  }

  private static void assertRefused(Packet answer, String message) {
    assertThatThrownBy(() -> Agreement.of(answer))
        .isInstanceOfSatisfying(
            ScannerFailedException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
        .hasMessage(message);
  }

  private static void assertGarbled(Packet answer, String message) {
    assertThatThrownBy(() -> Agreement.of(answer))
        .isInstanceOfSatisfying(
            ScannerFailedException.class, e -> assertThat(e.kind()).isEqualTo(Kind.GARBLED))
        .hasMessageStartingWith(message);
  }

  static Packet answer(int version, int actions, int steps, int... symbols) {
    byte[] octets = new byte[symbols.length];
    for (int i = 0; i < symbols.length; i++) {
      octets[i] = (byte) symbols[i];
    }
    return answer(version, actions, steps, octets);
  }

  static Packet answer(int version, int actions, int steps, byte[] symbols) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    Packet.writeInt(data, version);
    Packet.writeInt(data, actions);
    Packet.writeInt(data, steps);
    data.writeBytes(symbols);
    return new Packet('O', data.toByteArray());
  }

  static void symbols(ByteArrayOutputStream data, int stage, String names) {
    Packet.writeInt(data, stage);
    data.writeBytes(names.getBytes(StandardCharsets.US_ASCII));
    data.write(0);
  }
}
