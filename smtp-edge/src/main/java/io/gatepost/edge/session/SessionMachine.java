package io.gatepost.edge.session;

import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.session.Connection.Proxy;
import io.gatepost.edge.session.SessionState.Chunking;
import io.gatepost.edge.session.SessionState.ChunksRefused;
import io.gatepost.edge.session.SessionState.Connected;
import io.gatepost.edge.session.SessionState.Dialect;
import io.gatepost.edge.session.SessionState.Greeted;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.smtp.command.Command;
import io.gatepost.smtp.command.Command.Auth;
import io.gatepost.smtp.command.Command.Bdat;
import io.gatepost.smtp.command.Command.Chunk;
import io.gatepost.smtp.command.Command.Data;
import io.gatepost.smtp.command.Command.Ehlo;
import io.gatepost.smtp.command.Command.Fatal;
import io.gatepost.smtp.command.Command.Helo;
import io.gatepost.smtp.command.Command.Help;
import io.gatepost.smtp.command.Command.Mail;
import io.gatepost.smtp.command.Command.Malformed;
import io.gatepost.smtp.command.Command.Noop;
import io.gatepost.smtp.command.Command.Quit;
import io.gatepost.smtp.command.Command.Rcpt;
import io.gatepost.smtp.command.Command.Rset;
import io.gatepost.smtp.command.Command.StartTls;
import io.gatepost.smtp.command.Command.Vrfy;
import io.gatepost.smtp.command.Command.Xclient;
import java.util.List;
import java.util.Map;

/// The whole order of the protocol on one screen (RFC 5321 §4.1.4): a state and a command in, the
/// next step out.
public final class SessionMachine {

  private final Reply closing;
  private final Reply helo;
  private final SessionLimits limits;
  private final ExtensionList extensions;

  /// @param hostname what this host calls itself
  /// @param offers what the settings allow to be offered
  public SessionMachine(String hostname, SessionLimits limits, Offers offers) {
    this.closing = Replies.closing(hostname);
    this.helo = Replies.helo(hostname);
    this.limits = limits;
    this.extensions = new ExtensionList(hostname, limits, offers);
  }

  /// The step that follows from a command in a state.
  public Step on(Connection connection, SessionState before, Command command) {
    SessionState state =
        before instanceof ChunksRefused(var greeted, _) && !(command instanceof Bdat)
            ? greeted
            : before;
    return switch (command) {
      case Malformed(var reply) -> new Step.Answer(state, reply);
      case Fatal(var reply) -> new Step.Expel(reply);
      case Quit _ -> new Step.Close(closing);
      case Ehlo(var name) ->
          new Step.CheckHelo(new Greeted(name, Dialect.EHLO), extensions.reply(connection));
      case Helo(var name) -> new Step.CheckHelo(new Greeted(name, Dialect.HELO), helo);
      case Noop _ -> new Step.Answer(state, Replies.OK);
      case Help _ -> new Step.Answer(state, Replies.HELP);
      case Vrfy _ -> new Step.Answer(state, Replies.CANNOT_VRFY); // RFC 5321 §7.3
      case Rset _ -> new Step.Answer(withoutTransaction(state), Replies.OK);
      case Mail mail when state instanceof Greeted greeted -> mail(connection, greeted, mail);
      case Rcpt rcpt when state instanceof InTransaction open -> rcpt(connection, open, rcpt);
      case Data _ when state instanceof InTransaction open -> data(open);
      case Bdat bdat -> bdat(state, bdat);
      case StartTls _ -> startTls(connection, state);
      case Auth auth -> auth(connection, state, auth);
      case Xclient(var attributes) -> xclient(connection, state, attributes);
      case Mail _, Rcpt _, Data _ -> new Step.Answer(state, Replies.BAD_SEQUENCE);
    };
  }

  /// Where a session stands after a message, accepted or not.
  public static SessionState withoutTransaction(SessionState state) {
    return switch (state) {
      case Connected connected -> connected;
      case Greeted greeted -> greeted;
      case InTransaction open -> open.greeted();
      case Chunking chunking -> chunking.transaction().greeted();
      case ChunksRefused refused -> refused.greeted();
    };
  }

  private Step mail(Connection connection, Greeted greeted, Mail mail) {
    if (connection.role().wantsAuthentication() && connection.isAnonymous()) {
      return new Step.Answer(greeted, Replies.AUTHENTICATION_REQUIRED); // RFC 6409 §4.3
    }
    if (!mail.parameters().dsn().equals(DsnParameters.OfMessage.NONE)
        && !extensions.offersNotices(connection)) {
      return new Step.Answer(greeted, Replies.UNKNOWN_PARAMETER);
    }
    if (mail.auth().isPresent() && !extensions.knowsAuth(connection)) {
      return new Step.Answer(greeted, Replies.UNKNOWN_PARAMETER); // RFC 4954 §3
    }
    if (mail.size().orElse(0) > limits.maxMessageOctets()) {
      return new Step.Answer(greeted, Replies.MESSAGE_TOO_LARGE); // RFC 1870 §6.1
    }
    return new Step.CheckSender(
        new InTransaction(greeted, mail.sender(), mail.parameters(), List.of()), Replies.SENDER_OK);
  }

