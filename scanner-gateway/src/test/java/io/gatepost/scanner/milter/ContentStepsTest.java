package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentStepsTest {

  private static final int PLAIN = 0;

  private final OwnFields own = new OwnFields();

  @Test
  void eachFieldIsToldInOrderAndCaseAndTheBodyWithoutThem() {
    assertThat(told(PLAIN, 0, "SUBJECT: one\r\nfrom: a@b.example\r\nX-A:\r\n\r\nbody\r\n.x\r\n"))
        .containsExactly(
            "L SUBJECT|one|",
            "L from|a@b.example|",
            "L X-A||",
            "D Ni|0123456789abcdefg00|",
            "N ",
            "B body\r\n.x\r\n",
            "D Ei|0123456789abcdefg00|",
            "E ");
  }

  @Test
  void oneSpaceBehindTheColonGoesUnlessTheFilterWantsIt() {
    String content = "A: one\r\nB:two\r\nC:  three\r\nD:\tfour\r\nE :five\r\nF: \r\n\r\n";

    assertThat(fields(PLAIN, content))
        .containsExactly(
            "L A|one|", "L B|two|", "L C| three|", "L D|\tfour|", "L E|five|", "L F||");
    assertThat(fields(Protocol.HDR_LEADSPC, content))
        .containsExactly(
            "L A| one|", "L B|two|", "L C|  three|", "L D|\tfour|", "L E|five|", "L F| |");
  }

  @Test
  void linesOfAFoldedFieldAreDividedByLineFeeds() {
    assertThat(fields(PLAIN, "A: one\r\n two\r\n\tthree\r\nB:\r\n four\r\n\r\n"))
        .containsExactly("L A|one\n two\n\tthree|", "L B|\n four|");
  }

  @Test
  void nulsAreLeftOutOfFieldsAndStayInTheBody() {
    assertThat(told(Protocol.NOEOH, 0, "A: o\0ne\r\n\r\nbo\0dy\r\n"))
        .contains("L A|one|", "B bo|dy\r\n");
  }

  @Test
  void aLineThatIsNoFieldBeginsTheBody() {
    assertThat(told(PLAIN, 0, "A: one\r\nnot a field\r\nB: two\r\n\r\nrest\r\n"))
        .contains("L A|one|", "B not a field\r\nB: two\r\n\r\nrest\r\n")
        .noneMatch(each -> each.startsWith("L B"));
    assertThat(told(PLAIN, 0, " begins with a space\r\nA: one\r\n"))
        .contains("B  begins with a space\r\nA: one\r\n");
  }

  @Test
  void aMessageMayBeAllHeaderOrNothing() {
    assertThat(told(PLAIN, 0, "A: one\r\n"))
        .containsExactly(
            "L A|one|", "D Ni|0123456789abcdefg00|", "N ", "D Ei|0123456789abcdefg00|", "E ");
    assertThat(fields(PLAIN, "A: one")).containsExactly("L A|one|");
    assertThat(told(Protocol.NOEOH, 0, "")).endsWith("D Ei|0123456789abcdefg00|", "E ");
  }

  @Test
  void fieldsOfOursAreCountedAndNotTold() {
    String ours = "Gatepost-Mark: spf\r\nReceived: from a\r\n\tby b;\r\n now\r\n";

    assertThat(told(PLAIN, ours.length(), ours + "Received: from c\r\nA: one\r\n\r\nx\r\n"))
        .contains("L Received|from c|", "L A|one|", "B x\r\n")
        .noneMatch(each -> each.startsWith("L Gatepost-Mark") || each.contains("from a"));
    assertThat(own.position(0)).isZero();
    assertThat(own.position(1)).isEqualTo(2);
    assertThat(own.position(3)).isEqualTo(4);
    assertThat(own.nth("RECEIVED", 1)).isEqualTo(2);
    assertThat(own.nth("A", 1)).isEqualTo(1);
    assertThat(own.nth("A", 0)).isEqualTo(1);
  }

  @Test
  void withoutFieldsOfOursPositionsStay() {
    assertThat(own.position(0)).isZero();
    assertThat(own.position(1)).isEqualTo(1);
    assertThat(own.position(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void whereverTheContentIsCutTheStepsAreTheSame() {
    String content = "A: one\r\n two\r\nB: 3\r\nno field\r\r\n\r\nbody\r\n";
    List<String> whole = told(PLAIN, 8, content);

    for (int cut = 1; cut < content.length(); cut++) {
      assertThat(told(PLAIN, 8, content.substring(0, cut), content.substring(cut)))
          .isEqualTo(whole);
    }
    assertThat(told(PLAIN, 8, content.split("", -1))).isEqualTo(whole);
  }

  @Test
  void theBodyComesInChunksOfWholePacketsCutAnywhere() {
    StringBuilder lines = new StringBuilder();
    while (lines.length() < 200_000) {
      lines.append("grüße\r\n"); // so that both CRLF and ü are cut somewhere
    }
    byte[] body = lines.toString().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes("A: one\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    content.writeBytes(body);
    ContentSteps steps = steps(PLAIN, 0);

    List<Step> all = new ArrayList<>();
    for (int at = 0; at < content.size(); at += 10_007) {
      all.addAll(
          steps.next(
              Arrays.copyOfRange(
                  content.toByteArray(), at, Math.min(content.size(), at + 10_007))));
    }
    all.addAll(steps.end());

    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    List<Integer> sizes = new ArrayList<>();
    for (Step step : all) {
      if (step.stage() == Stage.BODY) {
        Packet chunk = new PacketDecoder().next(step.wire()).getFirst();
        heard.writeBytes(chunk.data());
        sizes.add(chunk.data().length);
      }
    }
    assertThat(heard.toByteArray()).isEqualTo(body);
    assertThat(sizes.subList(0, sizes.size() - 1)).isNotEmpty().containsOnly(65_535);
    assertThat(sizes.getLast()).isBetween(1, 65_535);
  }

  @Test
  void aFieldThatIsLongerThanAPacketIsToldByItsBeginning() {
    String huge = "x".repeat(300_000);
    List<Step> all = new ArrayList<>();
    ContentSteps steps = steps(PLAIN, 0);
    for (String piece : List.of("A: " + huge + "\r\n y\r\nB: two\r\n", "\r\nbody")) {
      all.addAll(steps.next(piece.getBytes(StandardCharsets.US_ASCII)));
    }
    all.addAll(steps.end());

    Packet first = new PacketDecoder().next(all.getFirst().wire()).getFirst();
    assertThat(first.data())
        .hasSize(65_535)
        .startsWith("A\0xxx".getBytes(StandardCharsets.UTF_8))
        .endsWith('x', 0);
    assertThat(Packets.of(all.subList(1, all.size()))).contains("L B|two|", "B body");
  }

  @Test
  void aFirstLineWithoutAnEndIsABodyAndNothingOfItIsLost() {
    String huge = "x".repeat(200_000);
    ContentSteps steps = steps(PLAIN, 0);
    List<Step> all = new ArrayList<>();
    all.addAll(steps.next(huge.getBytes(StandardCharsets.US_ASCII)));
    all.addAll(steps.end());

    assertThat(String.join("", bodies(all))).isEqualTo(huge);
  }

  @Test
  void aFilterThatWantsNoBodyNeedsNoMoreOfTheContent() {
    ContentSteps steps = steps(Protocol.NOBODY, 0);
    steps.next("A: one\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(steps.isSated()).isFalse();

    steps.next("\r\nbody".getBytes(StandardCharsets.US_ASCII));

    assertThat(steps.isSated()).isTrue();
    assertThat(Packets.of(steps.end())).containsExactly("D Ei|0123456789abcdefg00|", "E ");
  }

  @Test
  void aFilterThatWantsNoHeaderGetsTheBodyOnly() {
    assertThat(told(Protocol.NOHDRS | Protocol.NOEOH, 0, "A: one\r\n\r\nbody\r\n"))
        .containsExactly(
            "D Ni|0123456789abcdefg00|", "B body\r\n", "D Ei|0123456789abcdefg00|", "E ");
  }

  private List<String> fields(int agreed, String content) {
    return told(agreed, 0, content).stream().filter(each -> each.startsWith("L ")).toList();
  }

  private static List<String> bodies(List<Step> steps) {
    return Packets.of(steps).stream()
        .filter(each -> each.startsWith("B "))
        .map(each -> each.substring(2))
        .toList();
  }

  private List<String> told(int agreed, int ownOctets, String... pieces) {
    ContentSteps steps = steps(agreed, ownOctets);
    List<Step> all = new ArrayList<>();
    for (String piece : pieces) {
      all.addAll(steps.next(piece.getBytes(StandardCharsets.UTF_8)));
    }
    all.addAll(steps.end());
    return Packets.of(all);
  }

  private ContentSteps steps(int agreed, int ownOctets) {
    return new ContentSteps(
        Packets.writer(Packets.envelope(Packets.NAMED, "", "bob@dest.example"), agreed),
        ownOctets,
        own);
  }
}
