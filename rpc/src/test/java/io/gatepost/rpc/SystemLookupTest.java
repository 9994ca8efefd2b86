package io.gatepost.rpc;

import static io.gatepost.rpc.RpcFixture.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Names are looked up over a socket, each time afresh.
class SystemLookupTest {

  private static final String NAME = "scanner-gateway.services.test";

  private FakeNameServer server;
  private SystemLookup lookup;

  @BeforeEach
  void start() throws IOException {
    server = new FakeNameServer();
    lookup = new SystemLookup(new SingletonDnsServerAddressStreamProvider(server.address()));
  }

  @AfterEach
  void stop() {
    lookup.close();
    server.close();
  }

  @Test
  void allAddressesOfANameAreFound() {
    server.has("10.1.0.3", "10.1.0.4", "10.1.0.5");

    assertThat(lookup.addresses(NAME).block(LONG))
        .containsExactlyInAnyOrderElementsOf(FakeLookup.of("10.1.0.3", "10.1.0.4", "10.1.0.5"));
  }

  /// A server that lets its answers live for ten minutes is asked again all the same.
  @Test
  void nothingIsKept() {
    server.has("10.1.0.3");
    assertThat(lookup.addresses(NAME).block(LONG))
        .containsExactlyElementsOf(FakeLookup.of("10.1.0.3"));

    server.has("10.1.0.3", "10.1.0.4");
    assertThat(lookup.addresses(NAME).block(LONG)).hasSize(2);

    server.has("10.1.0.4");
    assertThat(lookup.addresses(NAME).block(LONG))
        .containsExactlyElementsOf(FakeLookup.of("10.1.0.4"));
  }

  @Test
  void aNameThatIsNotThereOrIsNotAnsweredForIsAFailure() {
    server.has();
    assertThatThrownBy(() -> lookup.addresses(NAME).block(LONG)).hasMessageContaining(NAME);

    server.fails();
    assertThatThrownBy(() -> lookup.addresses(NAME).block(LONG)).isInstanceOf(Exception.class);

    server.has("10.1.0.3");
    assertThat(lookup.addresses(NAME).block(LONG)).hasSize(1);
  }

  @Test
  void theHostsFileCounts() {
    assertThat(lookup.addresses("localhost").block(LONG)).allMatch(InetAddress::isLoopbackAddress);
    assertThat(server.asks).hasValue(0);
  }
}
