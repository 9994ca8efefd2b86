package io.gatepost.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.delivery.Messages;
import io.gatepost.gate.Gate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// Routing that answers when a test says so.
class RouteTurnsTest {

  private static final RouteAnswer ANSWER =
      new RouteAnswer.Refused(Reason.UNKNOWN_USER, Replies.OK);

  private final ArrayDeque<Sinks.One<RouteAnswer>> questions = new ArrayDeque<>();
  private final Gate gate = Attempts.routes(100);
  private final Routes routes = new Routes(new Held(), gate);
  private final List<Integer> routed = new ArrayList<>();

  private final class Held implements Routing {
    @Override
    public Mono<RouteAnswer> route(RouteRequest request) {
      Sinks.One<RouteAnswer> answer = Sinks.one();
      questions.add(answer);
      return answer.asMono();
    }

    @Override
    public Mono<RouteExplanation> explain(RouteRequest request) {
      throw new AssertionError("nobody explains");
    }
  }

  private Disposable route(int recipients) {
    return routes
        .of(new ReversePath.Null(), List.of(Messages.recipients(recipients)), _ -> false)
        .subscribe(all -> routed.add(all.size()));
  }

  private void answer() {
    questions.remove().tryEmitValue(ANSWER);
  }

  @Test
  void questionsOfAMessageAreBounded() {
    route(1_000);

    assertThat(questions).hasSize(32);
  }

  @Test
  void questionsOfAllMessagesAreBoundedAndNoneIsRefused() {
    for (int i = 0; i < 100; i++) {
      route(100);
    }

    assertThat(questions).hasSize(500);
    while (!questions.isEmpty()) {
      answer();
    }
    assertThat(routed).hasSize(100).containsOnly(100);
    assertThat(gate.state().refused()).isZero();
    assertThat(gate.running()).isZero();
  }

  @Test
  void messagesTakeTurns() {
    for (int i = 0; i < 50; i++) {
      route(1_000);
    }
    route(2);
    int answers = 0;
    while (routed.isEmpty()) {
      answer();
      answers++;
    }

    // Those that run, and two turns of each message; in order of arrival it would be some 50,000.
    assertThat(answers).isLessThan(500 + 2 * 51);
    assertThat(routed).containsExactly(2);
  }

  @Test
  void aMessageThatIsGivenUpGivesItsTurnsBack() {
    Disposable message = route(1_000);

    message.dispose();

    assertThat(gate.running()).isZero();
    assertThat(gate.waiting()).isZero();
  }

  @Test
  void aQuestionThatIsToBeAskedAgainHoldsNoTurn() {
    Disposable message = route(2);

    while (!questions.isEmpty()) {
      questions.remove().tryEmitError(new RpcException(RpcStatus.UNAVAILABLE, "away"));
    }

    assertThat(gate.running()).isZero();
    assertThat(routed).isEmpty();
    message.dispose();
  }

  @Test
  void aRecipientAloneWaitsForNobody() {
    for (int i = 0; i < 50; i++) {
      route(1_000);
    }
    int before = questions.size();

    route(1);

    assertThat(questions).hasSize(before + 1);
  }
}
