package io.gatepost.verification.probe;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.VerdictExplanation;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Priority;
import io.gatepost.gate.SingleFlight;
import io.gatepost.verification.cache.AnswerKeeper;
import io.gatepost.verification.cache.CalloutCache;
import io.gatepost.verification.cache.Cutoffs;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.CalloutJudge;
import io.gatepost.verification.callout.Finding;
import io.gatepost.verification.callout.Finding.Evidence;
import io.gatepost.verification.callout.Question;
import io.gatepost.verification.callout.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Questions to next hops and their answers. Equal questions are asked once at a time, and go on
/// when those who asked have gone (requirements D7, D9).
public final class Callouts {

  private static final Logger log = LoggerFactory.getLogger(Callouts.class);

  /// Questions under way or waiting, of all back ends together.
  private static final int MAX_RUNNING = 20_000;

  /// Pause after a question in the background that came to nothing.
  private static final Duration BETWEEN_CHECKS = Duration.ofMinutes(1);

  /// Longer than any question is under way.
  private static final Duration LONGEST = Duration.ofMinutes(30);

  /// A client may have hung up before an answer that took longer. That cannot be seen: it looks
  /// like one that sends no more and still listens (RFC 9293 §3.6).
  private static final Duration WAITED_FOR = Duration.ofSeconds(1);

  private static final ReversePath NULL = new ReversePath.Null();
  private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int RANDOM_LETTERS = 20;

  private final Prober prober;
  private final BackEnds backEnds;
  private final CalloutCache cache;
  private final Cutoffs cutoffs;
  private final Optional<AnswerKeeper> keeper;
  private final SingleFlight<AnswerKey, Heard> flights;
  private final InstantSource clock;
  private final CalloutMeters meters;

  /// Questions under way that somebody who asked did not wait for.
  private final Cache<AnswerKey, Boolean> left =
      Caffeine.newBuilder().maximumSize(MAX_RUNNING).expireAfterWrite(LONGEST).build();

  private final SenderBudget senders;

  private final Cache<Object, Boolean> checked =
      Caffeine.newBuilder().maximumSize(MAX_RUNNING).expireAfterWrite(BETWEEN_CHECKS).build();

  /// @param keeper keeps answers over a restart; empty for memory alone
  public Callouts(
      BackEnds backEnds,
      CalloutCache cache,
      Cutoffs cutoffs,
      Optional<AnswerKeeper> keeper,
      InstantSource clock,
      CalloutMeters meters) {
    this.prober = new Prober(backEnds, clock);
    this.backEnds = backEnds;
    this.cache = cache;
    this.cutoffs = cutoffs;
    this.keeper = keeper;
    this.flights = new SingleFlight<>("callouts", MAX_RUNNING);
    this.clock = clock;
    this.meters = meters;
    this.senders =
        new SenderBudget(() -> Duration.between(Instant.EPOCH, clock.instant()).toNanos());
  }

  /// Answers from memory; empty where the next hop has to be asked. A good address that grows old
  /// is asked about in the background.
  Optional<Finding> remembered(Question question) {
    Step step = CalloutJudge.next(question, cutoffs.over(cache, question));
    if (!(step instanceof Step.Decided(var finding))) {
      return Optional.empty();
    }
    meters.remembered();
    if (finding.evidence() instanceof Evidence.OfAnswer(var key, var answer)
        && cache.isAging(answer)) {
      refresh(question.destination(), key);
    }
    return Optional.of(finding);
  }

  /// Asks what is not known. Never fails. Who leaves before the answer stops nothing.
  Mono<Finding> ask(Question question, Priority priority) {
    return Mono.defer(() -> {
      meters.asked();
      return ask(question, priority, new FreshKnowledge(cutoffs.over(cache, question)));
    });
  }

