package io.gatepost.smtp.client;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Extensions.Keyword;
import io.gatepost.smtp.client.Terms.Encryption;
import io.gatepost.smtp.client.auth.Credentials;
import io.gatepost.smtp.client.auth.Credentials.Exposure;
import io.gatepost.smtp.client.auth.SaslException;
import io.gatepost.smtp.client.auth.SaslExchange;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The conversation up to the first mail: greeting, EHLO, STARTTLS, EHLO again, AUTH.
final class Opening {

  private static final int CONTINUE = 334; // RFC 4954 §6
  private static final int NO_MAIL = 521; // RFC 7504 §3

  /// The command that the next reply answers.
  private sealed interface Stage {
    record Greeting() implements Stage {}

    record Ehlo() implements Stage {}

    record Helo() implements Stage {}

    record StartTls() implements Stage {}

    /// STARTTLS is accepted; the host has to be silent until the connection is encrypted.
    record Handshake() implements Stage {}

    record Auth(SaslExchange exchange) implements Stage {}

    record Over() implements Stage {}
  }

  private final Terms terms;
  private Stage stage = new Stage.Greeting();
  private ProbeAnswer.Stage refusedAt = ProbeAnswer.Stage.GREETING;
  private Extensions extensions = Extensions.NONE;
  private boolean encrypted;
  private final Set<String> refusedMechanisms = new HashSet<>();

  Opening(Terms terms) {
    this.terms = terms;
  }

  Extensions extensions() {
    return extensions;
  }

  /// Where the host refused, once it did.
  ProbeAnswer.Stage refusedAt() {
    return refusedAt;
  }

  /// Whether mail may follow, or nothing any more.
  boolean isOver() {
    return stage instanceof Stage.Over;
  }

  List<Action> on(Reply reply) {
    if (reply.code().value() == ClientDialog.CLOSING) {
      return unwelcome(reply);
    }
    return switch (stage) {
      case Stage.Greeting _ -> onGreeting(reply);
      case Stage.Ehlo _ -> onEhlo(reply);
      case Stage.Helo _ ->
          reply.code().isCompletion() ? onExtensions(Extensions.NONE) : unwelcome(reply);
      case Stage.StartTls _ -> onStartTls(reply);
      case Stage.Handshake _ ->
          unwelcome(Reply.of(451, "4.7.0", "A reply in the clear after STARTTLS"));
      case Stage.Auth(var exchange) -> onAuth(exchange, reply);
      case Stage.Over _ -> throw new IllegalStateException("the opening is over");
    };
  }

  /// Whether TLS has been asked for, and nothing has come through it yet.
  boolean isTlsUnproven() {
    return switch (stage) {
      case Stage.StartTls _, Stage.Handshake _ -> true;
      case Stage.Ehlo _ -> encrypted;
      case Stage.Greeting _, Stage.Helo _, Stage.Auth _, Stage.Over _ -> false;
    };
  }

  /// 554 may be meant for us only, and for a while (RFC 5321 §3.1); 521 is meant for everybody.
  private List<Action> onGreeting(Reply reply) {
    if (reply.code().value() == NO_MAIL) {
      stage = new Stage.Over();
      return List.of(new Action.NoMailHere(reply), new Action.Close());
    }
    return reply.code().isCompletion() ? ehlo() : unwelcome(reply);
  }

  /// The connection is encrypted: what was said in the clear is forgotten (RFC 3207 §4.2).
  List<Action> encrypted() {
    encrypted = true;
    extensions = Extensions.NONE;
    return ehlo();
  }

  private List<Action> ehlo() {
    return ask(new Stage.Ehlo(), "EHLO " + terms.heloName());
  }

  private List<Action> onEhlo(Reply reply) {
    if (reply.code().isPermanent()) {
      return ask(new Stage.Helo(), "HELO " + terms.heloName()); // RFC 5321 §3.2
    }
    return reply.code().isCompletion() ? onExtensions(Extensions.of(reply)) : unwelcome(reply);
  }

  private List<Action> onExtensions(Extensions offered) {
    extensions = offered;
    if (!encrypted && terms.encryption() != Encryption.NONE && offered.offers(Keyword.STARTTLS)) {
      return ask(new Stage.StartTls(), "STARTTLS");
    }
    return inTheClear(Reply.of(451, "4.7.4", "STARTTLS is required and not offered"));
  }

