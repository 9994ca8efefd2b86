package io.gatepost.log;

import java.io.IOException;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.springframework.boot.ssl.SslBundle;

/// A way to a broker: plain, or TLS with the trust that Kafka's clients are told.
///
/// @param protocol Kafka's name of it, such as `SASL_SSL`
/// @param tls absent where the way is plain
/// @param identification how the broker's name is checked; empty where it is not
record Wire(String protocol, Optional<SSLContext> tls, String identification) {

  /// Reads it from a client's settings. Throws a [org.apache.kafka.common.KafkaException], or
  /// [IllegalStateException], where a store or a certificate cannot be read.
  static Wire of(Map<String, Object> client) {
    Map<String, Object> parsed = new HashMap<>();
    for (ConfigDef.ConfigKey key : AdminClientConfig.configDef().configKeys().values()) {
      Object value = client.getOrDefault(key.name, key.defaultValue);
      if (value != ConfigDef.NO_DEFAULT_VALUE) {
        parsed.put(key.name, ConfigDef.parseType(key.name, value, key.type));
      }
    }
    String protocol = String.valueOf(parsed.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG));
    Object identification = parsed.get(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG);
    return new Wire(
        protocol,
        protocol.toUpperCase(java.util.Locale.ROOT).endsWith("SSL")
            ? Optional.of(context(client, parsed))
            : Optional.empty(),
        identification == null ? "" : String.valueOf(identification));
  }

  private static SSLContext context(Map<String, Object> client, Map<String, Object> parsed) {
    if (client.get(SslBundle.class.getName()) instanceof SslBundle bundle) {
      return bundle.createSslContext();
    }
    try (DefaultSslEngineFactory stores = new DefaultSslEngineFactory()) {
      stores.configure(parsed);
      return stores.sslContext();
    }
  }

  /// Returns the socket to speak through; TLS has been agreed on then.
  Socket over(Socket plain, String host, int port) throws IOException {
    if (tls.isEmpty()) {
      return plain;
    }
    SSLSocket secured =
        (SSLSocket) tls.get().getSocketFactory().createSocket(plain, host, port, true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(identification);
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }
}
