package io.gatepost.rpc;

import io.gatepost.contract.address.DomainName;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Keeps web pages away from a port on the loopback address: a browser on this machine can reach it
/// for any page that it shows. A page that lets its own name point here (DNS rebinding) is told by
/// `Host`, one that sends a request across sites by `Origin`; both get 403.
///
/// An IP address in `Host` is always good, as no name leads to it. So are `localhost`, what this
/// host calls itself, the names in `gatepost.rpc.*`, and those of `gatepost.rpc.hosts`. Actuator on
/// another address than loopback is for monitoring, under whatever name.
final class HostGuard implements WebFilter {

  private static final Pattern ADDRESS =
      Pattern.compile("\\[[0-9a-f:.%]+]|\\d{1,3}(\\.\\d{1,3}){3}", Pattern.CASE_INSENSITIVE);
  private static final Pattern PORT = Pattern.compile(":\\d*$");
  private static final byte[] REFUSAL =
      "Host or Origin is not this server's; see gatepost.rpc.hosts\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final Set<String> names;

  /// @param hostname what this host calls itself
  HostGuard(RpcProperties properties, DomainName hostname) {
    Set<String> known = new HashSet<>();
    known.add("localhost");
    known.add(hostname.text());
    Stream.of(
            properties.routing(),
            properties.verification(),
            properties.scanner(),
            properties.queue(),
            properties.delivery())
        .forEach(uri -> known.add(uri.getHost()));
    known.addAll(properties.hosts());
    names = new HashSet<>();
    known.forEach(name -> names.add(normal(name)));
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return isOurs(exchange.getRequest()) ? chain.filter(exchange) : refuse(exchange.getResponse());
  }

  private boolean isOurs(ServerHttpRequest request) {
    List<String> hosts = request.getHeaders().getOrEmpty(HttpHeaders.HOST);
    List<String> origins = request.getHeaders().getOrEmpty(HttpHeaders.ORIGIN);
    if (hosts.size() > 1) {
      return false;
    }
    // Browsers always send Host; a client without one (HTTP/1.0) is none.
    String host = hosts.isEmpty() ? "localhost" : hosts.getFirst();
    return (isKnown(host) || isMonitoring(request))
        && origins.stream().allMatch(origin -> isSame(origin, host));
  }

  private boolean isKnown(String host) {
    String name = PORT.matcher(host).replaceFirst("");
    return ADDRESS.matcher(name).matches() || names.contains(normal(name));
  }

  private static boolean isMonitoring(ServerHttpRequest request) {
    InetSocketAddress local = request.getLocalAddress();
    return RpcServerFilter.path(request).startsWith(RpcServerFilter.OPEN_PREFIX)
        && local != null
        && local.getAddress() != null
        && !local.getAddress().isLoopbackAddress();
  }

  /// Whether the page comes from this server, as seen by the browser.
  private static boolean isSame(String origin, String host) {
    return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
  }

  private static String normal(String name) {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static Mono<Void> refuse(ServerHttpResponse response) {
    response.setStatusCode(HttpStatus.FORBIDDEN);
    response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(REFUSAL)));
  }
}
