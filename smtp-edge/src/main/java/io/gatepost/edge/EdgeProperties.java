package io.gatepost.edge;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.SettingException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Settings of the SMTP conversation.
///
/// @param hostname what this host calls itself in greeting, EHLO and Received; by default the
///   machine's name
/// @param listen address and port of the SMTP listener, `127.0.0.1:2525`; port 0 is any free one
/// @param relayFrom networks whose clients may send anywhere
/// @param maxMessageSize the largest message, 64 KB to 1 GB; beyond it `552 5.3.4`
/// @param maxRecipients recipients of one message, 100 to 50000; beyond it `452 4.5.3`
/// @param postmaster who is meant by `RCPT TO:<postmaster>` without a domain
/// @param inlineThreshold a message up to this size travels in the log record; beyond it in the
///   content store; 4 KB to 1 MB
/// @param contentMemory what all messages that are being received may take in memory together
/// @param maxErrors wrong commands after which a session is closed
/// @param idleTimeout how long a client may be silent
/// @param verifyTimeout how long a client waits for the answer to RCPT
/// @param scanTimeout how long a client waits for the scanner
/// @param queueTimeout how long a client waits for the log
@ConfigurationProperties(prefix = "gatepost.edge", ignoreUnknownFields = false)
public record EdgeProperties(
    @DefaultValue("") String hostname,
    @DefaultValue("127.0.0.1:2525") String listen,
    @DefaultValue({"127.0.0.0/8", "::1/128"}) List<String> relayFrom,
    @DefaultValue("50MB") DataSize maxMessageSize,
    @DefaultValue("1000") int maxRecipients,
    @DefaultValue("postmaster@example.test") String postmaster,
    @DefaultValue("64KB") DataSize inlineThreshold,
    @DefaultValue("64MB") DataSize contentMemory,
    @DefaultValue("20") int maxErrors,
    @DefaultValue("5m") Duration idleTimeout,
    @DefaultValue("20s") Duration verifyTimeout,
    @DefaultValue("30s") Duration scanTimeout,
    @DefaultValue("15s") Duration queueTimeout) {

  public EdgeProperties {
    between("max-message-size", maxMessageSize, DataSize.ofKilobytes(64), DataSize.ofGigabytes(1));
    between("inline-threshold", inlineThreshold, DataSize.ofKilobytes(4), DataSize.ofMegabytes(1));
    between("content-memory", contentMemory, DataSize.ofMegabytes(1), DataSize.ofGigabytes(64));
    if (maxRecipients < 100 || maxRecipients > 50_000) {
      throw new SettingException("gatepost.edge.max-recipients", maxRecipients, "100 to 50000");
    }
    if (maxErrors < 1) {
      throw new SettingException("gatepost.edge.max-errors", maxErrors, "1 or more");
    }
    positive("idle-timeout", idleTimeout);
    positive("verify-timeout", verifyTimeout);
    positive("scan-timeout", scanTimeout);
    positive("queue-timeout", queueTimeout);
    hostname = hostname.isBlank() ? MachineName.get() : domain(hostname);
  }

  /// Where to listen; throws [SettingException] where the setting is no address and port.
  InetSocketAddress listenAddress() {
    int colon = listen.lastIndexOf(':');
    try {
      if (colon > 0) {
        String host = listen.substring(0, colon).replaceAll("^\\[|]$", "");
        InetSocketAddress address =
            new InetSocketAddress(host, Integer.parseInt(listen.substring(colon + 1)));
        if (!address.isUnresolved()) {
          return address;
        }
      }
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "gatepost.edge.listen", listen, "address:port such as 127.0.0.1:2525");
    }
    throw new SettingException(
        "gatepost.edge.listen", listen, "address:port such as 127.0.0.1:2525");
  }

  /// The postmaster's address; throws [SettingException] where the setting is none.
  ForwardPath postmasterAddress() {
    try {
      return ForwardPath.of(postmaster);
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "gatepost.edge.postmaster", postmaster, "an address such as postmaster@example.test");
    }
  }

  private static String domain(String hostname) {
    try {
      return DomainName.of(hostname.strip()).text();
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "gatepost.edge.hostname", hostname, "a host name such as mail.example.test");
    }
  }

  private static void between(String key, DataSize value, DataSize least, DataSize most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new SettingException("gatepost.edge." + key, value, least + " to " + most);
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new SettingException("gatepost.edge." + key, value, "a duration above zero");
    }
  }
}
