package io.gatepost.edge.listener;

import io.gatepost.edge.dialogue.Client;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.SharedQuota;
import io.gatepost.edge.tls.TlsContexts;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/// TLS of one session: its place among all connections in TLS, the handshake, and the identity that
/// the client's certificate proves.
final class TlsUpgrade {

  private final SharedQuota places;
  private final TlsContexts contexts;

  private TlsUpgrade(SharedQuota places, TlsContexts contexts) {
    this.places = places;
    this.contexts = contexts;
  }

  /// Takes a place among the connections in TLS, until [#release]; empty where there is none.
  static Optional<TlsUpgrade> reserve(SessionServices services, ClientClass clientClass) {
    SharedQuota places = services.shared().tls();
    return places.take(1, clientClass)
        ? Optional.of(new TlsUpgrade(places, services.tls().orElseThrow()))
        : Optional.empty();
  }

  /// The connection is closed.
  void release() {
    places.give(1);
  }

  /// Starts the handshake. Octets that have come already are only there behind a PROXY header: the
  /// beginning of the client's TLS came with it.
  void start(ChannelHandlerContext channel, SessionInput input) {
    channel.pipeline().addFirst(contexts.handler());
    if (input.lines().size() > 0) {
      channel.pipeline().fireChannelRead(input.takeAll()).fireChannelReadComplete();
    }
  }

  /// Tells who the client is: TLS is on.
  void identify(ChannelHandlerContext channel, Client client) {
    SSLSession tls = session(channel);
    client.encrypted(tls.getProtocol() + " " + tls.getCipherSuite());
    contexts.relay(tls).ifPresent(client::identifiedAsRelay);
  }

  /// Whether the client may still listen after its close_notify. Before TLS 1.3 the answer to it is
  /// another, and replies are discarded (RFC 5246 §7.2.1, RFC 8446 §6.1).
  static boolean closesByHalf(ChannelHandlerContext channel) {
    return session(channel).getProtocol().equals("TLSv1.3");
  }

  private static SSLSession session(ChannelHandlerContext channel) {
    return channel.pipeline().get(SslHandler.class).engine().getSession();
  }
}
