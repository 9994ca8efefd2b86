package io.gatepost.edge.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.edge.auth.Base64Text;
import io.gatepost.edge.session.Mechanism;
import io.gatepost.edge.session.Offers;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

/// AUTH from its command to its verdict, without a socket.
class AuthDialogueTest {

  private static final String PLAIN = Base64Text.encode("\0ann\0secret");

  private final TestServices services = new TestServices();
  private final List<CredentialQuestion> asked = new ArrayList<>();
  private final Sinks.One<CredentialVerdict> verdict = Sinks.one();
  private FakeConversation conversation;

  @BeforeEach
  void greetOverTls() {
    services.offers = new Offers(Offers.Tls.STARTTLS, EnumSet.allOf(Mechanism.class));
    services.credentials =
        question -> {
          asked.add(question);
          return verdict.asMono();
        };
    conversation = new FakeConversation(services, "203.0.113.9");
    conversation.client.encrypted("TLSv1.3 TLS_AES_128_GCM_SHA256");
    conversation.say("EHLO client.example\r\n");
    conversation.heard();
  }

  @Test
  void eachChallengeWaitsForItsAnswer() {
    assertThat(conversation.ask("AUTH LOGIN\r\n"))
        .containsExactly("334 " + Base64Text.encode("Username:"));
    assertThat(conversation.ask(Base64Text.encode("ann") + "\r\n"))
        .containsExactly("334 " + Base64Text.encode("Password:"));
    conversation.say(Base64Text.encode("secret") + "\r\n");
    verdict.tryEmitValue(new CredentialVerdict.Accepted("ann", ""));

    assertThat(conversation.heard()).containsExactly(Replies.AUTHENTICATED.toString());
    assertThat(asked)
        .containsExactly(new CredentialQuestion.Password("ann", "secret", "203.0.113.9"));
    assertThat(conversation.client.provenance().user()).contains("ann");
    assertThat(conversation.client.provenance().origin()).isEqualTo(Origin.INTERNAL);
  }

  @Test
  void aCancelledAuthLeavesTheClientAnonymous() {
    conversation.ask("AUTH LOGIN\r\n");

    assertThat(conversation.ask("*\r\nNOOP\r\n"))
        .containsExactly(Replies.AUTH_CANCELLED.toString(), Replies.OK.toString());
    assertThat(asked).isEmpty();
    assertThat(conversation.client.provenance().user()).isEmpty();
  }

  @Test
  void commandsBehindAuthWaitForItsVerdict() {
    assertThat(conversation.ask("AUTH PLAIN " + PLAIN + "\r\nMAIL FROM:<>\r\n")).isEmpty();
    assertThat(conversation.dialogue.isBusy()).isTrue();

    verdict.tryEmitValue(
        new CredentialVerdict.Refused(Reason.BAD_CREDENTIALS, Replies.BAD_CREDENTIALS));

    assertThat(conversation.heard())
        .containsExactly(Replies.BAD_CREDENTIALS.toString(), Replies.SENDER_OK.toString());
    assertThat(services.refused("auth", Reason.BAD_CREDENTIALS.label())).isEqualTo(1);
  }

  @Test
  void aResponseThatIsNoBase64EndsTheExchange() {
    conversation.ask("AUTH PLAIN\r\n");

    assertThat(conversation.ask("?\r\nNOOP\r\n"))
        .containsExactly(Replies.BAD_AUTH_RESPONSE.toString(), Replies.OK.toString());
    assertThat(asked).isEmpty();
  }

  @Test
  void aResponseThatIsTooLongIsSkippedToItsEnd() {
    conversation.ask("AUTH PLAIN\r\n");

    assertThat(conversation.ask("A".repeat(LineInput.MAX_AUTH_OCTETS + 1)))
        .containsExactly(Replies.AUTH_LINE_TOO_LONG.toString());
    assertThat(conversation.ask("A\r\nNOOP\r\n")).containsExactly(Replies.OK.toString());
  }

  @Test
  void aClientThatGoesEndsTheQuestion() {
    conversation.say("AUTH PLAIN " + PLAIN + "\r\n");
    assertThat(verdict.currentSubscriberCount()).isEqualTo(1);

    conversation.hangUp();

    assertThat(verdict.currentSubscriberCount()).isZero();
    assertThat(conversation.heard()).isEmpty();
  }

  @Test
  void anAuthThatIsJudgedIsUnderWay() {
    conversation.say("AUTH PLAIN " + PLAIN + "\r\n");

    assertThat(conversation.dialogue.isUnderWay()).isTrue();
    assertThat(conversation.dialogue.awaitsClient()).isTrue();
  }
}
