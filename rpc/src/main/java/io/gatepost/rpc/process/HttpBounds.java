package io.gatepost.rpc.process;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.server.HttpServer;

/// Bounds of a process's HTTP side: how long a connection may be idle, and how many there may be.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpProperties.class)
public class HttpBounds {

  private static final Logger log = LoggerFactory.getLogger(HttpBounds.class);

  /// Connections that are closed as they come are told of once a second at most.
  private static final long PAUSE_NANOS = 1_000_000_000;

  @Bean
  WebServerFactoryCustomizer<NettyReactiveWebServerFactory> boundedHttp(HttpProperties properties) {
    return factory ->
        factory.addServerCustomizers(
            server -> bounded(server, properties.idleTimeout(), properties.connections()));
  }

  /// A server that closes connections which are idle, and those beyond a number as they come.
  static HttpServer bounded(HttpServer server, Duration idle, int most) {
    OpenConnections open = new OpenConnections(most);
    AtomicLong toldAt = new AtomicLong(System.nanoTime() - PAUSE_NANOS);
    return server
        .idleTimeout(idle)
        .doOnChannelInit((_, channel, remote) -> admit(channel, host(remote), open, toldAt));
  }

  private static InetAddress host(@Nullable SocketAddress remote) {
    return remote instanceof InetSocketAddress peer && peer.getAddress() != null
        ? peer.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  private static void admit(
      Channel channel, InetAddress host, OpenConnections open, AtomicLong toldAt) {
    channel.closeFuture().addListener(_ -> open.ended(host));
    if (open.admits(host)) {
      return;
    }
    channel.close();
    long now = System.nanoTime();
    long last = toldAt.get();
    if (now - last >= PAUSE_NANOS && toldAt.compareAndSet(last, now)) {
      log.warn("connection of {} closed: too many (gatepost.http.max-connections)", host);
    }
  }
}
