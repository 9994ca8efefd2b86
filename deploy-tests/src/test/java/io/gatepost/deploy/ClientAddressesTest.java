package io.gatepost.deploy;

import static io.gatepost.deploy.Release.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gatepost.allinone.AllInOneApplication;
import io.gatepost.allinone.start.Settings;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.edge.EdgeProperties;
import io.gatepost.edge.policy.Networks;
import io.gatepost.edge.policy.TrustedNetworks;
import io.gatepost.edge.session.Connection.Proxy;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The client addresses that smtp-edge sees, and those that it believes. Behind source NAT a
/// stranger comes from a node or from the network of pods: such an address proves nothing.
class ClientAddressesTest {

  private static final List<String> ADDRESSES_OF_CLUSTERS =
      List.of(
          "10.0.0.5", // a node
          "10.244.3.1", // a node's end of its network of pods
          "172.17.0.1",
          "192.168.49.2",
          "100.64.0.7", // of shared address space
          "169.254.1.1",
          "fd00::5",
          "fd00:10:244::1",
          "fe80::1",
          "2001:db8::9",
          "127.0.0.1", // a sidecar in the same pod
          "127.0.0.6", // Istio's
          "::1");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "smtpEdge: {service: {externalTrafficPolicy: Cluster}}",
        "smtpEdge: {service: {type: NodePort, externalTrafficPolicy: Cluster}}",
        "smtpEdge: {proxyFrom: [10.0.0.0/8, 'fd00::/8']}"
      })
  void nobodyRelaysByAnAddressOfTheCluster(String values) throws IOException {
    TrustedNetworks trusted = trusted(Chart.render(Chart.TRIAL, values));

    for (String address : ADDRESSES_OF_CLUSTERS) {
      InetAddress client = InetAddress.getByName(address);
      assertThat(trusted.originOf(client)).as(address).isEqualTo(Origin.EXTERNAL);
      assertThat(trusted.trustIn(client)).as(address).isEqualTo(Proxy.NOT_TRUSTED);
    }
  }

  @Test
  void whoIsNamedMayRelayAndNobodyElse() throws IOException {
    TrustedNetworks trusted =
        trusted(Chart.render(Chart.TRIAL, "smtpEdge: {relayFrom: [192.0.2.0/24, '2001:db8::1']}"));

    assertThat(trusted.originOf(InetAddress.getByName("192.0.2.77"))).isEqualTo(Origin.INTERNAL);
    assertThat(trusted.originOf(InetAddress.getByName("2001:db8::1"))).isEqualTo(Origin.INTERNAL);
    assertThat(trusted.originOf(InetAddress.getByName("2001:db8::2"))).isEqualTo(Origin.EXTERNAL);
    assertThat(trusted.originOf(InetAddress.getByName("10.0.0.5"))).isEqualTo(Origin.EXTERNAL);
  }

  /// A named client would be every client there.
  @ParameterizedTest
  @ValueSource(strings = {"relayFrom", "xclientFrom"})
  void nobodyCanBeNamedWhereClientsComeFromNodes(String key) {
    String values =
        "smtpEdge: {%s: [10.0.0.0/8], service: {type: %s, externalTrafficPolicy: %s}%s}";

    for (String type : List.of("LoadBalancer", "NodePort")) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> Chart.render(Chart.TRIAL, values.formatted(key, type, "Cluster", "")))
          .withMessageContaining("smtpEdge." + key)
          .withMessageContaining("everybody comes from a node's address");
      Chart.render(Chart.TRIAL, values.formatted(key, type, "Local", ""));
    }
    Chart.render(
        Chart.TRIAL, values.formatted(key, "LoadBalancer", "Cluster", ", proxyFrom: [192.0.2.1]"));
  }

  /// Kubernetes refuses it elsewhere, or leaves it out.
  @Test
  void theTrafficPolicyStandsInServicesOfTypesThatHaveOne() {
    for (String type : List.of("LoadBalancer", "NodePort")) {
      assertThat(service("smtpEdge: {service: {type: %s}}".formatted(type)))
          .containsEntry("externalTrafficPolicy", "Local");
    }
    assertThat(service("smtpEdge: {service: {type: ClusterIP}}"))
        .containsEntry("type", "ClusterIP")
        .doesNotContainKey("externalTrafficPolicy");
    assertThat(service("smtpEdge: {service: {type: ClusterIP}, ports: {mx: {nodePort: 30025}}}"))
        .asString()
        .doesNotContain("nodePort");
  }

  @Test
  void theClientsAddressesAreKeptByDefault() {
    Map<String, Object> edge = map(Chart.defaults().get("smtpEdge"));

    assertThat(map(edge.get("service")))
        .containsEntry("type", "LoadBalancer")
        .containsEntry("externalTrafficPolicy", "Local");
    assertThat(edge)
        .containsEntry("relayFrom", List.of())
        .containsEntry("xclientFrom", List.of())
        .containsEntry("proxyFrom", List.of());
  }

  /// A header from anybody else is the first command of a stranger, and a wrong one.
  @Test
  void headersOfAProxyAreTakenFromThoseThatAreNamedOnly() throws IOException {
    TrustedNetworks none = trusted(Chart.render(Chart.TRIAL));
    TrustedNetworks some =
        trusted(Chart.render(Chart.TRIAL, "smtpEdge: {proxyFrom: [192.0.2.10/31]}"));

    assertThat(none.proxy().contains(InetAddress.getByName("10.0.0.5"))).isFalse();
    assertThat(some.proxy().contains(InetAddress.getByName("192.0.2.11"))).isTrue();
    assertThat(some.proxy().contains(InetAddress.getByName("192.0.2.12"))).isFalse();
    assertThat(some.originOf(InetAddress.getByName("192.0.2.11"))).isEqualTo(Origin.EXTERNAL);
  }

  /// Actuator has no place at an address of the world.
  @Test
  void onlySmtpIsPublished() {
    Release release = Chart.render(Chart.PRODUCTION);

    assertThat(release.all("Service"))
        .filteredOn(service -> !"None".equals(map(service.get("spec")).get("clusterIP")))
        .singleElement()
        .satisfies(service ->
            assertThat(Release.maps(Release.at(service, "spec.ports")))
                .extracting(port -> port.get("name") + " " + port.get("port"))
                .containsExactly("mx 25", "submission 587", "submissions 465"));
  }

  /// SPF and the reverse DNS name the addresses of some nodes, or of a gateway.
  @Test
  void theSendersAddressCanBeKeptToSomeNodes() {
    Release release =
        Chart.render(
            Chart.PRODUCTION, "deliveryService: {podAnnotations: {egress.example/gateway: mail}}");

    assertThat(release.pod("delivery-service").get("nodeSelector"))
        .isEqualTo(Map.of("example.org/mail-out", "true"));
    assertThat(
            map(
                Release.at(
                    release.one("StatefulSet", "delivery-service"),
                    "spec.template.metadata.annotations")))
        .containsEntry("egress.example/gateway", "mail");
  }

  private static Map<String, Object> service(String values) {
    return map(Chart.render(Chart.TRIAL, values).one("Service", "smtp-edge").get("spec"));
  }

  /// As the product reads the rendered settings.
  private TrustedNetworks trusted(Release release) throws IOException {
    Path file =
        Files.writeString(directory.resolve("gatepost.yaml"), release.settings("smtp-edge"));
    EdgeProperties edge =
        Settings.read(
                AllInOneApplication.class, Optional.of(file), Optional.of(directory), List.of())
            .of(EdgeProperties.class);
    return new TrustedNetworks(
        Networks.parse("relay-from", edge.relayFrom()),
        Networks.parse("xclient-from", edge.xclientFrom()),
        Networks.parse("proxy-from", edge.proxyFrom()));
  }
}
