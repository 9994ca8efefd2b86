package io.gatepost.verification;

import static io.gatepost.verification.FakeDelivery.rcpt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.Verification;
import io.gatepost.contract.verification.VerificationOperator;
import io.gatepost.contract.verification.VerificationOperator.Forgotten;
import io.gatepost.contract.verification.VerificationOperator.ServedDomain;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/// The operator's side of the service as it is put together.
class OperatorVerificationTest {

  private static final ServedDomain STRICT =
      new ServedDomain(OneHost.NAME, DomainName.of("strict.example"));
  private static final ServedDomain LAX =
      new ServedDomain(OneHost.NAME, DomainName.of("lax.example"));

  private final FakeDelivery delivery = new FakeDelivery();
  @TempDir private Path directory;

  private void with(BiConsumer<Verification, VerificationOperator> test) {
    new ApplicationContextRunner()
        .withUserConfiguration(VerificationConfiguration.class)
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withBean(OneHost.class)
        .withBean(FakeDelivery.class, () -> delivery)
        .withPropertyValues(
            "gatepost.data-dir=" + directory, "gatepost.verification.callout.keep=memory")
        .run(context ->
            test.accept(
                context.getBean(Verification.class), context.getBean(VerificationOperator.class)));
  }

  private static RecipientVerdict verdict(Verification verification, String address) {
    return verification
        .verifyRecipient(
            new RouteRequest(new ReversePath.Null(), ForwardPath.of(address), Scope.HOSTED))
        .block();
  }

  @Test
  void domainsWhoseHostAcceptsEverybodyAreTold() {
    delivery.answers = request -> rcpt("250 2.1.5 OK");
    delivery.madeUp =
        request ->
            request.recipient().domain().equals(LAX.domain())
                ? rcpt("250 2.1.5 OK")
                : rcpt("550 5.1.1 unknown");

    with((verification, operator) -> {
      assertThat(operator.acceptingAll(List.of(STRICT, LAX)).block()).isEmpty();
      verdict(verification, "bob@strict.example");
      verdict(verification, "bob@lax.example");

      assertThat(operator.acceptingAll(List.of(STRICT, LAX)).block()).containsExactly(LAX);
      operator.forget("lax.example").block();
      assertThat(operator.acceptingAll(List.of(STRICT, LAX)).block()).isEmpty();
    });
  }

  @Test
  void whatIsForgottenIsAskedAgain() {
    with((verification, operator) -> {
      delivery.answers = request -> rcpt("550 5.1.1 unknown");
      verdict(verification, "bob@strict.example");
      delivery.answers = request -> rcpt("250 2.1.5 OK");

      assertThat(operator.forget("strict.example").block()).isEqualTo(new Forgotten(1, true));
      assertThat(verdict(verification, "bob@strict.example"))
          .isEqualTo(new RecipientVerdict.Good());
    });
  }

  @Test
  void whatIsNoAddressAndNoDomainIsRefused() {
    with((verification, operator) ->
        assertThatExceptionOfType(RpcException.class)
            .isThrownBy(() -> operator.forget("not a domain").block())
            .satisfies(e -> assertThat(e.status()).isEqualTo(RpcStatus.INVALID_ARGUMENT)));
  }
}
