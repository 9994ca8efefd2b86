package io.gatepost.edge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;

/// A channel in memory that has addresses as a socket has.
final class SocketlessChannel extends EmbeddedChannel {

  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 25);

  /// A client that takes no more replies, or takes them again.
  void takes(boolean replies) {
    unsafe().outboundBuffer().setUserDefinedWritability(1, replies);
    runPendingTasks();
  }

  /// Returns the text sent since the last call.
  String heard() {
    StringBuilder heard = new StringBuilder();
    for (ByteBuf buffer = readOutbound(); buffer != null; buffer = readOutbound()) {
      heard.append(buffer.toString(StandardCharsets.US_ASCII));
      buffer.release();
    }
    return heard.toString();
  }

  @Override
  protected SocketAddress localAddress0() {
    return ADDRESS;
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return ADDRESS;
  }
}