  /// At most twice: what was heard is known in the next round.
  private Mono<Finding> ask(Question question, Priority priority, FreshKnowledge known) {
    return switch (CalloutJudge.next(question, known)) {
      case Step.Decided(var finding) -> Mono.just(finding);
      case Step.Ask(var key) ->
          asked(question, key, priority)
              .flatMap(heard ->
                  switch (heard) {
                    case Heard.Nothing(var reason, var reply) ->
                        Mono.just(CalloutJudge.unasked(question, reason, reply));
                    case Heard.OfRecipient _, Heard.OfHost _ ->
                        ask(question, priority, known.plus(heard));
                  });
    };
  }

  /// The second question about an address is asked for a bounded number of strangers' senders. The
  /// others come back later: that these were refused does not say that they are.
  private Mono<Heard> asked(Question question, AnswerKey key, Priority priority) {
    if (key.equals(question.key(question.senders().getFirst())) || priority == Priority.HIGH) {
      return call(question.destination(), key, priority);
    }
    if (!senders.take(key)) {
      meters.unaskedSender();
      return Mono.just(new Heard.Nothing(Reason.DESTINATION_BUSY, Replies.CALLOUT_SENDERS));
    }
    return call(question.destination(), key, priority)
        .doOnNext(heard -> {
          if (!isRefusal(heard)) {
            senders.giveBack(key);
          }
        });
  }

  private static boolean isRefusal(Heard heard) {
    return switch (heard) {
      case Heard.OfRecipient(var _, var answer) -> answer.kind() == Answer.Kind.REFUSED;
      case Heard.OfHost _ -> true;
      case Heard.Nothing _ -> false;
    };
  }

  private Mono<Heard> call(Destination.Smtp destination, AnswerKey key, Priority priority) {
    return flights
        .call(key, () -> probe(destination, key, priority))
        .doOnCancel(() -> left.put(key, true))
        .onErrorResume(
            GateRefusedException.class,
            busy -> Mono.just(new Heard.Nothing(Reason.DESTINATION_BUSY, Replies.CALLOUT_BUSY)));
  }

  private Mono<Heard> probe(Destination.Smtp destination, AnswerKey key, Priority priority) {
    return Mono.defer(() -> {
      Instant began = clock.instant();
      left.invalidate(key);
      return prober
          .ask(destination, key, priority)
          .doOnNext(heard -> remember(destination, heard, Duration.between(began, clock.instant())))
          .doFinally(end -> left.invalidate(key));
    });
  }

  private void remember(Destination.Smtp destination, Heard heard, Duration took) {
    meters.over(heard, took);
    switch (heard) {
      case Heard.OfRecipient(var key, var answer) -> {
        boolean outlived = left.getIfPresent(key) != null;
        log.info(
            "callout: {} on <{}> for <{}>{} in {} ms: {}",
            destination.name(),
            key.recipient(),
            key.sender(),
            outlived ? ", whose client has gone," : "",
            took.toMillis(),
            answer.reply());
        remember(key, answer, outlived || took.compareTo(WAITED_FOR) > 0);
        if (answer.kind() == Answer.Kind.ACCEPTED) {
          checkHabit(destination, key);
        }
      }
      case Heard.OfHost(var key, var refusal) -> cache.put(key, refusal);
      // A crowd that is sent away is counted, and has no lines.
      case Heard.Nothing(var reason, var _) when reason == Reason.DESTINATION_BUSY -> {}
      case Heard.Nothing(var reason, var reply) ->
          log.info("callout: {} was not asked, {}: {}", destination.name(), reason.label(), reply);
    }
  }

  /// Answers that are to outlive the process: the good ones, those that replace one, and those that
  /// a client may come back for.
  private void remember(AnswerKey key, Answer answer, boolean outlived) {
    Optional<Answer> before = cache.put(key, answer);
    boolean isKept =
        switch (answer.kind()) {
          case ACCEPTED -> true;
          case REFUSED ->
              outlived || before.filter(known -> known.kind() == Answer.Kind.ACCEPTED).isPresent();
          case DEFERRED -> false;
        };
    if (isKept) {
      keeper.ifPresent(keeps -> keeps.keep(key, answer));
    }
  }

