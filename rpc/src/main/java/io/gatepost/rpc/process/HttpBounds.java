package io.gatepost.rpc.process;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
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

  @Bean
  WebServerFactoryCustomizer<NettyReactiveWebServerFactory> boundedHttp(HttpProperties properties) {
    return factory ->
        factory.addServerCustomizers(
            server -> bounded(server, properties.idleTimeout(), properties.connections()));
  }

  /// A server that closes connections which are idle, and those beyond a number as they come.
  static HttpServer bounded(HttpServer server, Duration idle, int most) {
    AtomicInteger open = new AtomicInteger();
    return server.idleTimeout(idle).doOnChannelInit((_, channel, _) -> admit(channel, open, most));
  }

  private static void admit(Channel channel, AtomicInteger open, int most) {
    channel.closeFuture().addListener(_ -> open.decrementAndGet());
    if (open.incrementAndGet() > most) {
      channel.close();
    }
  }
}
