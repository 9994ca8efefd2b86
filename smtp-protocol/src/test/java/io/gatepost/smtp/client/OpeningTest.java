package io.gatepost.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Terms.Encryption;
import io.gatepost.smtp.client.auth.Credentials;
import io.gatepost.smtp.client.auth.Credentials.Exposure;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpeningTest {

  private static final Reply READY = Reply.of(220, "2.0.0", "ready");
  private static final Reply REFUSED = Reply.of(454, "4.7.0", "not now");

  @Test
  void starttlsIsUsedWhereItIsOfferedAndEhloIsSaidAnew() {
    ClientDialog dialog = greeted(Encryption.OPPORTUNISTIC, Optional.empty());

    assertThat(dialog.on(ehlo("STARTTLS", "PIPELINING"))).containsExactly(send("STARTTLS"));
    assertThat(dialog.on(READY)).containsExactly(new Action.StartTls());
    assertThat(dialog.encrypted()).containsExactly(send("EHLO mta.example"));
    assertThat(dialog.on(ehlo("STARTTLS", "SIZE 10"))).containsExactly(new Action.Free());
    assertThat(dialog.extensions().keywords())
        .containsExactlyInAnyOrder(Extensions.Keyword.STARTTLS, Extensions.Keyword.SIZE);
  }

  @Test
  void whatWasOfferedInTheClearIsForgotten() {
    ClientDialog dialog = greeted(Encryption.OPPORTUNISTIC, Optional.empty());
    dialog.on(ehlo("STARTTLS", "PIPELINING"));
    dialog.on(READY);

    dialog.encrypted();

    assertThat(dialog.extensions()).isEqualTo(Extensions.NONE);
  }

  @Test
  void aHostThatRefusesStarttlsIsTalkedToInTheClearWhereThatWillDo() {
    ClientDialog dialog = greeted(Encryption.OPPORTUNISTIC, Optional.empty());
    dialog.on(ehlo("STARTTLS"));

    assertThat(dialog.on(REFUSED)).containsExactly(new Action.Free());
  }

  @Test
  void whereEncryptionIsRequiredAHostThatRefusesItGetsNoMail() {
    ClientDialog dialog = greeted(Encryption.REQUIRED, Optional.empty());
    dialog.on(ehlo("STARTTLS"));

    assertThat(dialog.on(REFUSED))
        .containsExactly(new Action.Unwelcome(REFUSED), new Action.Close());
  }

  @Test
  void whereEncryptionIsRequiredAHostThatDoesNotOfferItGetsNoMail() {
    ClientDialog dialog = greeted(Encryption.REQUIRED, Optional.empty());

    assertThat(dialog.on(ehlo("PIPELINING")).getFirst()).isInstanceOf(Action.Unwelcome.class);
  }

  @Test
  void aReplyInTheClearDuringTheHandshakeIsAnAttack() {
    ClientDialog dialog = greeted(Encryption.OPPORTUNISTIC, Optional.empty());
    dialog.on(ehlo("STARTTLS"));
    dialog.on(READY);

    assertThat(dialog.on(ehlo("AUTH PLAIN")).getFirst()).isInstanceOf(Action.Unwelcome.class);
  }

  @Test
  void aHostThatNeverTakesMailSaysSoAtOnce() {
    ClientDialog dialog = new ClientDialog(Terms.plain("mta.example"));
    Reply never = Reply.plain(521, "this host takes no mail");

    assertThat(dialog.on(never)).containsExactly(new Action.NoMailHere(never), new Action.Close());
  }

  @Test
  void aHostThatDoesNotWantUsNowIsNotToldFromOneThatIsBusy() {
    ClientDialog dialog = new ClientDialog(Terms.plain("mta.example"));
    Reply no = Reply.plain(554, "no service");

    assertThat(dialog.on(no)).containsExactly(new Action.Unwelcome(no), new Action.Close());
  }

  @Test
  void tlsIsProvenByTheFirstReplyThatComesThroughIt() {
    ClientDialog dialog = greeted(Encryption.OPPORTUNISTIC, Optional.empty());
    assertThat(dialog.isTlsUnproven()).isFalse();
    dialog.on(ehlo("STARTTLS"));
    assertThat(dialog.isTlsUnproven()).isTrue();
    dialog.on(READY);
    assertThat(dialog.isTlsUnproven()).isTrue();
    dialog.encrypted();
    assertThat(dialog.isTlsUnproven()).isTrue();

    dialog.on(ehlo("SIZE 10"));

    assertThat(dialog.isTlsUnproven()).isFalse();
  }

  @Test
  void theStrongestMechanismIsUsed() {
    ClientDialog dialog = greeted(Encryption.NONE, credentials(Exposure.ANYWHERE));

    List<Action> actions = dialog.on(ehlo("AUTH LOGIN PLAIN SCRAM-SHA-256"));

    assertThat(((Action.Send) actions.getFirst()).commands()).startsWith("AUTH SCRAM-SHA-256 ");
  }

  @Test
  void plainSaysEverythingAtOnce() {
    ClientDialog dialog = greeted(Encryption.NONE, credentials(Exposure.ANYWHERE));

    assertThat(dialog.on(ehlo("AUTH LOGIN PLAIN")))
        .containsExactly(send("AUTH PLAIN AHVzZXIAc2VjcmV0"));
    assertThat(dialog.on(Reply.of(235, "2.7.0", "welcome"))).containsExactly(new Action.Free());
  }

  @Test
  void loginSaysOneThingAfterTheOther() {
    ClientDialog dialog = greeted(Encryption.NONE, credentials(Exposure.ANYWHERE));

    assertThat(dialog.on(ehlo("AUTH LOGIN"))).containsExactly(send("AUTH LOGIN"));
    assertThat(dialog.on(Reply.plain(334, "VXNlcm5hbWU6"))).containsExactly(send("dXNlcg=="));
    assertThat(dialog.on(Reply.plain(334, "UGFzc3dvcmQ6"))).containsExactly(send("c2VjcmV0"));
    assertThat(dialog.on(Reply.of(235, "2.7.0", "welcome"))).containsExactly(new Action.Free());
  }

  @Test
  void thePasswordIsNotShownInTheClear() {
    ClientDialog dialog = greeted(Encryption.OPPORTUNISTIC, credentials(Exposure.ENCRYPTED_ONLY));

    assertThat(dialog.on(ehlo("AUTH PLAIN")).getFirst()).isInstanceOf(Action.Unwelcome.class);
  }

  @Test
  void refusedCredentialsAreUnwelcome() {
    ClientDialog dialog = greeted(Encryption.NONE, credentials(Exposure.ANYWHERE));
    dialog.on(ehlo("AUTH PLAIN"));
    Reply bad = Reply.of(535, "5.7.8", "bad credentials");

    assertThat(dialog.on(bad)).containsExactly(new Action.Unwelcome(bad), new Action.Close());
  }

  /// It may have keys of some users only, and offers SCRAM to all.
  @Test
  void whereScramIsRefusedThePasswordIsShownToAHostThatIsEncrypted() {
    ClientDialog dialog = greeted(Encryption.REQUIRED, credentials(Exposure.ENCRYPTED_ONLY));
    dialog.on(ehlo("STARTTLS"));
    dialog.on(READY);
    dialog.encrypted();
    dialog.on(ehlo("AUTH SCRAM-SHA-256 PLAIN"));
    Reply bad = Reply.of(535, "5.7.8", "bad credentials");

    assertThat(dialog.on(bad)).containsExactly(send("AUTH PLAIN AHVzZXIAc2VjcmV0"));
    assertThat(dialog.on(bad)).containsExactly(new Action.Unwelcome(bad), new Action.Close());
  }

  @Test
  void whereScramIsRefusedInTheClearThePasswordStaysHidden() {
    ClientDialog dialog = greeted(Encryption.NONE, credentials(Exposure.ANYWHERE));
    dialog.on(ehlo("AUTH SCRAM-SHA-256 PLAIN"));
    Reply bad = Reply.of(535, "5.7.8", "bad credentials");

    assertThat(dialog.on(bad)).containsExactly(new Action.Unwelcome(bad), new Action.Close());
  }

  @Test
  void aHostWithoutAKnownMechanismIsUnwelcome() {
    ClientDialog dialog = greeted(Encryption.NONE, credentials(Exposure.ANYWHERE));

    assertThat(dialog.on(ehlo("AUTH GSSAPI")).getFirst()).isInstanceOf(Action.Unwelcome.class);
  }

  @Test
  void aHostThatAcceptsBeforeItProvedItselfIsUnwelcome() {
    ClientDialog dialog = greeted(Encryption.NONE, credentials(Exposure.ANYWHERE));
    dialog.on(ehlo("AUTH SCRAM-SHA-256"));

    assertThat(dialog.on(Reply.of(235, "2.7.0", "welcome")).getFirst())
        .isInstanceOf(Action.Unwelcome.class);
  }

  @Test
  void aChallengeThatIsNotBase64IsUnwelcome() {
    ClientDialog dialog = greeted(Encryption.NONE, credentials(Exposure.ANYWHERE));
    dialog.on(ehlo("AUTH LOGIN"));

    assertThat(dialog.on(Reply.plain(334, "what? no")).getFirst())
        .isInstanceOf(Action.Unwelcome.class);
  }

  private static ClientDialog greeted(Encryption encryption, Optional<Credentials> credentials) {
    ClientDialog dialog = new ClientDialog(new Terms("mta.example", encryption, credentials));
    dialog.on(Reply.plain(220, "host"));
    return dialog;
  }

  private static Optional<Credentials> credentials(Exposure exposure) {
    return Optional.of(new Credentials("user", "secret", exposure));
  }

  private static Reply ehlo(String... keywords) {
    String[] lines = new String[keywords.length + 1];
    lines[0] = "host.example";
    System.arraycopy(keywords, 0, lines, 1, keywords.length);
    return Reply.plain(250, lines);
  }

  private static Action send(String command) {
    return new Action.Send(command + "\r\n");
  }
}
