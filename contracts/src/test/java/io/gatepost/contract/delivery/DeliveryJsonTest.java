package io.gatepost.contract.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.wire.ContractJson;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Questions and answers come out of JSON as they went in.
class DeliveryJsonTest {

  private static final NextHop HOP = new NextHop("mx.example", "192.0.2.1", 25);
  private static final Reply NO = Reply.of(550, "5.1.1", "no such user");

  static List<ProbeAnswer> answers() {
    return List.of(
        new ProbeAnswer.OfRecipient(HOP, NO),
        new ProbeAnswer.OfHost(HOP, Stage.NO_MAIL, Reply.of(521, "5.3.2", "no mail here")),
        new ProbeAnswer.NotAsked(Reason.DESTINATION_BUSY, Reply.of(451, "4.3.2", "busy")));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void anAnswerIsTheSame(ProbeAnswer answer) {
    assertThat(again(answer, ProbeAnswer.class)).isEqualTo(answer);
  }

  @Test
  void theBacklogOfLateScansIsTheSame() {
    LateScansState state = new LateScansState(3, 1L << 40, Duration.ofMillis(90_500));

    assertThat(again(state, LateScansState.class)).isEqualTo(state);
  }

  @Test
  void aQuestionIsTheSame() {
    ProbeRequest request =
        new ProbeRequest(
            new Destination.Smtp("smtp:[mx.example]", List.of(HOP)),
            ReversePath.of(""),
            ForwardPath.of("ann@dest.example"));

    assertThat(again(request, ProbeRequest.class)).isEqualTo(request);
  }

  @Test
  void whatWasHeardIsTheSame() {
    HeardRecipient heard =
        new HeardRecipient(
            ForwardPath.of("ann@dest.example"),
            ReversePath.of("me@src.example"),
            "smtp:[mx.example]",
            NO);

    assertThat(again(heard, HeardRecipient.class)).isEqualTo(heard);
  }

  private static <T> T again(T value, Class<T> type) {
    return ContractJson.MAPPER.readValue(ContractJson.MAPPER.writeValueAsString(value), type);
  }
}
