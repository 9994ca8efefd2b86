package io.gatepost.verification.credentials;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.ScramParameters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Is this client who it says it is? Hashing takes tens of milliseconds of a core, so it is done on
/// virtual threads, few at a time; past a bound of waiting clients the answer is "later".
public final class Credentials {

  /// Half of the cores, so that guessing never takes the machine.
  private static final int AT_A_TIME = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  private static final int MAX_WAITING = 200;
  private static final long MAX_WAIT_SECONDS = 10;

  private static final CredentialVerdict.Refused WRONG =
      new CredentialVerdict.Refused(Reason.BAD_CREDENTIALS, Replies.BAD_CREDENTIALS);
  private static final CredentialVerdict.Refused THROTTLED =
      new CredentialVerdict.Refused(Reason.AUTH_THROTTLED, Replies.AUTH_THROTTLED);
  private static final CredentialVerdict.Refused BUSY =
      new CredentialVerdict.Refused(Reason.SERVICE_UNAVAILABLE, Replies.AUTH_UNAVAILABLE);

  private final Supplier<UserTable> users;
  private final GuessLimit guesses;
  private final PasswordHashes hashes = new PasswordHashes();
  private final Semaphore slots = new Semaphore(AT_A_TIME);
  private final AtomicInteger waiting = new AtomicInteger();
  private final Scheduler threads = Schedulers.fromExecutorService(virtualThreads(), "credentials");
  private final Counter accepted;
  private final Counter wrong;
  private final Counter throttled;
  private final Counter busy;

  /// @param users the table as it is now
  public Credentials(Supplier<UserTable> users, GuessLimit guesses, MeterRegistry meters) {
    this.users = users;
    this.guesses = guesses;
    this.accepted = counter(meters, "accepted");
    this.wrong = counter(meters, Reason.BAD_CREDENTIALS.label());
    this.throttled = counter(meters, Reason.AUTH_THROTTLED.label());
    this.busy = counter(meters, Reason.SERVICE_UNAVAILABLE.label());
  }

  private static ExecutorService virtualThreads() {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("hash-", 0).factory());
  }

  private static Counter counter(MeterRegistry meters, String result) {
    return meters.counter("gatepost.verification.credentials", "result", result);
  }

  /// Verifies a client's credentials.
  public Mono<CredentialVerdict> verify(CredentialQuestion question) {
    return Mono.fromSupplier(() -> counted(judgedInTurn(question))).subscribeOn(threads);
  }

  /// What a client needs to prove its password.
  public Mono<ScramParameters> scramParameters(String user) {
    return Mono.fromSupplier(() -> {
      Secret.ScramKeys keys = users.get().scramKeys(new UserTable.User(user));
      return new ScramParameters(
          Base64.getEncoder().encodeToString(keys.salt()), keys.iterations());
    });
  }

  private CredentialVerdict judgedInTurn(CredentialQuestion question) {
    if (guesses.isReached(question.user(), question.peer())) {
      return THROTTLED;
    }
    try {
      if (waiting.incrementAndGet() > MAX_WAITING
          || !slots.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
        return BUSY;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return BUSY; // the client has gone
    } finally {
      waiting.decrementAndGet();
    }
    try {
      return judged(question);
    } finally {
      slots.release();
    }
  }

  private CredentialVerdict judged(CredentialQuestion question) {
    Optional<Secret> secret = users.get().secret(new UserTable.User(question.user()));
    Optional<CredentialVerdict> good =
        switch (question) {
          case CredentialQuestion.Password(var user, var password, _) ->
              matches(secret, password)
                  ? Optional.of(new CredentialVerdict.Accepted(user, ""))
                  : Optional.empty();
          case CredentialQuestion.Proof proof -> byProof(secret, proof);
        };
    if (good.isPresent()) {
      guesses.right(question.user(), question.peer());
      return good.get();
    }
    guesses.wrong(question.user(), question.peer());
    return WRONG;
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
      Optional<Secret> secret, CredentialQuestion.Proof proof) {
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
    return Optional.of(new CredentialVerdict.Accepted(proof.user(), signature));
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
