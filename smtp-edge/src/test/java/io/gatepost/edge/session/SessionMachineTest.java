package io.gatepost.edge.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.session.Connection.Encryption;
import io.gatepost.edge.session.Connection.Proxy;
import io.gatepost.edge.session.SessionState.Chunking;
import io.gatepost.edge.session.SessionState.ChunksRefused;
import io.gatepost.edge.session.SessionState.Connected;
import io.gatepost.edge.session.SessionState.Dialect;
import io.gatepost.edge.session.SessionState.Greeted;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.smtp.command.Command;
import io.gatepost.smtp.command.Command.Chunk;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionMachineTest {

  private static final ForwardPath ANN = ForwardPath.of("ann@dest.example");
  private static final Command MAIL =
      new Command.Mail(
          ReversePath.of("bob@client.example"),
          OptionalLong.empty(),
          Optional.empty(),
          MailParameters.NONE);
  private static final Command RCPT =
      new Command.Rcpt(ANN, AddressForm.ASCII, DsnParameters.OfRecipient.NONE);
  private static final Connection PLAIN =
      new Connection(
          Role.MX, Encryption.NONE, Identity.ANONYMOUS, Proxy.NOT_TRUSTED, Origin.INTERNAL);
  private static final Connection SECURED = PLAIN.encrypted();
  private static final Greeted GREETED = new Greeted("client.example", Dialect.EHLO);
  private static final InTransaction OPEN =
      new InTransaction(
          GREETED, ReversePath.of("bob@client.example"), MailParameters.NONE, List.of());

  private final SessionMachine machine =
      new SessionMachine(
          "mx.example",
          new SessionLimits(1_000_000, 1000, 20),
          new Offers(Offers.Tls.STARTTLS, Set.of(Mechanism.LOGIN, Mechanism.PLAIN)));

  private Step on(SessionState state, Command command) {
    return machine.on(PLAIN, state, command);
  }

  @Test
  void mailBeforeEhloIsABadSequence() {
    assertThat(on(new Connected(), MAIL))
        .isEqualTo(new Step.Answer(new Connected(), Replies.BAD_SEQUENCE));
  }

  @Test
  void rcptBeforeMailIsABadSequence() {
    assertThat(on(GREETED, RCPT)).isEqualTo(new Step.Answer(GREETED, Replies.BAD_SEQUENCE));
  }

  @Test
  void mailInsideATransactionIsABadSequence() {
    assertThat(on(OPEN, MAIL)).isEqualTo(new Step.Answer(OPEN, Replies.BAD_SEQUENCE));
  }

  @Test
  void mailOpensATransaction() {
    assertThat(on(GREETED, MAIL)).isEqualTo(new Step.CheckSender(OPEN, Replies.SENDER_OK));
  }

  @Test
  void aMessageThatSaysItIsTooLargeIsRefusedAtMail() {
    Command large =
        new Command.Mail(
            ReversePath.of(""), OptionalLong.of(1_000_001), Optional.empty(), MailParameters.NONE);

    assertThat(on(GREETED, large)).isEqualTo(new Step.Answer(GREETED, Replies.MESSAGE_TOO_LARGE));
  }

  @Test
  void rcptAsksThePolicy() {
    assertThat(on(OPEN, RCPT)).isEqualTo(new Step.CheckRecipient(OPEN, Recipient.of(ANN)));
  }

  @Test
  void dataWithoutARecipientIsRefused() {
    assertThat(on(OPEN, new Command.Data()))
        .isEqualTo(new Step.Answer(OPEN, Replies.NO_VALID_RECIPIENTS));
  }

  @Test
  void dataWithARecipientIsReceived() {
    InTransaction ready = OPEN.plus(Recipient.of(ANN));

    assertThat(on(ready, new Command.Data()))
        .isEqualTo(new Step.Receive(ready, Replies.START_DATA));
  }

  @Test
  void binaryContentDoesNotComeByData() {
    MailParameters binary =
        new MailParameters(BodyType.BINARY_MIME, AddressForm.ASCII, DsnParameters.OfMessage.NONE);
    InTransaction ready =
        new InTransaction(GREETED, ReversePath.of(""), binary, List.of(Recipient.of(ANN)));

    assertThat(on(ready, new Command.Data()))
        .isEqualTo(new Step.Answer(ready, Replies.BAD_SEQUENCE));
    assertThat(on(ready, new Command.Bdat(10, Chunk.LAST)))
        .isEqualTo(new Step.ReceiveChunk(ready, 10, Chunk.LAST));
  }

  @Test
  void rsetAndEhloEndATransaction() {
    assertThat(on(OPEN, new Command.Rset())).isEqualTo(new Step.Answer(GREETED, Replies.OK));
    assertThat(((Step.CheckHelo) on(OPEN, new Command.Ehlo("client.example"))).greeted())
        .isEqualTo(GREETED);
  }

  @Test
  void aRecipientGivenTwiceIsOneRecipient() {
    assertThat(OPEN.plus(Recipient.of(ANN)).plus(Recipient.of(ANN)).recipients())
        .containsExactly(Recipient.of(ANN));
  }

  @Test
  void ehloNamesWhatTheClientCouldUseNow() {
    assertThat(extensions(PLAIN))
        .containsExactly(
            "mx.example",
            "PIPELINING",
            "SIZE 1000000",
            "8BITMIME",
            "SMTPUTF8",
            "CHUNKING",
            "BINARYMIME",
            "ENHANCEDSTATUSCODES",
            "LIMITS MAILMAX=20 RCPTMAX=1000",
            "DSN",
            "STARTTLS");
    assertThat(extensions(SECURED)).contains("AUTH PLAIN LOGIN").doesNotContain("STARTTLS");
    assertThat(extensions(SECURED.identified(new Identity.User("ann"))))
        .noneMatch(line -> line.startsWith("AUTH"));
    assertThat(
            extensions(
                new Connection(
                    Role.MX, Encryption.NONE, Identity.ANONYMOUS, Proxy.TRUSTED, Origin.INTERNAL)))
        .anyMatch(line -> line.startsWith("XCLIENT "));
  }

  @Test
  void withoutACertificateThereIsNoTlsAndNoAuth() {
    SessionMachine plain =
        new SessionMachine("mx.example", new SessionLimits(1_000_000, 1000, 20), Offers.NOTHING);

    assertThat(plain.on(PLAIN, GREETED, new Command.StartTls()))
        .isEqualTo(new Step.Answer(GREETED, Replies.NOT_IMPLEMENTED));
    assertThat(plain.on(PLAIN, GREETED, new Command.Auth("PLAIN", Optional.empty())))
        .isEqualTo(new Step.Answer(GREETED, Replies.NOT_IMPLEMENTED));
  }

  @Test
  void authTakesTls() {
    Command auth = new Command.Auth("PLAIN", Optional.empty());

    assertThat(on(GREETED, auth))
        .isEqualTo(new Step.Answer(GREETED, Replies.TLS_REQUIRED_FOR_AUTH));
    assertThat(machine.on(SECURED, GREETED, auth))
        .isEqualTo(new Step.Authenticate(Mechanism.PLAIN, Optional.empty()));
    assertThat(
            machine.on(
                SECURED, GREETED, new Command.Auth("SCRAM-SHA-256", Optional.of("bixhLHI9eA=="))))
        .isEqualTo(new Step.Answer(GREETED, Replies.UNKNOWN_MECHANISM));
    assertThat(machine.on(SECURED.identified(new Identity.User("ann")), GREETED, auth))
        .isEqualTo(new Step.Answer(GREETED, Replies.BAD_SEQUENCE));
    assertThat(machine.on(SECURED, OPEN, auth))
        .isEqualTo(new Step.Answer(OPEN, Replies.BAD_SEQUENCE));
  }

  @Test
  void theAuthParameterTakesAnOfferOfAuth() {
    Command mail =
        new Command.Mail(
            ReversePath.of("bob@client.example"),
            OptionalLong.empty(),
            Optional.of("<>"),
            MailParameters.NONE);

    assertThat(on(GREETED, mail)).isEqualTo(new Step.Answer(GREETED, Replies.UNKNOWN_PARAMETER));
    assertThat(machine.on(SECURED, GREETED, mail))
        .isEqualTo(new Step.CheckSender(OPEN, Replies.SENDER_OK));
    assertThat(machine.on(SECURED.identified(new Identity.User("ann")), GREETED, mail))
        .isEqualTo(new Step.CheckSender(OPEN, Replies.SENDER_OK));
  }

  @Test
  void chunksBehindARefusedOneAreRefusedUpToTheLast() {
    ChunksRefused refused = new ChunksRefused(GREETED, Replies.NUL_IN_CONTENT);

    assertThat(on(refused, new Command.Bdat(5, Chunk.MORE)))
        .isEqualTo(new Step.SkipChunk(refused, 5, Replies.NUL_IN_CONTENT));
    assertThat(on(refused, new Command.Bdat(5, Chunk.LAST)))
        .isEqualTo(new Step.SkipChunk(GREETED, 5, Replies.NUL_IN_CONTENT));
    assertThat(on(refused, MAIL)).isEqualTo(new Step.CheckSender(OPEN, Replies.SENDER_OK));
    assertThat(on(refused, new Command.Rset())).isEqualTo(new Step.Answer(GREETED, Replies.OK));
  }

  @Test
  void tlsStartsOnceAndOutsideATransaction() {
    assertThat(on(GREETED, new Command.StartTls()))
        .isEqualTo(new Step.StartTls(Replies.READY_FOR_TLS));
    assertThat(on(OPEN, new Command.StartTls()))
        .isEqualTo(new Step.Answer(OPEN, Replies.BAD_SEQUENCE));
    assertThat(machine.on(SECURED, GREETED, new Command.StartTls()))
        .isEqualTo(new Step.Answer(GREETED, Replies.BAD_SEQUENCE));
  }

  @Test
  void submissionTakesAuthentication() {
    Connection submission =
        new Connection(
            Role.SUBMISSION,
            Encryption.TLS,
            Identity.ANONYMOUS,
            Proxy.NOT_TRUSTED,
            Origin.INTERNAL);

    assertThat(machine.on(submission, GREETED, MAIL))
        .isEqualTo(new Step.Answer(GREETED, Replies.AUTHENTICATION_REQUIRED));
    assertThat(machine.on(submission.identified(new Identity.User("ann")), GREETED, MAIL))
        .isEqualTo(new Step.CheckSender(OPEN, Replies.SENDER_OK));
  }

  @Test
  void aRecipientBeyondAsciiTakesSmtpUtf8WithMail() {
    Command rcpt =
        new Command.Rcpt(
            ForwardPath.of("\u00e4nn@dest.example"),
            AddressForm.UTF8,
            DsnParameters.OfRecipient.NONE);

    assertThat(on(OPEN, rcpt)).isEqualTo(new Step.Answer(OPEN, Replies.NON_ASCII_ADDRESS));
  }

  @Test
  void chunksAreReadWhateverIsSaidOfThem() {
    InTransaction ready = OPEN.plus(Recipient.of(ANN));
    Command bdat = new Command.Bdat(10, Chunk.MORE);

    assertThat(on(ready, bdat)).isEqualTo(new Step.ReceiveChunk(ready, 10, Chunk.MORE));
    assertThat(on(new Chunking(ready), bdat))
        .isEqualTo(new Step.ReceiveChunk(ready, 10, Chunk.MORE));
    assertThat(on(OPEN, bdat)).isEqualTo(new Step.SkipChunk(OPEN, 10, Replies.NO_VALID_RECIPIENTS));
    assertThat(on(GREETED, bdat)).isEqualTo(new Step.SkipChunk(GREETED, 10, Replies.BAD_SEQUENCE));
  }

  @Test
  void onlyChunksFollowAChunk() {
    Chunking chunking = new Chunking(OPEN.plus(Recipient.of(ANN)));

    for (Command command : List.of(MAIL, RCPT, new Command.Data(), new Command.StartTls())) {
      assertThat(on(chunking, command)).isEqualTo(new Step.Answer(chunking, Replies.BAD_SEQUENCE));
    }
    assertThat(on(chunking, new Command.Rset())).isEqualTo(new Step.Answer(GREETED, Replies.OK));
  }

  @Test
  void xclientIsForTrustedPeers() {
    Command xclient = new Command.Xclient(Map.of("ADDR", "192.0.2.1"));
    Connection trusted =
        new Connection(
            Role.MX, Encryption.NONE, Identity.ANONYMOUS, Proxy.TRUSTED, Origin.INTERNAL);

    assertThat(on(GREETED, xclient)).isEqualTo(new Step.Answer(GREETED, Replies.NOT_IMPLEMENTED));
    assertThat(machine.on(trusted, GREETED, xclient))
        .isEqualTo(new Step.Adopt(Map.of("ADDR", "192.0.2.1")));
    assertThat(machine.on(trusted, OPEN, xclient))
        .isEqualTo(new Step.Answer(OPEN, Replies.BAD_SEQUENCE));
  }

  private List<String> extensions(Connection connection) {
    Step.CheckHelo helo =
        (Step.CheckHelo)
            machine.on(connection, new Connected(), new Command.Ehlo("client.example"));
    return helo.reply().lines();
  }
}
