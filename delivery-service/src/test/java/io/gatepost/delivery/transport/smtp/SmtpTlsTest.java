package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.FakeQueue;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import io.gatepost.smtp.client.auth.Credentials;
import io.gatepost.smtp.client.auth.Credentials.Exposure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmtpTlsTest {

  @TempDir private static Path directory;

  private static TestCertificate good;
  private static TestCertificate other;
  private static TestCertificate relay;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void makeCertificates() throws Exception {
    good = TestCertificate.make(directory, "ip:127.0.0.1");
    other = TestCertificate.make(directory, "dns:elsewhere.example");
    relay = TestCertificate.make(directory, "dns:relay.example");
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void mailIsEncryptedWhereTheHostOffersItWhateverItsCertificate() throws Exception {
    FakeHost host = tlsHost(other, new Offering("STARTTLS"));

    RecipientOutcome outcome = deliver(transport(opportunistic(), Map.of()), host);

    assertThat(outcome).isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(host.received().getFirst().content()).isEqualTo(Messages.TEXT);
    assertThat(host.commands()).startsWith("EHLO mta.example", "STARTTLS", "EHLO mta.example");
    assertThat(meters.find("gatepost.delivery.tls").tag("protocol", "TLSv1.3").counter())
        .isNotNull();
  }

  @Test
  void afterAFailedHandshakeMailGoesInTheClearAndTheHostIsRemembered() throws Exception {
    FakeHost host = plainHost(new Offering("STARTTLS"));
    SmtpTransport transport = transport(opportunistic(), Map.of());

    assertThat(deliver(transport, host)).isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(deliver(transport, host)).isInstanceOf(RecipientOutcome.Delivered.class);

    assertThat(host.commands().stream().filter("STARTTLS"::equals)).hasSize(1);
    Counter failed = meters.find("gatepost.delivery.tls").tag("protocol", "none").counter();
    assertThat(failed).isNotNull();
    assertThat(failed.count()).isEqualTo(1);
  }

  @Test
  void afterTlsThatBrokeBehindItsHandshakeMailGoesInTheClear() throws Exception {
    FakeHost host =
        tlsHost(
            other,
            new Offering("STARTTLS") {
              @Override
              boolean isGoneOnceEncrypted() {
                return true;
              }
            });
    SmtpTransport transport = transport(opportunistic(), Map.of());

    assertThat(deliver(transport, host)).isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(deliver(transport, host)).isInstanceOf(RecipientOutcome.Delivered.class);

    assertThat(host.commands().stream().filter("STARTTLS"::equals)).hasSize(1);
    assertThat(failedHandshakes()).isEqualTo(1);
  }

  @Test
  void afterAConnectionThatEndedInsteadOfAnAnswerToStarttlsMailGoesInTheClear() throws Exception {
    FakeHost host = plainHost(hangingUpAtStarttls());
    SmtpTransport transport = transport(opportunistic(), Map.of());

    assertThat(deliver(transport, host)).isInstanceOf(RecipientOutcome.Delivered.class);

    assertThat(failedHandshakes()).isEqualTo(1);
  }

  @Test
  void aMailThatIsPreparedAnewIsSoOnTheSameTerms() throws Exception {
    FakeHost host = tlsHost(good, new Offering("STARTTLS"));
    SmtpTransport transport = transport(plain(), Map.of("[127.0.0.1]", required(good)));
    HeldMail mail =
        HeldMail.start(transport, Messages.to(recipient("ann@dest.example")), host.hop());
    mail.part(1);

    host.hangUp();
    mail.part(2).go();

    assertThat(mail.outcomes()).singleElement().isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(host.commands().stream().filter("STARTTLS"::equals)).hasSize(2);
    assertThat(host.received()).hasSize(1);
  }

  @Test
  void whereTlsIsRequiredAConnectionThatEndsAtStarttlsIsNotFollowedByOneInTheClear()
      throws Exception {
    FakeHost host = plainHost(hangingUpAtStarttls());

    RecipientOutcome outcome =
        deliver(transport(plain(), Map.of("[127.0.0.1]", required(good))), host);

    assertThat(outcome).isInstanceOf(RecipientOutcome.Deferred.class);
    assertThat(host.received()).isEmpty();
  }

  private static Script hangingUpAtStarttls() {
    return new Offering("STARTTLS") {
      @Override
      String reply(int connection, String command) {
        return command.equals("STARTTLS") ? FakeHost.HANG_UP : super.reply(connection, command);
      }
    };
  }

  private double failedHandshakes() {
    return meters.get("gatepost.delivery.tls").tag("protocol", "none").counter().count();
  }

  @Test
  void aReplyBehindTheOneToStarttlsIsAnAttack() throws Exception {
    FakeHost host =
        plainHost(
            new Offering("STARTTLS") {
              @Override
              String reply(int connection, String command) {
                return command.equals("STARTTLS")
                    ? "220 2.0.0 go\r\n250 2.0.0 injected"
                    : super.reply(connection, command);
              }
            });

    RecipientOutcome outcome =
        deliver(transport(opportunistic(), Map.of(host.hop().host(), required(good))), host);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reply().status()).hasToString("4.7.0"));
    assertThat(host.received()).isEmpty();
  }

  @Test
  void whereTlsIsRequiredTheCertificateIsChecked() throws Exception {
    FakeHost trusted = tlsHost(good, new Offering("STARTTLS"));
    FakeHost wrongName = tlsHost(other, new Offering("STARTTLS"));

    assertThat(deliver(transport(plain(), Map.of("[127.0.0.1]", required(good))), trusted))
        .isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(deliver(transport(plain(), Map.of("[127.0.0.1]", required(good))), wrongName))
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reply().status()).hasToString("4.7.5"));
    assertThat(deliver(transport(plain(), Map.of("[127.0.0.1]", required(other))), wrongName))
        .isInstanceOf(RecipientOutcome.Deferred.class);
    assertThat(wrongName.received()).isEmpty();
  }

  @Test
  void whereTheRouteGoesByMxTheCertificateIsCheckedAgainstItsOwnHost() throws Exception {
    FakeHost named = tlsHost(relay, new Offering("STARTTLS"));
    FakeHost exchanger = tlsHost(good, new Offering("STARTTLS"));

    assertThat(deliverByMx(transport(plain(), Map.of("relay.example", required(relay))), named))
        .isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(deliverByMx(transport(plain(), Map.of("relay.example", required(good))), exchanger))
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reply().status()).hasToString("4.7.5"));
    assertThat(exchanger.received()).isEmpty();
  }

  @Test
  void whereTlsIsRequiredAHostWithoutItGetsNothing() throws Exception {
    FakeHost host = plainHost(new Offering());

    RecipientOutcome outcome =
        deliver(transport(plain(), Map.of("[127.0.0.1]", required(good))), host);

    assertThat(outcome).isInstanceOf(RecipientOutcome.Deferred.class);
    assertThat(host.received()).isEmpty();
  }

  @Test
  void aSmartHostIsToldWhoWeAreOnlyOnceItIsEncrypted() throws Exception {
    FakeHost host = tlsHost(good, new Offering("STARTTLS", "AUTH PLAIN"));
    SmartHost terms =
        SmartHost.required(credentials(Exposure.ENCRYPTED_ONLY), Optional.of(good.pem().toFile()));

    RecipientOutcome outcome =
        deliver(transport(plain(), Map.of("[127.0.0.1]:" + host.hop().port(), terms)), host);

    assertThat(outcome).isInstanceOf(RecipientOutcome.Delivered.class);
    String secret =
        Base64.getEncoder()
            .encodeToString("\0gatepost\0secret".getBytes(StandardCharsets.US_ASCII));
    assertThat(host.commands().subList(0, 4))
        .containsExactly(
            "EHLO mta.example", "STARTTLS", "EHLO mta.example", "AUTH PLAIN " + secret);
  }

  @Test
  void aSmartHostThatRefusesOurCredentialsGetsNoMail() throws Exception {
    FakeHost host =
        plainHost(
            new Offering("AUTH PLAIN") {
              @Override
              String reply(int connection, String command) {
                return command.startsWith("AUTH")
                    ? "535 5.7.8 bad credentials"
                    : super.reply(connection, command);
              }
            });

    RecipientOutcome outcome =
        deliver(
            transport(
                plain(), Map.of("[127.0.0.1]", SmartHost.plain(credentials(Exposure.ANYWHERE)))),
            host);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reply().code().value()).isEqualTo(535));
    assertThat(host.commands()).noneMatch(command -> command.startsWith("MAIL"));
  }

  /// Offers something beside PIPELINING.
  private static class Offering extends Script {
    private final List<String> offers;

    Offering(String... keywords) {
      offers = new ArrayList<>(List.of(keywords));
      offers.add("PIPELINING");
    }

    @Override
    List<String> extensions() {
      return offers;
    }

    @Override
    String reply(int connection, String command) {
      if (command.startsWith("AUTH")) {
        return "235 2.7.0 welcome";
      }
      return command.equals("STARTTLS") ? "220 2.0.0 go" : super.reply(connection, command);
    }
  }

  private static SmartHost opportunistic() throws Exception {
    return SmartHost.opportunistic(Optional.empty());
  }

  private static SmartHost plain() {
    return SmartHost.plain(Optional.empty());
  }

  private static SmartHost required(TestCertificate trusted) throws Exception {
    File pem = trusted.pem().toFile();
    return SmartHost.required(Optional.empty(), Optional.of(pem));
  }

  private static Optional<Credentials> credentials(Exposure exposure) {
    return Optional.of(new Credentials("gatepost", "secret", exposure));
  }

  private FakeHost tlsHost(TestCertificate certificate, Script script) {
    FakeHost host = FakeHost.start(script, certificate.server());
    open.add(host);
    return host;
  }

  private FakeHost plainHost(Script script) {
    FakeHost host = FakeHost.start(script);
    open.add(host);
    return host;
  }

  private SmtpTransport transport(SmartHost anyone, Map<String, SmartHost> named) {
    SmtpTransport transport =
        new SmtpTransport(
            new SmtpTransport.Peers("mta.example", anyone, named),
            new FakeQueue(),
            new SmtpTransport.Settings(
                1,
                10,
                100,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                new SmtpTransport.ProbeSettings(50, 2_000, 5_000, Duration.ofSeconds(30))),
            new AttemptRoom(2_000),
            _ -> {},
            meters);
    open.add(transport);
    return transport;
  }

  private static RecipientOutcome deliver(SmtpTransport transport, FakeHost host) {
    return deliver(transport, new Destination.Smtp("smtp:test" + host.hop(), List.of(host.hop())));
  }

  /// The hop's name is its address, whose certificate is good for that only.
  private static RecipientOutcome deliverByMx(SmtpTransport transport, FakeHost host) {
    return deliver(
        transport,
        new Destination.Smtp(
            "mx:relay.example",
            Destination.NamedBy.DNS,
            Optional.of(DomainName.of("relay.example")),
            List.of(host.hop())));
  }

  private static RecipientOutcome deliver(SmtpTransport transport, Destination.Smtp destination) {
    EnvelopeRecord message = Messages.to(recipient("ann@dest.example"));
    CompletableFuture<List<RecipientOutcome>> outcomes = new CompletableFuture<>();
    transport.deliver(message, message.envelope().recipients(), destination, outcomes::complete);
    return outcomes.orTimeout(20, TimeUnit.SECONDS).join().getFirst();
  }
}
