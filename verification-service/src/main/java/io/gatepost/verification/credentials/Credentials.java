package io.gatepost.verification.credentials;

import io.gatepost.contract.address.ClientNetwork;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.ScramParameters;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Priority;
import io.gatepost.gate.Waiting;
import io.gatepost.verification.user.UserName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Is this client who it says it is? Hashing takes tens of milliseconds of a core, so it is done on
/// virtual threads, few at a time. Users who have been here of late wait in a line of their own,
/// and the two lines take turns, so that strangers cannot keep them waiting for long. In a line the
/// networks take turns, and each has a share of the places. Without a place, or after [#MAX_WAIT],
/// the answer is "later". A client that has gone before its turn came is not judged. A proof costs
/// next to nothing and waits for nobody.
public final class Credentials {

  /// Half of the cores, so that guessing never takes the machine.
  private static final int AT_A_TIME = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  /// Clients that wait in one line.
  static final int PLACES = 200;

  /// Those of one network.
  static final int PLACES_OF_NETWORK = 25;

  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  private static final CredentialVerdict.Refused WRONG =
      new CredentialVerdict.Refused(Reason.BAD_CREDENTIALS, Replies.BAD_CREDENTIALS);
  private static final CredentialVerdict.Refused THROTTLED =
      new CredentialVerdict.Refused(Reason.AUTH_THROTTLED, Replies.AUTH_THROTTLED);
  private static final CredentialVerdict.Refused BUSY =
      new CredentialVerdict.Refused(Reason.SERVICE_UNAVAILABLE, Replies.AUTH_UNAVAILABLE);

  private final Supplier<UserTable> users;
  private final GuessLimit guesses;
  private final PasswordHashes hashes = new PasswordHashes();
  private final byte[] secret;
  private final Gate gate;
  private final Scheduler hashing;
  private final Counter accepted;
  private final Counter wrong;
  private final Counter throttled;
  private final Counter busy;

  /// @param users the table as it is now
  /// @param secret what the parameters of unknown users are made of, at least one octet
  /// @param gate the turns at checking passwords, see [#gate()]
  public Credentials(
      Supplier<UserTable> users,
      GuessLimit guesses,
      byte[] secret,
      Gate gate,
      MeterRegistry meters) {
    this(users, guesses, secret, gate, meters, virtualThreads());
  }

  Credentials(
      Supplier<UserTable> users,
      GuessLimit guesses,
      byte[] secret,
      Gate gate,
      MeterRegistry meters,
      Executor threads) {
    this.users = users;
    this.guesses = guesses;
    this.secret = secret.clone();
    this.gate = gate;
    this.hashing = Schedulers.fromExecutor(threads);
    this.accepted = counter(meters, "accepted");
    this.wrong = counter(meters, Reason.BAD_CREDENTIALS.label());
    this.throttled = counter(meters, Reason.AUTH_THROTTLED.label());
    this.busy = counter(meters, Reason.SERVICE_UNAVAILABLE.label());
    Gauge.builder("gatepost.verification.credentials.waiting", gate, Gate::waiting)
        .description("Clients that wait for their password to be checked")
        .register(meters);
  }

  /// A gate for the passwords of a process.
  public static Gate gate() {
    return gate(AT_A_TIME);
  }

  static Gate gate(int atATime) {
    return new Gate(
        "passwords", GateLimits.of(atATime, PLACES).withShare(PLACES_OF_NETWORK).withPatience(1));
  }

