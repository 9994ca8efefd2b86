package io.gatepost.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EarlyResultCodecTest {

  private static final EarlyResult REFUSED =
      new EarlyResult.Refused(
          List.of(
              new RecipientOutcome.Failed(
                  Recipient.of(ForwardPath.of("bob@dest.example")),
                  Reason.NEXT_HOP_REFUSED,
                  Reply.of(550, "5.1.1", "no"))));

  @ParameterizedTest
  @EnumSource(Why.class)
  void everyReasonComesBack(Why why) {
    EarlyResult result = new EarlyResult.NotTried(why);

    assertThat(EarlyResultCodec.decode(EarlyResultCodec.encode(result))).isEqualTo(result);
  }

  @Test
  void whatHasBeenTornIsUnreadableOrAnotherResult() {
    byte[] octets = EarlyResultCodec.encode(REFUSED);
    Random random = new Random(3);
    for (int i = 0; i < 2_000; i++) {
      byte[] torn = octets.clone();
      torn[random.nextInt(torn.length)] = (byte) random.nextInt(256);
      try {
        EarlyResultCodec.decode(torn);
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThatThrownBy(() -> EarlyResultCodec.decode(null))
        .isInstanceOf(UnreadableFrameException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "budget=", "budget=0", "budget=600001", "budget=-1", "5000"})
  void termsThatAreNoneAreNamed(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> EarlyTerms.of(text));
  }

  @Test
  void termsComeBack() {
    EarlyTerms terms = new EarlyTerms(Duration.ofMillis(5_001));

    assertThat(EarlyTerms.of(terms.toString())).isEqualTo(terms);
  }
}
