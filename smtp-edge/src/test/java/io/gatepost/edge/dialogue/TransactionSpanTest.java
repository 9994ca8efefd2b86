package io.gatepost.edge.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.rpc.trace.Span;
import io.gatepost.rpc.trace.Traces;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/// The span of a transaction: it ends however the transaction does, and what is asked for the
/// transaction is part of it.
class TransactionSpanTest {

  private static final String CLIENT = "127.0.0.1";
  private static final String MAIL = "EHLO client.example\r\nMAIL FROM:<ann@sender.example>\r\n";
  private static final String MESSAGE =
      MAIL + "RCPT TO:<bob@dest.example>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n";

  private final TestServices services = new TestServices();
  private final Spans spans = new Spans();

  @BeforeEach
  void trace() {
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(spans);
    services.traces = Traces.of(registry);
  }

  private FakeConversation said(String text) {
    FakeConversation conversation = new FakeConversation(services, CLIENT);
    conversation.say(text);
    conversation.writeLog(); // replies to messages wait for it
    return conversation;
  }

  @Test
  void itEndsWithTheReplyAndHasTheQueueId() {
    said(MESSAGE);

    assertThat(spans.ended)
        .singleElement()
        .satisfies(span -> {
          assertThat(span.getContextualName()).isEqualTo("smtp transaction");
          assertThat(span.getHighCardinalityKeyValue(Traces.QUEUE_ID)).isNotNull();
          assertThat(span.getHighCardinalityKeyValue("smtp.reply").getValue()).isEqualTo("250");
        });
  }

  @Test
  void eachTransactionOfASessionHasItsOwn() {
    FakeConversation conversation = said(MESSAGE);
    conversation.say(MESSAGE);
    conversation.writeLog();

    assertThat(spans.begun).hasSize(2);
    assertThat(spans.ended).hasSize(2);
  }

  @Test
  void itEndsWithResetAndWithAnotherGreeting() {
    FakeConversation conversation = said(MAIL);
    assertThat(spans.ended).isEmpty();

    conversation.say("RSET\r\n");
    assertThat(spans.ended).hasSize(1);

    conversation.say(MAIL + "EHLO other.example\r\n");
    assertThat(spans.ended).hasSize(2);
  }

  @Test
  void itEndsWhereTheClientGoes() {
    said(MAIL).dialogue.gone();

    assertThat(spans.ended).hasSize(1);
  }

  @Test
  void itEndsWithTheLastChunk() {
    said(MAIL + "RCPT TO:<bob@dest.example>\r\nBDAT 3 LAST\r\nx\r\n");

    assertThat(spans.ended).hasSize(1);
  }

  @Test
  void recipientsAreVerifiedInIt() {
    List<Span> asked = new ArrayList<>();
    services.recipients =
        request ->
            Mono.deferContextual(context -> {
              asked.add(Span.of(context));
              return Mono.just(new RecipientVerdict.Good());
            });

    said(MESSAGE);

    assertThat(asked).singleElement().isNotSameAs(Span.NONE);
  }

  @Test
  void aSessionWithoutATransactionHasNone() {
    said("EHLO client.example\r\nNOOP\r\nRSET\r\n").dialogue.gone();

    assertThat(spans.begun).isEmpty();
  }

  /// Keeps observations as they begin and end.
  private static final class Spans implements ObservationHandler<Observation.Context> {
    private final List<Observation.Context> begun = new ArrayList<>();
    private final List<Observation.Context> ended = new ArrayList<>();

    @Override
    public void onStart(Observation.Context context) {
      begun.add(context);
    }

    @Override
    public void onStop(Observation.Context context) {
      ended.add(context);
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }
  }
}
