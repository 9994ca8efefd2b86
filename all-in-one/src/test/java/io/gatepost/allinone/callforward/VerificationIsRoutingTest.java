package io.gatepost.allinone.callforward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.Verification;
import io.gatepost.routing.SiteRouting;
import io.gatepost.verification.VerificationConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;

/// Verification has no table of its own (requirement D1): over generated sites, an address is 5xx
/// exactly where routing refuses it for good and 4xx exactly where routing cannot tell; where next
/// hops are asked, also exactly as those say that are asked. Tables are read by the parsers of the
/// product and walked by its chain; the DNS and the next hops are made up.
class VerificationIsRoutingTest {

  private static final int SITES = 2_000;
  private static final int ADDRESSES = 4;
  private static final List<ReversePath> SENDERS =
      List.of(new ReversePath.Null(), ReversePath.of("sender@x.example"));

  @TempDir private Path directory;

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final GeneratedWorld world = new GeneratedWorld();
  private final AtomicReference<Routing> routing = new AtomicReference<>();
  private final Map<Outcome, Integer> withoutCallouts = new EnumMap<>(Outcome.class);
  private final Map<Outcome, Integer> withCallouts = new EnumMap<>(Outcome.class);

  private enum Outcome {
    ACCEPTED,
    REFUSED,
    LATER
  }

  @Test
  void anAddressIsBadExactlyWhereItCannotBeRoutedOrItsNextHopsRefuseIt() {
    verification("none", unasked -> verification("tables", asked -> sites(unasked, asked)));

    assertThat(withoutCallouts).containsOnlyKeys(Outcome.values());
    assertThat(withoutCallouts.values()).as("each outcome is tried").allMatch(count -> count > 200);
    assertThat(withCallouts.get(Outcome.REFUSED))
        .as("next hops refuse, too")
        .isGreaterThan(withoutCallouts.getOrDefault(Outcome.REFUSED, 0) + 100);
  }

  private void sites(Verification unasked, Verification asked) {
    Random seeds = new Random(20_261_130);
    for (int number = 0; number < SITES; number++) {
      long seed = seeds.nextLong();
      try {
        site(number, seed, unasked, asked);
      } catch (RuntimeException e) {
        throw new AssertionError("site " + number + " of seed " + seed, e);
      }
    }
  }

  private void site(int number, long seed, Verification unasked, Verification asked) {
    GeneratedSite site = new GeneratedSite(number, seed);
    world.become(seed);
    try (FileWatch watch = new FileWatch()) {
      routing.set(SiteRouting.of(site.settings(directory), world, watch, meters));
      for (int i = 0; i < ADDRESSES; i++) {
        ForwardPath address = ForwardPath.of(site.address());
        ReversePath sender = SENDERS.get(i % 2);
        Scope scope = i % 4 == 3 ? Scope.ANYWHERE : Scope.HOSTED;
        compare(seed, new RouteRequest(sender, address, scope), unasked, asked);
      }
    }
  }

  private void compare(long seed, RouteRequest request, Verification unasked, Verification asked) {
    RouteAnswer route = Objects.requireNonNull(routing.get().route(request).block());
    String what = "seed " + seed + ", " + request + ", " + route;

    Outcome alone = outcome(unasked, request);
    assertThat(alone).as("nobody is asked: %s", what).isEqualTo(ofRoute(route));
    withoutCallouts.merge(alone, 1, Integer::sum);

    Outcome together = outcome(asked, request);
    assertThat(together).as("next hops are asked: %s", what).isEqualTo(expected(request, route));
    assertThat(outcome(asked, request)).as("from the cache: %s", what).isEqualTo(together);
    withCallouts.merge(together, 1, Integer::sum);
  }

  /// The reply to the client, which has to be of the verdict's kind.
  private static Outcome outcome(Verification verification, RouteRequest request) {
    return switch (Objects.requireNonNull(verification.verifyRecipient(request).block())) {
      case RecipientVerdict.Good _, RecipientVerdict.Unproven _ -> Outcome.ACCEPTED;
      case RecipientVerdict.Bad(var _, var reply) -> {
        assertThat(reply.code().value()).isBetween(500, 599);
        assertThat(reply.status().statusClass()).isEqualTo(5);
        yield Outcome.REFUSED;
      }
      case RecipientVerdict.Unknown(var _, var reply) -> {
        assertThat(reply.code().value()).isBetween(400, 499);
        assertThat(reply.status().statusClass()).isEqualTo(4);
        yield Outcome.LATER;
      }
    };
  }

