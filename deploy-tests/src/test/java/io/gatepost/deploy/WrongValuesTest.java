package io.gatepost.deploy;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Values that do not work are refused, with their key and what is expected.
class WrongValuesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Typing errors, at any depth.
        "smtpEdge: {hostnme: x} | /smtpEdge': additional properties 'hostnme' not allowed",
        "replicas: 2 | additional properties 'replicas' not allowed",
        "scannerGateway: {autoscaling: {minReplica: 2}} | 'minReplica' not allowed",
        "settings: {gatepots: {}} | 'gatepots' not allowed",
        "settings: {gatepost: {edgee: {}}} | 'edgee' not allowed",
        "networkPolicy: {smtpFrom: [{namespaceselector: {}}]} | 'namespaceselector' not allowed",
        "mounts: [{name: a, secret: b, path: /c, services: [edge]}] | services/0': value must be",
        "mounts: [{name: a, path: /c}] | /mounts/0",
        "image: {pullPolicy: Sometimes} | /image/pullPolicy': value must be one of",
        "smtpEdge: {memory: {heap: 192m}} | got string, want integer",
        "listenAddress: 10.0.0.1 | /listenAddress': value must be one of '0.0.0.0', '::'",
        // More instances than there may be.
        "queueService: {replicas: 2} | queueService.replicas = 2 (expected: 1, as one instance",
        "queueService: {replicas: 0} | queueService.replicas = 0 (expected: 1, as one instance",
        "deliveryService: {replicas: 3} | deliveryService.replicas = 3 (expected: 1, as one",
        // Servers of ours or of others.
        "kafka: {trial: {enabled: false}} | no Kafka broker (expected: kafka.bootstrapServers",
        "kafka: {bootstrapServers: 'k:9092'} | kafka.trial.enabled are both set (expected: one",
        "database: {trial: {enabled: false}} | no database (expected: database.url, such as jdbc:",
        "database: {url: 'jdbc:postgresql://p/g'} | database.trial.enabled are both set",
        // Memory.
        "queueService: {memory: {limit: 300}} | queueService.memory.limit = 300 (expected: at least 448",
        // SMTP.
        "smtpEdge: {hostname: ''} | smtpEdge.hostname is not set (expected: the host name",
        "smtpEdge: {relayFrom: [0.0.0.0/0]} | smtpEdge.relayFrom = \"0.0.0.0/0\" (expected: networks",
        "smtpEdge: {proxyFrom: ['::/0']} | smtpEdge.proxyFrom = \"::/0\" (expected: networks",
        "smtpEdge: {relayFrom: [pods]} | /smtpEdge/relayFrom/0': 'pods' does not match",
        "smtpEdge: {ports: {submission: {enabled: true}}} | without smtpEdge.tls.secret (expected: a",
        // Autoscaling.
        "scannerGateway: {autoscaling: {enabled: true, maxReplicas: 1}} | maxReplicas = 1 (expected: at",
        "scannerGateway: {autoscaling: {enabled: true, cpuPercent: 0}} | nothing to go by (expected:",
        // Settings that the chart has values for, in whatever form they are written.
        "settings: {gatepost: {edge: {relay-from: [10.0.0.0/8]}}} | is set by smtpEdge.relayFrom",
        "settings: {gatepost: {edge: {relayFrom: [10.0.0.0/8]}}} | is set by smtpEdge.relayFrom",
        "settings: {gatepost: {edge: {'relay_from[0]': 10.0.0.1}}} | is set by smtpEdge.relayFrom",
        "settings: {gatepost: {rpc: {tokens: {edge: x}}}} | is set by tokens.existingSecret",
        "settings: {server: {port: 80}} | settings has server.port (expected: not there",
        "settings: {spring: {kafka.bootstrap-servers: 'x:1'}} | is set by kafka.bootstrapServers",
        "settings: {spring: {datasource: {password: x}}} | is set by database.existingSecret",
        "settings: {management: {server.port: 9}} | settings has management.server.port",
        "secretSettings: [{setting: gatepost.edge.relay-from, secret: a, key: b}] | is set by smtpEdge",
      })
  void isRefusedWithAClearMessage(String values, String message) {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> Chart.render(Chart.TRIAL, values))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "kafka: {bootstrapServers: 'kafka'} | kafka.bootstrapServers = \"kafka\" (expected: host:port",
        "settings: {gatepost: {edge: {tls.bundle: mine}}} | is set by smtpEdge.tls.secret",
        "database: {url: 'postgres://p/g'} | (expected: jdbc:postgresql://host:port/name)",
      })
  void soIsWhatContradictsOtherValues(String values, String message) {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> Chart.render(Chart.PRODUCTION, values))
        .withMessageContaining(message);
  }

  /// Nothing is chosen for an operator that loses mail.
  @Test
  void withoutValuesNothingIsRendered() {
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> Chart.renderAlone(""));
  }

  @Test
  void itTakesNoMoreThanTheNameTheBrokerAndTheDatabase() {
    assertThatNoException()
        .isThrownBy(() ->
            Chart.renderAlone(
                """
                smtpEdge: {hostname: mail.example.org}
                kafka: {bootstrapServers: "[2001:db8::1]:9092"}
                database: {url: "jdbc:postgresql://[2001:db8::2]/gatepost"}
                """));
  }
}
