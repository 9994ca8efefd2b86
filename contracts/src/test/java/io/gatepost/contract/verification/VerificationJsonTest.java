package io.gatepost.contract.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.wire.ContractJson;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationJsonTest {

  @Test
  void aSenderRequestTravels() {
    SenderRequest request = new SenderRequest("ann", ForwardPath.of("ann+x@here.example"));

    String json = ContractJson.MAPPER.writeValueAsString(request);

    assertThat(json).isEqualTo("{\"user\":\"ann\",\"sender\":\"ann+x@here.example\"}");
    assertThat(ContractJson.MAPPER.readValue(json, SenderRequest.class)).isEqualTo(request);
  }

  @Test
  void verdictsOfSendersTravel() {
    List<SenderVerdict> verdicts =
        List.of(
            new SenderVerdict.Permitted(),
            new SenderVerdict.NotOwn(Reason.SENDER_NOT_OWN, Replies.SENDER_NOT_OWN),
            new SenderVerdict.Unknown(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));

    for (SenderVerdict verdict : verdicts) {
      String json = ContractJson.MAPPER.writerFor(SenderVerdict.class).writeValueAsString(verdict);
      assertThat(ContractJson.MAPPER.readValue(json, SenderVerdict.class)).isEqualTo(verdict);
    }
  }
}
