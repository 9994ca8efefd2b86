package io.gatepost.verification.probe;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.routing.RouteAnswer.Resolved;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.RecipientVerdict.Doubt;
import io.gatepost.contract.verification.VerdictExplanation;
import io.gatepost.contract.verification.VerdictExplanation.Basis;
import io.gatepost.gate.Priority;
import io.gatepost.verification.callout.CalloutRule.Late;
import io.gatepost.verification.callout.Finding;
import io.gatepost.verification.callout.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/// The verdict on an address that routing has resolved: its next hops have the last word
/// (requirement D3). Legs combine as in routing: one good leg is enough, a refusal needs every leg
/// to be refused, and otherwise the address cannot be told now.
public final class CallForward {

  private static final int CONCURRENT_LEGS = 32;
  private static final Mono<RecipientVerdict> GOOD = Mono.just(new RecipientVerdict.Good());

  /// Part of the caller's time that is left for the way back.
  private static final Duration MARGIN = Duration.ofMillis(300);

  private final Purpose purpose;
  private final CalloutRules rules;
  private final Callouts callouts;
  private final Duration timeout;
  private final CalloutMeters meters;

  /// @param timeout how long a client waits for next hops; the questions go on without it
  public CallForward(
      Purpose purpose,
      CalloutRules rules,
      Callouts callouts,
      Duration timeout,
      CalloutMeters meters) {
    this.purpose = purpose;
    this.rules = rules;
    this.callouts = callouts;
    this.timeout = timeout;
    this.meters = meters;
  }

  /// Returns the verdict; it is there at once where nobody has to be asked.
  public Mono<RecipientVerdict> verdict(RouteRequest request, Resolved route) {
    if (!route.legs().stream().allMatch(rules::isAsked)) {
      return GOOD; // a leg that is not asked is good
    }
    List<Question> questions = questions(request, route);
    List<RecipientVerdict> known = new ArrayList<>(questions.size());
    for (Question question : questions) {
      Optional<Finding> finding = callouts.remembered(question);
      if (finding.filter(Finding::accepts).isPresent()) {
        return Mono.just(finding.get().verdict());
      }
      finding.map(Finding::verdict).ifPresent(known::add);
    }
    return known.size() == questions.size()
        ? Mono.just(forClient(request, combined(route, known)))
        : asked(request, route, questions).map(verdict -> forClient(request, verdict));
  }

  /// Returns the verdict and what it rests on. Asks the next hops that are not known, and waits for
  /// them as long as a client would.
  public Mono<VerdictExplanation> explain(RouteRequest request, Resolved route) {
    return Flux.fromIterable(route.legs())
        .flatMapSequential(leg -> explain(request, leg), CONCURRENT_LEGS)
        .collectList()
        .map(legs ->
            new VerdictExplanation(
                combined(route, legs.stream().map(VerdictExplanation.Leg::verdict).toList()),
                legs));
  }

  private Mono<VerdictExplanation.Leg> explain(RouteRequest request, Leg leg) {
    if (!(leg.destination() instanceof Destination.Smtp smtp) || !rules.isAsked(leg)) {
      return Mono.just(
          new VerdictExplanation.Leg(
              leg.address(),
              leg.destination().name(),
              new RecipientVerdict.Good(),
              new Basis.Routing(),
              false,
              List.of()));
    }
    Question question = question(request, leg, smtp);
    return callouts.explain(question, timeout, () -> late(List.of(question)));
  }

  /// Learns what deliveries have heard at RCPT.
  public void learn(List<HeardRecipient> heard) {
    heard.forEach(callouts::learn);
  }

  private Question question(RouteRequest request, Leg leg, Destination.Smtp smtp) {
    return new Question(
        smtp,
        request.recipient(),
        leg.address(),
        leg.atNextHop(),
        request.sender(),
        rules.of(leg.address().domain()));
  }

  private List<Question> questions(RouteRequest request, Resolved route) {
    List<Question> questions = new ArrayList<>(route.legs().size());
    for (Leg leg : route.legs()) {
      if (leg.destination() instanceof Destination.Smtp smtp && rules.isAsked(leg)) {
        questions.add(question(request, leg, smtp));
      }
    }
    return questions;
  }

  /// Own clients are not sent away while a next hop cannot be asked: their mail waits in the queue,
  /// as mail to any host does. Strangers have queues of their own; their senders, which are routed
  /// without relay control, are good enough where nobody refuses them.
  private static RecipientVerdict forClient(RouteRequest request, RecipientVerdict verdict) {
    return request.scope() == Scope.ANYWHERE && verdict instanceof RecipientVerdict.Unknown
        ? new RecipientVerdict.Unproven(Doubt.LATE)
        : verdict;
  }

  private Mono<RecipientVerdict> asked(
      RouteRequest request, Resolved route, List<Question> questions) {
    Priority priority = purpose.priority(request);
    Mono<RecipientVerdict> answer =
        Flux.range(0, questions.size())
            .flatMap(
                place ->
                    callouts
                        .ask(questions.get(place), priority)
                        .map(finding -> new Placed(place, finding)),
                CONCURRENT_LEGS)
            .takeUntil(placed -> placed.finding().accepts())
            .collectList()
            .map(found -> combined(route, inOrder(found)));
    return Mono.deferContextual(
        context -> answer.timeout(patience(context), Mono.fromSupplier(() -> late(questions))));
  }

  /// A finding, and the place of its leg.
  private record Placed(int place, Finding finding) {}

  private static List<RecipientVerdict> inOrder(List<Placed> found) {
    return found.stream()
        .sorted(Comparator.comparingInt(Placed::place))
        .map(placed -> placed.finding().verdict())
        .toList();
  }

  private Duration patience(ContextView context) {
    Duration left = Deadline.left(context, timeout.plus(MARGIN)).minus(MARGIN);
    return left.isPositive() ? left : Duration.ofMillis(1);
  }

  /// One domain that accepts what it cannot check is enough, as one good leg is.
  private RecipientVerdict late(List<Question> questions) {
    boolean accepts = questions.stream().anyMatch(each -> each.rule().late() == Late.ACCEPT);
    meters.late(accepts ? Late.ACCEPT : Late.LATER);
    DomainName domain = questions.getFirst().address().domain();
    return accepts
        ? new RecipientVerdict.Unproven(Doubt.LATE)
        : new RecipientVerdict.Unknown(Reason.CONNECTION_LOST, Replies.calloutLate(domain));
  }

  /// @param verdicts on the legs, in their order; the rest may be left out behind one that accepts
  private static RecipientVerdict combined(Resolved route, List<RecipientVerdict> verdicts) {
    Optional<RecipientVerdict> unknown = Optional.empty();
    for (RecipientVerdict verdict : verdicts) {
      switch (verdict) {
        case RecipientVerdict.Good _, RecipientVerdict.Unproven _ -> {
          return verdict;
        }
        case RecipientVerdict.Bad _ -> {}
        case RecipientVerdict.Unknown _ -> unknown = unknown.or(() -> Optional.of(verdict));
      }
    }
    return unknown.orElseGet(() ->
        route.undecided().isEmpty()
            ? verdicts.getLast()
            : new RecipientVerdict.Unknown(
                route.undecided().getFirst().reason(), route.undecided().getFirst().reply()));
  }
}
