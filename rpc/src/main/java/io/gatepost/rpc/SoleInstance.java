package io.gatepost.rpc;

import io.gatepost.contract.setting.SettingUnavailableException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Stops the start of a service of which there may be one only, where its name already has another
/// address besides one of this host's: two would each have a part of the content, or of what is
/// known of destinations. A name that cannot be looked up stops nothing.
public final class SoleInstance {

  private static final Logger log = LoggerFactory.getLogger(SoleInstance.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private SoleInstance() {}

  /// Looks the service's name up. Throws [SettingException] where there is another.
  public static SoleInstance of(Service service, RpcProperties properties) {
    try (SystemLookup lookup = new SystemLookup()) {
      return of(service, service.base(properties), lookup);
    }
  }

  static SoleInstance of(Service service, URI base, AddressLookup lookup) {
    String host = base.getHost();
    if (RpcClients.isAddress(host)) {
      return new SoleInstance();
    }
    List<InetAddress> addresses =
        lookup
            .addresses(host)
            .timeout(PATIENCE)
            .onErrorResume(error -> {
              log.info("{} is not known yet: {}", host, error.getMessage());
              return Mono.just(List.of());
            })
            .map(Instances::oneFamily)
            .blockOptional()
            .orElse(List.of());
    if (addresses.size() > 1 && addresses.stream().anyMatch(SoleInstance::isOurs)) {
      throw new SettingUnavailableException(
          "gatepost.rpc." + service.text(),
          base + " at " + Instances.names(addresses),
          "a name with one address, as there may be one " + service.text() + "-service only");
    }
    return new SoleInstance();
  }

  private static boolean isOurs(InetAddress address) {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.bind(new InetSocketAddress(address, 0));
      return true;
    } catch (SocketException e) {
      return false; // no address of this host
    }
  }
}