  private static Outcome ofRoute(RouteAnswer route) {
    return switch (route) {
      case RouteAnswer.Resolved _ -> Outcome.ACCEPTED;
      case RouteAnswer.Refused _ -> Outcome.REFUSED;
      case RouteAnswer.TryLater _ -> Outcome.LATER;
    };
  }

  /// One good leg is enough, and one that is not asked is good. Strangers alone are sent away by a
  /// host that cannot be asked.
  private Outcome expected(RouteRequest request, RouteAnswer route) {
    if (!(route instanceof RouteAnswer.Resolved(var legs, var _, var undecided, var _))) {
      return ofRoute(route);
    }
    List<Outcome> outcomes = legs.stream().map(leg -> ofLeg(leg, request.sender())).toList();
    if (outcomes.contains(Outcome.ACCEPTED)) {
      return Outcome.ACCEPTED;
    }
    if (outcomes.contains(Outcome.LATER) || !undecided.isEmpty()) {
      return request.scope() == Scope.ANYWHERE ? Outcome.ACCEPTED : Outcome.LATER;
    }
    return Outcome.REFUSED;
  }

  private Outcome ofLeg(Leg leg, ReversePath sender) {
    return leg.destination() instanceof Destination.Smtp smtp && smtp.namedBy() == NamedBy.OPERATOR
        ? ofNextHop(smtp, leg.atNextHop(), sender)
        : Outcome.ACCEPTED;
  }

  /// The null sender's answer, and where that may be about the sender the client's own.
  private Outcome ofNextHop(Destination.Smtp smtp, ForwardPath recipient, ReversePath sender) {
    ProbeAnswer common = world.answer(smtp, recipient, new ReversePath.Null());
    boolean mayDepend =
        switch (common) {
          case ProbeAnswer.OfRecipient(var _, var reply) ->
              isPermanent(reply) && !reply.toString().startsWith("550 5.1.");
          case ProbeAnswer.OfHost(var _, var stage, var reply) ->
              stage == Stage.MAIL && isPermanent(reply);
          case ProbeAnswer.NotAsked _ -> false;
        };
    return ofAnswer(mayDepend ? world.answer(smtp, recipient, sender) : common);
  }

  private static Outcome ofAnswer(ProbeAnswer answer) {
    return switch (answer) {
      case ProbeAnswer.OfRecipient(var _, var reply) when reply.code().value() < 300 ->
          Outcome.ACCEPTED;
      case ProbeAnswer.OfRecipient(var _, var reply) ->
          isPermanent(reply) ? Outcome.REFUSED : Outcome.LATER;
      case ProbeAnswer.OfHost(var _, var stage, var reply) ->
          stage == Stage.NO_MAIL && reply.code().value() == 521 ? Outcome.REFUSED : Outcome.LATER;
      case ProbeAnswer.NotAsked _ -> Outcome.LATER;
    };
  }

  private static boolean isPermanent(Reply reply) {
    return reply.code().value() >= 500;
  }

  private interface Use {
    void with(Verification verification);
  }

  /// Verification of the site that is there at the moment; routes are asked for each time.
  private void verification(String asked, Use use) {
    new ApplicationContextRunner()
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withBean(Routing.class, () -> new PresentRouting(routing))
        .withBean(Delivery.class, () -> world)
        .withUserConfiguration(VerificationConfiguration.class)
        .withPropertyValues(
            "gatepost.verification.cache-good=0s",
            "gatepost.verification.cache-bad=0s",
            "gatepost.verification.callout.keep=memory",
            "gatepost.verification.callout.for=" + asked)
        .run(context -> use.with(context.getBean(Verification.class)));
  }

  private record PresentRouting(AtomicReference<Routing> site) implements Routing {
    @Override
    public Mono<RouteAnswer> route(RouteRequest request) {
      return site.get().route(request);
    }

    @Override
    public Mono<RouteExplanation> explain(RouteRequest request) {
      return site.get().explain(request);
    }
  }
}
