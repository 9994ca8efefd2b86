package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Provenance;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepWriterTest {

  private static final Envelope ENVELOPE =
      Packets.envelope(
          Packets.NAMED,
          "ann@sender.example",
          "bob@dest.example",
          "all@dest.example=eve@x.example");

  @Test
  void aMessageIsToldStepByStepEachWithItsMacrosBeforeIt() {
    assertThat(Packets.of(Packets.writer(ENVELOPE, 0).beforeContent(false)))
        .containsExactly(
            "D Cj|mx.dest.example|_|client.sender.example [192.0.2.1]|{daemon_name}|gatepost|"
                + "{daemon_addr}|192.0.2.25|{daemon_port}|25|v|Gatepost|"
                + "{client_name}|client.sender.example|{client_addr}|192.0.2.1|"
                + "{client_ptr}|client.sender.example|",
            "C client.sender.example|4||192.0.2.1|",
            "D H{tls_version}|TLSv1.3|{cipher}|TLS_AES_256_GCM_SHA384|",
            "H helo.example|",
            "D Mi|0123456789abcdefg00|{auth_type}|SASL|{auth_authen}|ann|"
                + "{mail_addr}|ann@sender.example|{mail_host}|sender.example|",
            "M <ann@sender.example>|SIZE=1234|BODY=8BITMIME|",
            "D Ri|0123456789abcdefg00|{rcpt_addr}|bob@dest.example|{rcpt_host}|dest.example|",
            "R <bob@dest.example>|",
            "D Ri|0123456789abcdefg00|{rcpt_addr}|eve@x.example|{rcpt_host}|x.example|",
            "R <all@dest.example>|",
            "D Ti|0123456789abcdefg00|",
            "T ");
  }

  @Test
  void aConnectionIsNameFamilyPortAndAddress() {
    Step connect = withoutMacros(Packets.NAMED).getFirst();

    assertThat(HexFormat.of().formatHex(connect.wire()))
        .isEqualTo(
            "00000024"
                + "43"
                + hex("client.sender.example")
                + "00"
                + hex("4")
                + "0000"
                + hex("192.0.2.1")
                + "00");
  }

  @Test
  void aClientWithoutANameIsToldByItsAddressInBrackets() {
    Provenance unnamed =
        Provenance.connected("2001:db8:0:0:0:0:0:1%eth0", "[2001:db8::25]:25", origin());

    Step connect = withoutMacros(unnamed).getFirst();

    assertThat(Packets.of(List.of(connect)))
        .containsExactly("C [2001:db8:0:0:0:0:0:1%eth0]|6||2001:db8:0:0:0:0:0:1|");
  }

  @Test
  void aMessageOfOurOwnComesFromNoNetworkAndGreetsNobody() {
    List<Step> steps = withoutMacros(Provenance.local());

    assertThat(Packets.of(steps.subList(0, 2)))
        .containsExactly("C localhost|U", "M <>|SIZE=1234|BODY=8BITMIME|");
  }

  @Test
  void macrosGoAlsoBeforeAStepThatTheFilterDoesNotWant() {
    List<Step> steps =
        Packets.writer(ENVELOPE, Protocol.NOMAIL | Protocol.NODATA).beforeContent(false);

    Step mail = steps.get(2);
    assertThat(mail.isAnswered()).isFalse();
    assertThat(Packets.of(List.of(mail))).singleElement().asString().startsWith("D Mi|");
    assertThat(Packets.of(List.of(steps.getLast()))).containsExactly("D Ti|0123456789abcdefg00|");
  }

  @Test
  void whatAFilterDoesNotAnswerIsNotWaitedFor() {
    List<Step> steps =
        Packets.writer(ENVELOPE, Protocol.NR_CONN | Protocol.NR_RCPT).beforeContent(false);

    assertThat(steps)
        .extracting(Step::isAnswered)
        .containsExactly(false, true, true, false, false, true);
  }

  @Test
  void macrosThatAreNotKnownAreLeftOut() {
    Agreement agreement =
        new Agreement(
            6,
            0,
            Map.of(
                Stage.CONNECT,
                List.of("{client_port}", "{if_addr}"),
                Stage.HELO,
                List.of("{cert_subject}"),
                Stage.DATA,
                List.of()));

    List<Step> steps = new StepWriter(agreement, ENVELOPE, "mx.dest.example").beforeContent(false);

    assertThat(Packets.of(steps))
        .contains("D C{if_addr}|192.0.2.25|")
        .noneMatch(each -> each.startsWith("D H") || each.startsWith("D T"));
  }

  @Test
  void aClientThatIsKnownIsNotToldAgain() {
    assertThat(Packets.of(Packets.writer(ENVELOPE, 0).beforeContent(true)))
        .startsWith(
            "D Mi|0123456789abcdefg00|{auth_type}|SASL|{auth_authen}|ann|"
                + "{mail_addr}|ann@sender.example|{mail_host}|sender.example|",
            "M <ann@sender.example>|SIZE=1234|BODY=8BITMIME|")
        .noneMatch(each -> each.startsWith("C") || each.startsWith("H"));
  }

  @Test
  void theNullSenderIsTold() {
    Envelope notice = Packets.envelope(Packets.NAMED, "", "bob@dest.example");

    assertThat(Packets.of(Packets.writer(notice, 0).beforeContent(false)))
        .contains("M <>|SIZE=1234|BODY=8BITMIME|")
        .anyMatch(each -> each.startsWith("D M") && each.endsWith("{mail_addr}||"));
  }

  private static List<Step> withoutMacros(Provenance from) {
    Agreement agreement =
        new Agreement(
            6, 0, Map.of(Stage.CONNECT, List.of(), Stage.HELO, List.of(), Stage.MAIL, List.of()));
    return new StepWriter(
            agreement, Packets.envelope(from, "", "bob@dest.example"), "mx.dest.example")
        .beforeContent(false);
  }

  private static Provenance.Origin origin() {
    return Provenance.Origin.EXTERNAL;
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }
}