  private Step rcpt(Connection connection, InTransaction open, Rcpt rcpt) {
    if (!rcpt.dsn().equals(DsnParameters.OfRecipient.NONE)
        && !extensions.offersNotices(connection)) {
      return new Step.Answer(open, Replies.UNKNOWN_PARAMETER);
    }
    if (rcpt.form() == AddressForm.UTF8 && open.parameters().addresses() == AddressForm.ASCII) {
      return new Step.Answer(open, Replies.NON_ASCII_ADDRESS); // RFC 6531 §3.5
    }
    return new Step.CheckRecipient(
        open, new Recipient(rcpt.recipient(), rcpt.recipient(), rcpt.dsn()));
  }

  /// DATA ends at a dot, which binary content may hold: it comes by BDAT only (RFC 3030 §3).
  private static Step data(InTransaction open) {
    if (open.parameters().body() == BodyType.BINARY_MIME) {
      return new Step.Answer(open, Replies.BAD_SEQUENCE);
    }
    return open.recipients().isEmpty()
        ? new Step.Answer(open, Replies.NO_VALID_RECIPIENTS) // RFC 5321 §4.1.1.4, RFC 2920 §3.1
        : new Step.Receive(open, Replies.START_DATA);
  }

  /// The chunk comes, whatever is said of it (RFC 3030 §2).
  private static Step bdat(SessionState state, Bdat bdat) {
    return switch (state) {
      case Chunking(var open) -> new Step.ReceiveChunk(open, bdat.octets(), bdat.chunk());
      case InTransaction open when !open.recipients().isEmpty() ->
          new Step.ReceiveChunk(open, bdat.octets(), bdat.chunk());
      case InTransaction open ->
          new Step.SkipChunk(open, bdat.octets(), Replies.NO_VALID_RECIPIENTS);
      case ChunksRefused(var greeted, var reply) ->
          new Step.SkipChunk(bdat.chunk() == Chunk.LAST ? greeted : state, bdat.octets(), reply);
      case Connected _, Greeted _ -> new Step.SkipChunk(state, bdat.octets(), Replies.BAD_SEQUENCE);
    };
  }

  private Step startTls(Connection connection, SessionState state) {
    if (!extensions.offersStartTls(connection)) {
      return new Step.Answer(
          state, connection.isEncrypted() ? Replies.BAD_SEQUENCE : Replies.NOT_IMPLEMENTED);
    }
    return switch (state) {
      case Greeted _ -> new Step.StartTls(Replies.READY_FOR_TLS);
      case Connected _, InTransaction _, Chunking _, ChunksRefused _ ->
          new Step.Answer(state, Replies.BAD_SEQUENCE);
    };
  }

  private Step auth(Connection connection, SessionState state, Auth auth) {
    if (!extensions.offersAuth(connection)) {
      if (!connection.isAnonymous()) {
        return new Step.Answer(state, Replies.BAD_SEQUENCE); // RFC 4954 §4: once in a session
      }
      return new Step.Answer(
          state,
          extensions.offersStartTls(connection) && extensions.knowsUsers()
              ? Replies.TLS_REQUIRED_FOR_AUTH
              : Replies.NOT_IMPLEMENTED);
    }
    return switch (state) {
      case Greeted(_, var dialect) when dialect == Dialect.EHLO ->
          Mechanism.of(auth.mechanism())
              .filter(extensions::offers)
              .<Step>map(mechanism -> new Step.Authenticate(mechanism, auth.initial()))
              .orElseGet(() -> new Step.Answer(state, Replies.UNKNOWN_MECHANISM));
      case Greeted _, Connected _, InTransaction _, Chunking _, ChunksRefused _ ->
          new Step.Answer(state, Replies.BAD_SEQUENCE);
    };
  }

  private static Step xclient(
      Connection connection, SessionState state, Map<String, String> attributes) {
    if (connection.proxy() != Proxy.TRUSTED) {
      return new Step.Answer(state, Replies.NOT_IMPLEMENTED);
    }
    return switch (state) {
      case Connected _, Greeted _ -> new Step.Adopt(attributes);
      case InTransaction _, Chunking _, ChunksRefused _ ->
          new Step.Answer(state, Replies.BAD_SEQUENCE);
    };
  }
}
