package io.gatepost.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.chain.Router;
import io.gatepost.routing.chain.RouterName;
import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.LocalDomains;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

class RouterOrderTest {

  private static final OwnHosts OWN =
      new OwnHosts(List.of(), Set.of(InetAddress.ofLiteral("192.0.2.99")), Set::of);

  private static final HostLookup NO_DNS = _ -> Mono.never();

  private static List<Router> configured() {
    LocalDomains local = LocalDomains.of(List.of("here.example"), List.of("alice"));
    RoutingTables tables =
        new RoutingTables(
            () -> local,
            Optional.of(() -> Aliases.NONE),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return StandardRouters.configured(tables, new Sources(NO_DNS), HostRule.ELSEWHERE, OWN);
  }

  private static List<String> arranged(List<String> order) {
    return RouterOrder.of(order).arrange(configured()).stream()
        .map(Router::name)
        .map(RouterName::toString)
        .toList();
  }

  @Test
  void routersWithoutASourceAreNotAsked() {
    assertThat(arranged(RouterOrder.DEFAULT))
        .containsExactly("aliases", "mailboxes", "relay-control", "address-literal", "dns");
  }

  @Test
  void theListIsTheOrder() {
    assertThat(
            arranged(
                List.of("relay-control", "mailboxes", "sql", "aliases", "address-literal", "dns")))
        .containsExactly("relay-control", "mailboxes", "aliases", "address-literal", "dns");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          aliases,nonsense,dns                             | nonsense        | one of aliases
          aliases,aliases,dns                              | aliases, aliases| aliases once
          relay-control,dns,address-literal                | dns             | dns as the last
          relay-control                                    | relay-control   | dns as the last
          mailboxes,smart-host,relay-control,dns           | smart-host      | relay-control before smart-host
          mailboxes,dns                                    | mailboxes, dns  | relay-control before dns
          mailboxes,relay-control,address-literal,dns      | mailboxes       | aliases in the list, as it is configured
          aliases,relay-control,address-literal,dns        | aliases         | mailboxes in the list, as it is configured
          """)
  void aListThatCannotBeUsedSaysWhy(String list, String value, String expected) {
    assertThatThrownBy(() -> arranged(List.of(list.split(","))))
        .isInstanceOf(SettingException.class)
        .hasMessageContainingAll("gatepost.routing.order", value, expected);
  }

  @Test
  void anEmptyListIsNone() {
    assertThatThrownBy(() -> arranged(List.of()))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.routing.order");
  }
}
