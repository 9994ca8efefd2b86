package io.gatepost.scanner.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PatternSearchTest {

  // In halves, as in the program itself.
  private static final String EICAR =
      "X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*";
  private static final String GTUBE =
      "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

  private final PatternSearch scanner = new PatternSearch(TestStrings.ALL);

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private Optional<String> find(String text) {
    return scanner.find(octets(text)).map(Pattern::finding);
  }

  private Optional<String> inPieces(byte[] text, int size) {
    PatternSearch.Scan scan = scanner.start();
    for (int from = 0; from < text.length; from += size) {
      Optional<Pattern> found =
          scan.next(Arrays.copyOfRange(text, from, Math.min(text.length, from + size)));
      if (found.isPresent()) {
        return found.map(Pattern::finding);
      }
    }
    return Optional.empty();
  }

  @Test
  void theTestStringsAreFoundWhereverTheyStand() {
    for (int before = 0; before < 100; before++) {
      String padding = "a".repeat(before);
      assertThat(find(padding + EICAR + "\r\n")).hasValue("EICAR test virus");
      assertThat(find(padding + GTUBE)).hasValue("GTUBE test spam");
    }
  }

  @Test
  void anAttachmentInBase64IsFound() {
    String encoded = Base64.getMimeEncoder().encodeToString(octets(EICAR + "\n"));
    String message = "Content-Transfer-Encoding: base64\r\n\r\n" + encoded + "\r\n--boundary--\r\n";

    assertThat(find(message)).hasValue("EICAR test virus");
  }

  @Test
  void aPatternAcrossPiecesIsFoundHoweverSmallTheyAre() {
    byte[] text = octets("Subject: x\r\n\r\n..dots\r\n" + EICAR + "\r\n..more\r\n");

    for (int size = 1; size <= text.length; size++) {
      assertThat(inPieces(text, size)).as("pieces of %d", size).hasValue("EICAR test virus");
    }
  }

  @Test
  void anythingShortOfAPatternIsNotFound() {
    assertThat(find("")).isEmpty();
    assertThat(find("$EICAR-STANDARD-")).isEmpty();
    assertThat(find(EICAR.substring(0, EICAR.length() - 1))).isEmpty();
    assertThat(find(EICAR.replace("FILE", "file"))).isEmpty();
    assertThat(find(GTUBE.substring(1))).isEmpty();
  }

  @Test
  void itFindsWhatASimpleSearchFinds() {
    Random random = new Random(11);
    List<Pattern> patterns =
        List.of(
            new Pattern("one", "abababab"),
            new Pattern("two", "babbabbabb"),
            new Pattern("three", "aaaaaaaab"));
    PatternSearch small = new PatternSearch(patterns);

    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(40); length > 0; length--) {
        text.append(random.nextInt(10) < 5 ? 'a' : 'b');
      }
      boolean expected = patterns.stream().anyMatch(p -> text.indexOf(p.text()) >= 0);

      assertThat(small.find(octets(text.toString())).isPresent())
          .as("%s", text)
          .isEqualTo(expected);
    }
  }
}
