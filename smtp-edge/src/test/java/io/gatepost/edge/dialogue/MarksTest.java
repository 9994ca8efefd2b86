package io.gatepost.edge.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.ReversePathVerdict;
import io.gatepost.edge.policy.CheckName;
import io.gatepost.edge.policy.Exemptions;
import io.gatepost.edge.policy.NamePatterns;
import io.gatepost.edge.policy.PolicyRules;
import io.gatepost.edge.policy.SenderReachable.Rule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/// Messages that are accepted with a mark, and checks that warn only.
class MarksTest {

  private static final String STRANGER = "203.0.113.9";
  private static final String OUR_CLIENT = "127.0.0.1";
  private static final Mark GONE = new Mark("sender-domain", "invalid_sender gone.example");

  private final TestServices services = new TestServices();

  @BeforeEach
  void gone() {
    services.senderDomain = Rule.MARK;
    services.reversePaths =
        request ->
            Mono.just(
                request.sender().domain().text().equals("gone.example")
                    ? new ReversePathVerdict.Bad(
                        Reason.INVALID_SENDER,
                        Replies.senderUnroutable(DomainName.of("gone.example")))
                    : new ReversePathVerdict.Routable());
  }

  private static String mail(String sender, String header) {
    return "MAIL FROM:<%s>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\n%s\r\ntext\r\n.\r\n"
        .formatted(sender, header);
  }

  private String content(int message) {
    return new String(services.queue.messages.get(message).content(), StandardCharsets.US_ASCII);
  }

  private List<Mark> marks(int message) {
    return services.queue.messages.get(message).envelope().provenance().marks();
  }

  private double counted(String check, String result) {
    return services
        .meters
        .get("gatepost.edge.checks")
        .tags("check", check, "result", result)
        .functionCounter()
        .count();
  }

  @Test
  void aMarkGoesWithTheEnvelopeAndOnTopOfTheMessage() {
    FakeConversation conversation = new FakeConversation(services, STRANGER);

    conversation.say("EHLO a.example\r\n" + mail("bob@gone.example", "Subject: x\r\n"));

    assertThat(marks(0)).containsExactly(GONE);
    assertThat(content(0))
        .startsWith("Gatepost-Mark: sender-domain invalid_sender gone.example\r\nReceived: from");
    assertThat(counted("sender-domain", "marked")).isEqualTo(1);
    assertThat(services.meters.get("gatepost.edge.refusals").counters())
        .allMatch(counter -> counter.count() == 0);
  }

  @Test
  void aMarkIsOfOneMessage() {
    FakeConversation conversation = new FakeConversation(services, STRANGER);

    conversation.say("EHLO a.example\r\nMAIL FROM:<bob@gone.example>\r\nRSET\r\n");
    conversation.say(mail("bob@good.example", "Subject: x\r\n"));
    conversation.writeLog();
    conversation.say(mail("bob@gone.example", "Subject: x\r\n"));
    conversation.writeLog();
    conversation.say(mail("bob@good.example", "Subject: x\r\n"));

    assertThat(marks(0)).isEmpty();
    assertThat(marks(1)).containsExactly(GONE);
    assertThat(marks(2)).isEmpty();
  }

  @Test
  void strangersCannotMarkAMessageAsWeDo() {
    FakeConversation conversation = new FakeConversation(services, STRANGER);

    conversation.say(
        "EHLO a.example\r\n"
            + mail("bob@good.example", "Gatepost-Mark: a b\r\n.gatepost-mark: c\r\n"));

    assertThat(content(0))
        .startsWith("Received: ")
        .contains("\r\nGatepost-Marx: a b\r\n.gatepost-marx: c\r\n")
        .doesNotContainIgnoringCase("Gatepost-Mark");
  }

  @Test
  void chunksAreNoWayAroundIt() {
    FakeConversation conversation = new FakeConversation(services, STRANGER);
    conversation.say(
        "EHLO a.example\r\nMAIL FROM:<bob@good.example>\r\nRCPT TO:<ann@dest.example>\r\n");

    conversation.say("BDAT 6\r\nGatepo");
    conversation.say("BDAT 12 LAST\r\nst-Mark: a\r\n");

    assertThat(content(0)).endsWith("\r\nGatepost-Marx: a\r\n");
  }

  @Test
  void marksThatOurOwnClientsPassOnAreKept() {
    FakeConversation conversation = new FakeConversation(services, OUR_CLIENT);

    conversation.say(
        "EHLO a.example\r\n" + mail("bob@good.example", "Gatepost-Mark: dns-lists b\r\n"));

    assertThat(content(0)).contains("\r\nGatepost-Mark: dns-lists b\r\n");
  }

  @Test
  void aCheckThatWarnsOnlyIsCountedAndRefusesNothing() {
    services.heloSignatures = NamePatterns.parse("list", List.of("*bot*"));
    services.policyRules =
        new PolicyRules(
            Set.of(CheckName.HELO_SYNTAX, CheckName.HELO_SIGNATURE), () -> Exemptions.NONE);
    FakeConversation conversation = new FakeConversation(services, STRANGER);

    assertThat(conversation.ask("HELO bot!\r\n")).containsExactly("250 mx.example");

    assertThat(counted("helo-syntax", "warned")).isEqualTo(1);
    assertThat(counted("helo-signature", "warned")).isEqualTo(1);
    assertThat(counted("helo-syntax", "asked")).isEqualTo(1);
    assertThat(counted("helo-syntax", "refused")).isZero();
    assertThat(services.refused("helo", "helo_syntax")).isZero();
  }

  @Test
  void aCheckThatDoesNotWarnRefusesBehindOneThatDoes() {
    services.heloSignatures = NamePatterns.parse("list", List.of("*bot*"));
    services.policyRules = new PolicyRules(Set.of(CheckName.HELO_SYNTAX), () -> Exemptions.NONE);
    FakeConversation conversation = new FakeConversation(services, STRANGER);

    assertThat(conversation.ask("HELO bot!\r\n"))
        .containsExactly(Replies.HELO_SIGNATURE.toString());
    assertThat(counted("helo-syntax", "warned")).isEqualTo(1);
    assertThat(counted("helo-signature", "refused")).isEqualTo(1);
  }
}
