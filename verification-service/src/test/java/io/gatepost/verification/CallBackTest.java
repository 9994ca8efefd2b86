package io.gatepost.verification;

import static io.gatepost.verification.FakeDelivery.HOP;
import static io.gatepost.verification.FakeDelivery.rcpt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.ReversePathRequest;
import io.gatepost.contract.verification.ReversePathVerdict;
import io.gatepost.contract.verification.Verification;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// The service as it is put together, with a domain of senders that is called back.
class CallBackTest {

  private static final String LISTED = "clerk@bank.example";
  private static final ReversePathVerdict ROUTABLE = new ReversePathVerdict.Routable();

  private final FakeDelivery delivery = new FakeDelivery();
  @TempDir private Path directory;

  private void with(Consumer<Verification> test, String... properties) {
    new ApplicationContextRunner()
        .withUserConfiguration(VerificationConfiguration.class)
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withBean(OneHost.class)
        .withBean(FakeDelivery.class, () -> delivery)
        .withPropertyValues(
            "gatepost.data-dir=" + directory,
            "gatepost.verification.callout.keep=memory",
            "gatepost.verification.callout.senders=bank.example")
        .withPropertyValues(properties)
        .run(context -> test.accept(context.getBean(Verification.class)));
  }

  private static ReversePathVerdict sender(Verification verification, String address) {
    return callBack(verification, address).block(Duration.ofSeconds(5));
  }

  private static Mono<ReversePathVerdict> callBack(Verification verification, String address) {
    return verification.verifyReversePath(new ReversePathRequest(ForwardPath.of(address)));
  }

  private static Mono<RecipientVerdict> recipient(Verification verification, String address) {
    return verification.verifyRecipient(
        new RouteRequest(ReversePath.of(""), ForwardPath.of(address), Scope.HOSTED));
  }

  private List<String> asked() {
    return delivery.asked.stream().map(each -> each.recipient().toString()).toList();
  }

  @Test
  void aSenderOfAListedDomainIsAskedAboutAtItsHostWithTheNullSender() {
    delivery.answers = request -> rcpt("550 5.1.1 no such clerk");

    with(verification ->
        assertThat(sender(verification, LISTED))
            .isEqualTo(
                new ReversePathVerdict.Bad(
                    Reason.INVALID_SENDER, Replies.senderRefused(List.of("no such clerk")))));

    assertThat(delivery.asked)
        .extracting(ProbeRequest::sender, each -> each.recipient().toString())
        .containsExactly(tuple(new ReversePath.Null(), LISTED));
  }

  @Test
  void sendersOfOtherDomainsAreNotAskedAbout() {
    with(verification -> assertThat(sender(verification, "ann@x.example")).isEqualTo(ROUTABLE));

    assertThat(delivery.asked).isEmpty();
  }

  @Test
  void aHostThatCannotTellDoesNotHoldItsSendersUp() {
    delivery.answers = request -> rcpt("451 4.7.1 greylisted");

    with(verification -> assertThat(sender(verification, LISTED)).isEqualTo(ROUTABLE));
  }

  @Test
  void itsAnswerIsRememberedApartFromThoseOnRecipients() {
    with(verification -> {
      delivery.answers = request -> rcpt("550 5.1.1 no such clerk");
      sender(verification, LISTED);
      delivery.answers = request -> rcpt("250 2.1.5 OK");

      assertThat(sender(verification, LISTED)).isInstanceOf(ReversePathVerdict.Bad.class);
      assertThat(recipient(verification, LISTED).block()).isEqualTo(new RecipientVerdict.Good());
      assertThat(asked()).containsExactly(LISTED, LISTED);
    });
  }

  @Test
  void recipientsComeBeforeSenders() {
    List<Sinks.One<ProbeAnswer>> answers = new ArrayList<>();
    delivery.answers =
        request -> {
          Sinks.One<ProbeAnswer> answer = Sinks.one();
          answers.add(answer);
          return answer.asMono();
        };

    with(
        verification -> {
          recipient(verification, "first@dept.example").subscribe();
          callBack(verification, LISTED).subscribe();
          recipient(verification, "second@dept.example").subscribe();
          for (int i = 0; i < 3; i++) {
            answers
                .get(i)
                .tryEmitValue(new ProbeAnswer.OfRecipient(HOP, Reply.parse("550 5.1.1 no")));
          }
        },
        "gatepost.verification.callout.concurrency=1");

    assertThat(asked()).containsExactly("first@dept.example", "second@dept.example", LISTED);
  }
}
