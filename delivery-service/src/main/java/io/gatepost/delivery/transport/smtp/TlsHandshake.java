package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.routing.Destination.NextHop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Encrypts a connection to a next hop.
final class TlsHandshake {

  private static final Logger log = LoggerFactory.getLogger(TlsHandshake.class);

  private TlsHandshake() {}

  /// Begins the handshake, on the connection's event loop.
  static Future<Channel> start(
      ChannelHandlerContext channel,
      HopTerms.Agreed agreed,
      NextHop hop,
      Duration timeout,
      TlsMeters meters) {
    SslHandler tls =
        agreed
            .ssl()
            .orElseThrow(() -> new IllegalStateException("STARTTLS without a context"))
            .newHandler(channel.alloc(), plainName(agreed.name()), hop.port());
    tls.setHandshakeTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    channel.pipeline().addBefore(channel.name(), "tls", tls);
    return tls.handshakeFuture()
        .addListener(handshake -> {
          if (handshake.isSuccess()) {
            var session = tls.engine().getSession();
            log.debug("TLS with {}: {} {}", hop, session.getProtocol(), session.getCipherSuite());
            meters.agreed(session);
          }
        });
  }

  /// An address literal without its brackets.
  private static String plainName(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
