package io.gatepost.edge.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderScanTest {

  @Test
  void receivedFieldsOfTheHeaderAreCounted() {
    assertThat(hops("Received: a\r\n\tby b\r\nRECEIVED:c\r\nReceived-SPF: no\r\n", 1000))
        .isEqualTo(2);
    assertThat(hops("X: Received: a\r\n Received: b\r\n", 1000)).isZero();
    assertThat(hops("Received: a\r\n\r\nReceived: b\r\n", 1000)).isEqualTo(1);
    assertThat(hops("\r\nReceived: b\r\n", 1000)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64, 100_000})
  void howeverTheHeaderIsCutAndHoweverLongItIs(int piece) {
    String header =
        ("Received: from a\r\n\tby b\r\nX-Filler: " + "x".repeat(900) + "\r\n").repeat(150);

    assertThat(hops(header + "\r\nReceived: in the body\r\n", piece)).isEqualTo(150);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64, 100_000})
  void aFilterGivesTokensBack(int piece) {
    assertThat(tokens("Gatepost-Filter: a1\r\nSubject: x\r\n\r\nGatepost-Filter: b\r\n", piece))
        .containsExactly("a1");
    assertThat(tokens("Subject: x\r\nGATEPOST-filter :a1 \r\nX: y\r\n\r\n", piece))
        .containsExactly("a1");
    assertThat(tokens("Gatepost-Filters: a1\r\nGatepost-File: b\r\nGatepost-Mark: c\r\n", piece))
        .isEmpty();
    assertThat(tokens("Gatepost-Filter: a\r\n".repeat(5), piece)).containsExactly("a", "a");
    assertThat(tokens("Gatepost-Filter: " + "a".repeat(500) + "\r\n", piece).getFirst())
        .hasSizeLessThan(100);
  }

  private static List<String> tokens(String header, int piece) {
    HeaderScan scan = new HeaderScan();
    scan.readTokens();
    byte[] octets = header.getBytes(StandardCharsets.ISO_8859_1);
    for (int from = 0; from < octets.length; from += piece) {
      scan.scan(octets, from, Math.min(octets.length, from + piece));
    }
    assertThat(octets).asString(StandardCharsets.ISO_8859_1).isEqualTo(header);
    return scan.tokens();
  }

  @Test
  void nobodyElseWritesTokens() {
    HeaderScan scan = new HeaderScan();
    byte[] octets = "Gatepost-Filter: a\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    scan.scan(octets, 0, octets.length);

    assertThat(octets).asString(StandardCharsets.ISO_8859_1).startsWith("Gatepost-Filtex: a\r\n");
    assertThat(scan.tokens()).isEmpty();
  }

  @Test
  void onlyTheHeaderIsLookedAt() {
    assertThat(isAscii("Subject: x\r\n\r\n\u00fc")).isTrue();
    assertThat(isAscii("Subject: \u00fc\r\n\r\nx")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64, 100_000})
  void whatLooksLikeAMarkOfOursIsRenamedInAStrangersHeader(int piece) {
    String header =
        """
        Gatepost-Mark: a
        gatepost-MARK : b
        .Gatepost-Mark: transparent
        ..Gatepost-Mark: another
        Subject: Gatepost-Mark: c
        \tGatepost-Mark: folded
        Received: from x
        Gatepost-Marks: d
        Gatepost-Mar: e
        Gatepost-Scan: virus clean
        gatepost-scAN: f
        Gatepost-Scar: g

        Gatepost-Mark: body
        """
            .replace("\n", "\r\n");

    HeaderScan scan = new HeaderScan();
    scan.renameMarks();

    assertThat(scanned(scan, header, piece))
        .isEqualTo(
            """
            Gatepost-Marx: a
            gatepost-MARx : b
            .Gatepost-Marx: transparent
            ..Gatepost-Mark: another
            Subject: Gatepost-Mark: c
            \tGatepost-Mark: folded
            Received: from x
            Gatepost-Marxs: d
            Gatepost-Mar: e
            Gatepost-Scax: virus clean
            gatepost-scAx: f
            Gatepost-Scar: g

            Gatepost-Mark: body
            """
                .replace("\n", "\r\n"));
    assertThat(scan.hops()).isEqualTo(1);
    assertThat(scanned(new HeaderScan(), header, piece)).as("of our own clients").isEqualTo(header);
  }

  private static String scanned(HeaderScan scan, String text, int piece) {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at < octets.length; at += piece) {
      scan.scan(octets, at, Math.min(octets.length, at + piece));
    }
    return new String(octets, StandardCharsets.US_ASCII);
  }

  private static boolean isAscii(String text) {
    HeaderScan scan = new HeaderScan();
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    scan.scan(octets, 0, octets.length);
    return scan.isAscii();
  }

  private static int hops(String text, int piece) {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    HeaderScan scan = new HeaderScan();
    for (int at = 0; at < octets.length; at += piece) {
      scan.scan(octets, at, Math.min(octets.length, at + piece));
    }
    return scan.hops();
  }
}
