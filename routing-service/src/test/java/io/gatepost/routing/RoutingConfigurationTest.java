package io.gatepost.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.gate.ScarceResource;
import io.gatepost.routing.chain.AddressSource;
import io.gatepost.routing.chain.MailboxFilter;
import io.gatepost.routing.chain.RouterResult;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;

/// The service as its beans make it.
class RoutingConfigurationTest {

  private static final ForwardPath ANN = ForwardPath.of("ann@sql.example");
  private static final ForwardPath BOB = ForwardPath.of("bob@example.test");

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
          .withUserConfiguration(RoutingConfiguration.class);

  private static RouteAnswer route(Routing routing, ForwardPath recipient) {
    return routing.route(new RouteRequest(new ReversePath.Null(), recipient, Scope.HOSTED)).block();
  }

  @Test
  void sourcesAndFiltersThatAreBeansTakePart() {
    AddressSource sql =
        request ->
            Mono.just(
                request.recipient().equals(ANN)
                    ? new RouterResult.Rewrite(List.of(BOB))
                    : RouterResult.NO_MATCH);
    Destination elsewhere = new Destination.Mailbox("eve", BOB.domain());
    runner
        .withBean("sqlSource", AddressSource.class, () -> sql)
        .withBean(
            MailboxFilter.class,
            () -> (_, _) -> new MailboxFilter.Filtered.Kept(elsewhere, List.of()))
        .run(context ->
            assertThat(route(context.getBean(Routing.class), ANN))
                .isEqualTo(new RouteAnswer.Resolved(List.of(new Leg(BOB, elsewhere)))));
  }

  @Test
  void withoutThemStrangersReachTheMailboxes() {
    runner.run(context -> {
      Routing routing = context.getBean(Routing.class);
      assertThat(route(routing, BOB)).isInstanceOf(RouteAnswer.Resolved.class);
      assertThat(route(routing, ANN)).isInstanceOf(RouteAnswer.Refused.class);
    });
  }

  @Test
  void scriptsTakePartWhereTheirDirectoryIsSetAndTheirLooksAreAGate(@TempDir Path directory)
      throws IOException {
    Files.writeString(
        Files.createDirectory(directory.resolve("example.test")).resolve("bob.sieve"), "discard;");
    runner
        .withPropertyValues("gatepost.routing.sieve-directory=" + directory)
        .run(context -> {
          assertThat(route(context.getBean(Routing.class), BOB))
              .isEqualTo(
                  new RouteAnswer.Resolved(
                      List.of(new Leg(BOB, new Destination.Discard("bob", BOB.domain()))),
                      List.of(),
                      List.of(),
                      RouteAnswer.Validity.MOMENTARY));
          assertThat(context.getBeansOfType(ScarceResource.class).values())
              .extracting(resource -> resource.state().name())
              .contains("scripts");
        });
    runner
        .withPropertyValues("gatepost.routing.sieve-directory= ")
        .run(context -> assertThat(context).doesNotHaveBean(MailboxFilter.class));
  }

  @Test
  void anOrderThatLeavesOutAConfiguredRouterStopsTheStart() {
    runner
        .withPropertyValues("gatepost.routing.order=mailboxes,relay-control,dns")
        .run(context ->
            assertThat(context.getStartupFailure())
                .hasRootCauseInstanceOf(SettingException.class)
                .rootCause()
                .hasMessageContainingAll("gatepost.routing.order", "address-literal"));
  }

  @Test
  void aConfiguredDirectoryIsARouterAndItsDomainsAloneWaitForIt() {
    runner
        .withPropertyValues(
            "gatepost.routing.ldap.urls=ldap://127.0.0.1:1",
            "gatepost.routing.ldap.base=dc=test",
            "gatepost.routing.ldap.domains=ldap.example")
        .run(context -> {
          Routing routing = context.getBean(Routing.class);
          assertThat(context).hasBean("ldapGate").hasBean("ldapQuestions");
          assertThat(route(routing, BOB)).isInstanceOf(RouteAnswer.Resolved.class);
          assertThat(route(routing, ForwardPath.of("ann@ldap.example")))
              .isInstanceOf(RouteAnswer.TryLater.class);
        });
  }

  @Test
  void aDirectoryWithoutItsBundleStopsTheStart() {
    runner
        .withPropertyValues(
            "gatepost.routing.ldap.urls=ldaps://127.0.0.1:1",
            "gatepost.routing.ldap.base=dc=test",
            "gatepost.routing.ldap.bundle=missing",
            "gatepost.routing.ldap.domains=ldap.example")
        .run(context ->
            assertThat(context.getStartupFailure())
                .hasRootCauseInstanceOf(SettingException.class)
                .rootCause()
                .hasMessageContainingAll("gatepost.routing.ldap.bundle", "missing"));
  }

  @Test
  void theMetricNamesTheTableWhoseNewestVersionIsWrong(@TempDir Path directory) throws IOException {
    Path aliases = Files.writeString(directory.resolve("aliases"), "staff: bob\n");
    Path mailertable = Files.writeString(directory.resolve("mailertable"), "");
    runner
        .withPropertyValues(
            "gatepost.routing.aliases=" + aliases, "gatepost.routing.mailertable=" + mailertable)
        .run(context -> {
          MeterRegistry meters = context.getBean(MeterRegistry.class);
          assertThat(stale(meters, "aliases")).isZero();

          Files.writeString(aliases, "no colon\n");

          await().until(() -> stale(meters, "aliases") == 1);
          assertThat(stale(meters, "mailertable")).isZero();
        });
  }

  private static double stale(MeterRegistry meters, String table) {
    return meters.get("gatepost.routing.table.stale").tag("table", table).gauge().value();
  }
}
