package io.gatepost.verification.probe;

import static io.gatepost.verification.FakeDelivery.rcpt;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.routing.RouteAnswer.Resolved;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.verification.FakeDelivery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;

/// Questions after an operator has made us forget their answers.
class ForgettingTest extends CallForwardFixture {

  private static final String SHOP = "bob@shop.example";

  /// Asks about bob of the shop, whom a table makes bob of an office, whom the department's host
  /// knows by its own name.
  private RecipientVerdict shop() {
    Leg leg =
        new Leg(ForwardPath.of("bob@office.example"), DEPARTMENT, Optional.of(ForwardPath.of(BOB)));
    return verdict(SHOP, leg);
  }

  private RecipientVerdict verdict(String address, Leg leg) {
    return callForward
        .verdict(
            new RouteRequest(
                ReversePath.of(""), ForwardPath.of(address), RouteRequest.Scope.HOSTED),
            new Resolved(List.of(leg)))
        .block(Duration.ofSeconds(5));
  }

  private void forget(String what) {
    clock.pass(Duration.ofSeconds(1));
    nextHops.forget(what);
    clock.pass(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bob@shop.example",
        "shop.example",
        "bob@office.example",
        "office.example",
        BOB,
        "dept.example.org"
      })
  void anAddressIsForgottenByEveryNameThatItHasOnItsWay(String what) {
    delivery.answers = request -> rcpt("550 5.1.1 no");
    shop();
    forget(what);
    delivery.answers = request -> rcpt("250 2.1.5 OK");

    assertThat(shop()).isEqualTo(GOOD);
    assertThat(shop()).as("and is known again").isEqualTo(GOOD);
    assertThat(delivery.asked).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ann@shop.example", "other.example", "ann@dept.example.org"})
  void otherAddressesAreNotForgotten(String what) {
    delivery.answers = request -> rcpt("550 5.1.1 no");
    shop();

    forget(what);

    assertThat(shop()).isEqualTo(bad("550 5.1.1 no"));
    assertThat(delivery.asked).hasSize(1);
  }

  @Test
  void aRefusalOfTheHostThatWasHeardForAnotherOfItsDomainsIsForgotten() {
    delivery.answers = request -> host(Stage.GREETING, "554 5.7.1 go away");
    verdict("ann@other.example", leg("ann@other.example", DEPARTMENT));
    assertThat(verdict("")).as("left alone").isInstanceOf(RecipientVerdict.Unknown.class);
    assertThat(delivery.asked).hasSize(1);
    delivery.answers = request -> rcpt("250 2.1.5 OK");

    forget("dept.example.org");

    assertThat(verdict("")).isEqualTo(GOOD);
    assertThat(verdict("amy@other.example", leg("amy@other.example", DEPARTMENT)))
        .as("the other domain was not forgotten")
        .isInstanceOf(RecipientVerdict.Unknown.class);
  }

  @Test
  void anAnswerToAQuestionThatWasUnderWayIsNotKept() {
    Sinks.One<ProbeAnswer> answer = Sinks.one();
    delivery.answers = request -> answer.asMono();
    ask("ann@x.example").subscribe();

    forget("dept.example.org");
    answer.tryEmitValue(new ProbeAnswer.OfRecipient(FakeDelivery.HOP, Reply.parse("550 5.1.1 no")));
    delivery.answers = request -> rcpt("250 2.1.5 OK");

    assertThat(verdict("ann@x.example")).isEqualTo(GOOD);
  }

  @Test
  void whatIsKeptUnderTheNameIsCounted() {
    delivery.answers = request -> rcpt("550 5.1.1 no");
    verdict("");

    assertThat(nextHops.forget("shop.example")).isZero();
    assertThat(nextHops.forget("dept.example.org")).isEqualTo(1);
  }
}
