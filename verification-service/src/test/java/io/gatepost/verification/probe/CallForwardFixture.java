package io.gatepost.verification.probe;

import static io.gatepost.verification.FakeDelivery.HOP;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.routing.RouteAnswer.Resolved;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.verification.FakeDelivery;
import io.gatepost.verification.MovedClock;
import io.gatepost.verification.NextHops;
import io.gatepost.verification.callout.CalloutRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/// A department's host, and those who ask whether it knows bob.
abstract class CallForwardFixture {

  static final String BOB = "bob@dept.example.org";
  static final RecipientVerdict GOOD = new RecipientVerdict.Good();
  static final Destination.Smtp DEPARTMENT =
      new Destination.Smtp("smtp:[192.0.2.25]", List.of(HOP));

  final FakeDelivery delivery = new FakeDelivery();
  final MovedClock clock = new MovedClock();
  NextHops nextHops = with(NextHops.TABLES);
  CallForward callForward = nextHops.callForward();

  NextHops with(CalloutRule rule) {
    NextHops made = new NextHops(delivery, rule);
    made.clock = clock;
    return made;
  }

  void use(CalloutRule rule) {
    nextHops = with(rule);
    callForward = nextHops.callForward();
  }

  static RouteRequest request(String sender) {
    return new RouteRequest(ReversePath.of(sender), ForwardPath.of(BOB), RouteRequest.Scope.HOSTED);
  }

  static Leg leg(String address, Destination destination) {
    return new Leg(ForwardPath.of(address), destination);
  }

  static Resolved route(String... addresses) {
    List<Leg> legs = new ArrayList<>();
    for (String address : addresses) {
      legs.add(leg(address, DEPARTMENT));
    }
    return new Resolved(legs);
  }

  Mono<RecipientVerdict> ask(String sender) {
    return callForward.verdict(request(sender), route(BOB));
  }

  RecipientVerdict verdict(String sender) {
    return ask(sender).block(Duration.ofSeconds(5));
  }

  static RecipientVerdict bad(String reply) {
    return new RecipientVerdict.Bad(Reason.NEXT_HOP_REFUSED, Reply.parse(reply));
  }

  static RecipientVerdict later(Reason reason, String reply) {
    return new RecipientVerdict.Unknown(reason, Reply.parse(reply));
  }

  static Mono<ProbeAnswer> host(Stage stage, String reply) {
    return Mono.just(new ProbeAnswer.OfHost(HOP, stage, Reply.parse(reply)));
  }

  List<String> askedSenders() {
    return delivery.asked.stream().map(each -> each.sender().text()).toList();
  }
}