  private static Executor virtualThreads() {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("hash-", 0).factory());
  }

  private static Counter counter(MeterRegistry meters, String result) {
    return meters.counter("gatepost.verification.credentials", "result", result);
  }

  /// Verifies a client's credentials.
  public Mono<CredentialVerdict> verify(CredentialQuestion question) {
    return Mono.defer(() -> {
      UserName user = UserName.of(question.user());
      ClientNetwork network = ClientNetwork.of(question.peer());
      if (guesses.isReached(user, network)) {
        return Mono.just(counted(THROTTLED));
      }
      Supplier<CredentialVerdict> judging = () -> counted(judged(user, network, question));
      return switch (question) {
        case CredentialQuestion.Proof _ -> Mono.fromSupplier(judging);
        case CredentialQuestion.Password _ -> inTurn(user, network, judging);
      };
    });
  }

  private Mono<CredentialVerdict> inTurn(
      UserName user, ClientNetwork network, Supplier<CredentialVerdict> judging) {
    Priority line = guesses.isKnown(user, network) ? Priority.HIGH : Priority.NORMAL;
    return gate.callToEnd(
            new Waiting(line, network, MAX_WAIT), // a hash that is begun cannot be stopped
            () -> Mono.fromSupplier(judging).subscribeOn(hashing))
        .onErrorResume(GateRefusedException.class, _ -> Mono.fromSupplier(() -> counted(BUSY)));
  }

  /// Returns the parameters by which a client proves its password.
  public Mono<ScramParameters> scramParameters(String user) {
    return Mono.fromSupplier(() -> {
      Secret.ScramKeys keys = users.get().scramKeys(UserName.of(user), secret);
      return new ScramParameters(
          Base64.getEncoder().encodeToString(keys.salt()), keys.iterations());
    });
  }

  /// The limits are asked again, as others may have guessed while this one waited.
  private CredentialVerdict judged(
      UserName user, ClientNetwork network, CredentialQuestion question) {
    Optional<GuessLimit.Guess> guess = guesses.begin(user, network);
    if (guess.isEmpty()) {
      return THROTTLED;
    }
    Optional<Secret> kept = users.get().secret(user);
    Optional<CredentialVerdict> good =
        switch (question) {
          case CredentialQuestion.Password(var _, var password, var _) ->
              matches(kept, password)
                  ? Optional.of(new CredentialVerdict.Accepted(user.text(), ""))
                  : Optional.empty();
          case CredentialQuestion.Proof proof -> byProof(user, kept, proof);
        };
    good.ifPresent(_ -> guess.get().right());
    return good.orElse(WRONG);
  }

  private boolean matches(Optional<Secret> secret, String password) {
    if (secret.isEmpty()) {
      users
          .get()
          .decoy()
          .ifPresentOrElse(decoy -> compare(decoy, password), () -> hashes.waste(password));
      return false;
    }
    return compare(secret.get(), password);
  }

  private boolean compare(Secret secret, String password) {
    return switch (secret) {
      case Secret.Hash hash -> hashes.matches(hash, password);
      case Secret.ScramKeys keys -> Scram.matches(keys, password);
    };
  }

  private static Optional<CredentialVerdict> byProof(
      UserName user, Optional<Secret> secret, CredentialQuestion.Proof proof) {
    if (secret.isEmpty() || !(secret.get() instanceof Secret.ScramKeys keys)) {
      return Optional.empty();
    }
    try {
      byte[] octets = Base64.getDecoder().decode(proof.clientProof());
      if (!Scram.isProof(keys, proof.authMessage(), octets)) {
        return Optional.empty();
      }
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // no base64: no proof
    }
    String signature =
        Base64.getEncoder().encodeToString(Scram.serverSignature(keys, proof.authMessage()));
    return Optional.of(new CredentialVerdict.Accepted(user.text(), signature));
  }

  private CredentialVerdict counted(CredentialVerdict verdict) {
    switch (verdict) {
      case CredentialVerdict.Accepted _ -> accepted.increment();
      case CredentialVerdict.Refused(var reason, _) when reason == Reason.AUTH_THROTTLED -> {
        throttled.increment();
      }
      case CredentialVerdict.Refused(var reason, _) when reason == Reason.BAD_CREDENTIALS ->
          wrong.increment();
      case CredentialVerdict.Refused _ -> busy.increment();
    }
    return verdict;
  }
}
