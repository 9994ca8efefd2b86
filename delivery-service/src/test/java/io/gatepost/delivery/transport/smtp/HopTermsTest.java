package io.gatepost.delivery.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.smtp.client.Terms.Encryption;
import io.gatepost.smtp.client.auth.Credentials;
import io.gatepost.smtp.client.auth.Credentials.Exposure;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HopTermsTest {

  private static final NextHop EXCHANGER = new NextHop("MX1.Relay.Example", "192.0.2.1", 25);

  private static final Optional<DomainName> RELAY = Optional.of(DomainName.of("relay.example"));
  private static final Optional<DomainName> ELSEWHERE =
      Optional.of(DomainName.of("elsewhere.example"));

  private static HopTerms terms(Map<String, SmartHost> named) throws Exception {
    return new HopTerms(
        "mta.example", SmartHost.opportunistic(Optional.empty()), named, System::nanoTime);
  }

  private static SmartHost required(String user) throws Exception {
    return SmartHost.required(
        Optional.of(new Credentials(user, "secret", Exposure.ENCRYPTED_ONLY)), Optional.empty());
  }

  private static String user(HopTerms.Agreed agreed) {
    return agreed.terms().credentials().map(Credentials::user).orElse("nobody");
  }

  @Test
  void theExchangersOfARouteHaveItsTermsAndAnswerToItsName() throws Exception {
    HopTerms terms = terms(Map.of("relay.example", required("me")));

    HopTerms.Agreed agreed = terms.with(RELAY, EXCHANGER);

    assertThat(agreed.terms().encryption()).isEqualTo(Encryption.REQUIRED);
    assertThat(user(agreed)).isEqualTo("me");
    assertThat(agreed.name()).isEqualTo("relay.example");
    assertThat(terms.tlsFailed(RELAY, EXCHANGER)).isFalse();
  }

  @Test
  void aHopIsFoundInWhicheverCaseTheDnsWritesIt() throws Exception {
    HopTerms terms = terms(Map.of("mx1.relay.example", required("me")));

    HopTerms.Agreed agreed = terms.with(RELAY, EXCHANGER);

    assertThat(user(agreed)).isEqualTo("me");
    assertThat(agreed.name()).isEqualTo("mx1.relay.example");
  }

  @Test
  void theRoutesHostGoesBeforeTheHopAndAPortBeforeNone() throws Exception {
    HopTerms terms =
        terms(
            Map.of(
                "relay.example", required("route"),
                "relay.example:587", required("submission"),
                "mx1.relay.example:25", required("hop")));

    assertThat(user(terms.with(RELAY, EXCHANGER))).isEqualTo("route");
    assertThat(user(terms.with(RELAY, new NextHop("mx1.relay.example", "192.0.2.1", 587))))
        .isEqualTo("submission");
    assertThat(user(terms.with(ELSEWHERE, EXCHANGER))).isEqualTo("hop");
    assertThat(user(terms.with(ELSEWHERE, new NextHop("mx2", "192.0.2.2", 25))))
        .isEqualTo("nobody");
  }

  @Test
  void aHopThatIsSpokenToInTheClearElsewhereIsNotWhereTlsIsRequired() throws Exception {
    HopTerms terms = terms(Map.of("relay.example", required("me")));

    assertThat(terms.tlsFailed(ELSEWHERE, EXCHANGER)).isTrue();

    assertThat(terms.with(ELSEWHERE, EXCHANGER).terms().encryption()).isEqualTo(Encryption.NONE);
    assertThat(terms.with(RELAY, EXCHANGER).terms().encryption()).isEqualTo(Encryption.REQUIRED);
  }

  @Test
  void onlySoManyHostsAreRemembered() throws Exception {
    long[] now = {0};
    HopTerms terms =
        new HopTerms(
            "mta.example", SmartHost.opportunistic(Optional.empty()), Map.of(), () -> now[0]++);
    NextHop last = new NextHop("last.example", "192.0.2.2", 25);
    terms.tlsFailed(ELSEWHERE, EXCHANGER);
    for (int port = 1; port < HopTerms.MAX_PLAIN; port++) {
      terms.tlsFailed(ELSEWHERE, new NextHop("mx2.example", "192.0.2.1", port));
    }

    terms.tlsFailed(ELSEWHERE, last);

    assertThat(terms.with(ELSEWHERE, last).terms().encryption()).isEqualTo(Encryption.NONE);
    assertThat(terms.with(ELSEWHERE, EXCHANGER).terms().encryption())
        .isEqualTo(Encryption.OPPORTUNISTIC);
  }

  @Test
  void aPasswordDoesNotGoToAHostWhoseCertificateIsNotLookedAt() {
    Optional<Credentials> me =
        Optional.of(new Credentials("me", "secret", Exposure.ENCRYPTED_ONLY));

    assertThatIllegalArgumentException().isThrownBy(() -> SmartHost.opportunistic(me));
    assertThatIllegalArgumentException().isThrownBy(() -> SmartHost.plain(me));
  }
}
