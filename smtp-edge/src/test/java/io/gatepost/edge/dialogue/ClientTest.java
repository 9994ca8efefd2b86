package io.gatepost.edge.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.edge.policy.Networks;
import io.gatepost.edge.policy.TrustedNetworks;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.Connection.Encryption;
import io.gatepost.edge.session.Connection.Proxy;
import io.gatepost.edge.session.Identity;
import io.gatepost.edge.session.Role;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientTest {

  private static final InetAddress PROXY = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress STRANGER = InetAddress.ofLiteral("203.0.113.9");

  private static final TrustedNetworks NETWORKS =
      new TrustedNetworks(
          Networks.parse("key", List.of("10.0.0.0/8")),
          Networks.parse("key", List.of("10.0.0.1")),
          Networks.parse("key", List.of("10.0.0.1")));

  private final Client client = new Client(Role.MX, NETWORKS, PROXY, "192.0.2.1:25");

  @Test
  void rightsComeFromTheNetworksOfTheAddress() {
    assertThat(client.clientClass()).isEqualTo(ClientClass.OWN);
    assertThat(client.connection().proxy()).isEqualTo(Proxy.TRUSTED);
  }

  @Test
  void aClientBehindAProxyHasItsOwnRightsOnly() {
    client.comesFrom(STRANGER, "192.0.2.2:25");

    assertThat(client.provenance().peer()).isEqualTo("203.0.113.9");
    assertThat(client.provenance().server()).isEqualTo("192.0.2.2:25");
    assertThat(client.clientClass()).isEqualTo(ClientClass.STRANGER);
    assertThat(client.connection().proxy()).isEqualTo(Proxy.NOT_TRUSTED);
  }

  @Test
  void aClientThatTheProxyDoesNotNameHasNoRights() {
    client.comesFromAnywhere();

    assertThat(client.provenance().peer()).isEqualTo("10.0.0.1");
    assertThat(client.provenance().origin()).isEqualTo(Origin.EXTERNAL);
    assertThat(client.connection().origin()).isEqualTo(Origin.EXTERNAL);
    assertThat(client.connection().proxy()).isEqualTo(Proxy.NOT_TRUSTED);
  }

  @Test
  void xclientMayNameAUser() {
    client.adopt(XclientAttributes.of(Map.of("ADDR", "203.0.113.9", "LOGIN", "ann")).orElseThrow());

    assertThat(client.connection().identity()).isEqualTo(new Identity.User("ann"));
    assertThat(client.provenance().user()).contains("ann");
    assertThat(client.connection().proxy()).isEqualTo(Proxy.NOT_TRUSTED);
    assertThat(client.clientClass()).isEqualTo(ClientClass.OWN);
  }

  @Test
  void aRelayIsOneOfOursByItsCertificate() {
    client.comesFrom(STRANGER, "192.0.2.2:25");
    client.encrypted("TLSv1.3 TLS_AES_128_GCM_SHA256");
    assertThat(client.connection().encryption()).isEqualTo(Encryption.TLS);
    assertThat(client.clientClass()).isEqualTo(ClientClass.STRANGER);

    client.identifiedAsRelay("CN=relay.example");

    assertThat(client.connection().identity()).isEqualTo(new Identity.Relay("CN=relay.example"));
    assertThat(client.clientClass()).isEqualTo(ClientClass.OWN);
  }
}