  private void refresh(Destination.Smtp destination, AnswerKey key) {
    if (checked.asMap().putIfAbsent(key, true) == null) {
      meters.refreshed();
      call(destination, key, Priority.LOW).subscribe();
    }
  }

  /// Finds out whether a next hop accepts what nobody can have (requirement D15). What it defers is
  /// no answer, and nobody's verdict.
  private void checkHabit(Destination.Smtp destination, AnswerKey key) {
    String name = key.destination();
    DomainName domain = key.recipient().domain();
    record Check(String destination, DomainName domain) {}
    if (cache.habit(name, domain).isPresent()
        || checked.asMap().putIfAbsent(new Check(name, domain), true) != null) {
      return;
    }
    AnswerKey random = new AnswerKey(name, new ForwardPath(randomName(), domain), NULL);
    prober
        .ask(destination, random, Priority.LOW)
        .subscribe(heard -> {
          if (heard instanceof Heard.OfRecipient(var _, var answer)) {
            learnHabit(random, answer);
          }
        });
  }

  private void learnHabit(AnswerKey random, Answer answer) {
    DomainName domain = random.recipient().domain();
    switch (answer.kind()) {
      case ACCEPTED -> {
        log.warn(
            "callout: {} accepts every address of {} at RCPT: what it cannot deliver it bounces,"
                + " and nothing can be refused here before",
            random.destination(),
            domain);
        cache.putHabit(random.destination(), domain, true);
      }
      case REFUSED -> cache.putHabit(random.destination(), domain, false);
      case DEFERRED -> {}
    }
  }

  private static LocalPart randomName() {
    RandomGenerator random = RandomGenerator.getDefault();
    StringBuilder name = new StringBuilder("gatepost-");
    for (int i = 0; i < RANDOM_LETTERS; i++) {
      name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return LocalPart.of(name.toString());
  }

  /// Tells where the verdict on a question comes from; asks where it is not known.
  ///
  /// @param late the verdict where the answer takes longer than the patience
  Mono<VerdictExplanation.Leg> explain(
      Question question, Duration patience, Supplier<RecipientVerdict> late) {
    Explanation explanation = new Explanation(question, cutoffs.over(cache, question), clock);
    Optional<Finding> known = remembered(question);
    if (known.isPresent()) {
      return Mono.just(explanation.remembered(known.get()));
    }
    Instant began = clock.instant();
    return ask(question, Priority.HIGH)
        .map(found -> explanation.asked(found, Duration.between(began, clock.instant())))
        .timeout(patience, Mono.fromSupplier(() -> explanation.late(late.get())));
  }

  /// Learns what a delivery has heard at RCPT. A refusal of the address replaces what is known for
  /// every sender, any other answer is for its sender only.
  void learn(HeardRecipient heard) {
    AnswerKey own = new AnswerKey(heard.destination(), heard.recipient(), heard.sender());
    AnswerKey common = new AnswerKey(heard.destination(), heard.recipient(), NULL);
    Answer answer = new Answer(heard.reply(), Optional.empty(), clock.instant());
    Optional<Answer> known = cache.answer(own).or(() -> cache.answer(common));
    if (known.isEmpty() && !backEnds.isKnown(heard.destination())) {
      return; // a host that is not asked
    }
    boolean isNews = known.map(Answer::kind).filter(answer.kind()::equals).isEmpty();
    if (!isNews || answer.kind() == Answer.Kind.DEFERRED) {
      return;
    }
    meters.heard();
    log.info(
        "callout: a delivery to {} hears of <{}> from <{}>: {}",
        heard.destination(),
        heard.recipient(),
        heard.sender(),
        answer.reply());
    remember(answer.isOfAddress() ? common : own, answer, true);
    if (answer.isOfAddress() && cache.answer(own).isPresent()) {
      remember(own, answer, true);
    }
  }
}