  private List<Action> onStartTls(Reply reply) {
    if (reply.code().isCompletion()) {
      stage = new Stage.Handshake();
      return List.of(new Action.StartTls());
    }
    return inTheClear(reply);
  }

  private List<Action> inTheClear(Reply why) {
    return !encrypted && terms.encryption() == Encryption.REQUIRED ? insecure(why) : authenticate();
  }

  private List<Action> authenticate() {
    if (terms.credentials().isEmpty()) {
      return ready();
    }
    Credentials credentials = terms.credentials().get();
    if (!encrypted && credentials.exposure() == Exposure.ENCRYPTED_ONLY) {
      return insecure(Reply.of(451, "4.7.11", "AUTH needs an encrypted connection"));
    }
    return authenticate(
        credentials,
        Reply.of(
            451, "4.7.4", "AUTH offers none of " + String.join(", ", SaslExchange.PREFERENCE)));
  }

  /// @param otherwise why there is no mail for this host where no mechanism is left
  private List<Action> authenticate(Credentials credentials, Reply otherwise) {
    Set<String> offered = new HashSet<>(extensions.mechanisms());
    offered.removeAll(refusedMechanisms);
    Optional<SaslExchange> chosen = SaslExchange.choose(offered, credentials);
    if (chosen.isEmpty()) {
      return insecure(otherwise);
    }
    SaslExchange exchange = chosen.get();
    String initial = exchange.initialResponse().map(octets -> ' ' + base64(octets)).orElse("");
    return ask(new Stage.Auth(exchange), "AUTH " + exchange.mechanism() + initial);
  }

  private List<Action> onAuth(SaslExchange exchange, Reply reply) {
    try {
      if (reply.code().value() == CONTINUE) {
        byte[] challenge = Base64.getDecoder().decode(reply.lines().getFirst().strip());
        return ask(stage, base64(exchange.respond(challenge)));
      }
      if (!reply.code().isCompletion()) {
        return authRefused(exchange, reply);
      }
      return exchange.isComplete()
          ? ready()
          : insecure(Reply.of(451, "4.7.0", "AUTH ended before the host proved who it is"));
    } catch (SaslException e) {
      return insecure(Reply.of(451, "4.7.0", "AUTH failed: " + e.getMessage()));
    } catch (IllegalArgumentException e) {
      return insecure(Reply.of(451, "4.7.0", "AUTH failed: a challenge that is not base64"));
    }
  }

  /// 5xx as well says that our settings are wrong, and nothing of the message. Only what is
  /// encrypted may go on with a mechanism that shows the password.
  private List<Action> authRefused(SaslExchange exchange, Reply reply) {
    if (!exchange.takesKeys() || !reply.code().isPermanent() || !encrypted) {
      return insecure(reply);
    }
    refusedMechanisms.add(exchange.mechanism());
    return terms
        .credentials()
        .map(credentials -> authenticate(credentials, reply))
        .orElseGet(() -> insecure(reply));
  }

  private List<Action> ready() {
    stage = new Stage.Over();
    return List.of(new Action.Free());
  }

  private List<Action> unwelcome(Reply reply) {
    return unwelcome(
        switch (stage) {
          case Stage.Greeting _ -> ProbeAnswer.Stage.GREETING;
          case Stage.Ehlo _, Stage.Helo _ -> ProbeAnswer.Stage.EHLO;
          case Stage.StartTls _, Stage.Handshake _, Stage.Auth _, Stage.Over _ ->
              ProbeAnswer.Stage.SECURITY;
        },
        reply);
  }

  /// The host does not secure the connection as our terms want it, or does not know us.
  private List<Action> insecure(Reply reply) {
    return unwelcome(ProbeAnswer.Stage.SECURITY, reply);
  }

  private List<Action> unwelcome(ProbeAnswer.Stage at, Reply reply) {
    refusedAt = at;
    stage = new Stage.Over();
    return List.of(new Action.Unwelcome(reply), new Action.Close());
  }

  private List<Action> ask(Stage answer, String command) {
    stage = answer;
    return List.of(new Action.Send(command + "\r\n"));
  }

  private static String base64(byte[] octets) {
    return new String(Base64.getEncoder().encode(octets), StandardCharsets.US_ASCII);
  }
}
