package io.gatepost.edge.listener;

import io.gatepost.contract.reply.Reply;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;

/// The write side of one session: replies in batches, no more of them than the client takes.
final class ReplyWriter {

  /// Replies are handed to the connection in batches of about this size, as they take memory until
  /// the client has them.
  private static final int BATCH_OCTETS = 4 * 1024;

  private final ChannelHandlerContext channel;
  private int unflushed;

  ReplyWriter(ChannelHandlerContext channel) {
    this.channel = channel;
  }

  /// Whether the client takes its replies.
  boolean isTaken() {
    return channel.channel().isWritable();
  }

  /// Whether one more reply may be written now. A client that does not read gets no more answers,
  /// as its replies would take our memory. Below TLS they are seen by the connection only once they
  /// are flushed.
  boolean mayWrite() {
    return isTaken() && unflushed < BATCH_OCTETS;
  }

  /// Writes a reply, to go out with the next [#flush].
  void write(Reply reply) {
    byte[] wire = reply.wire();
    unflushed += wire.length;
    channel.write(Unpooled.wrappedBuffer(wire), channel.voidPromise());
  }

  /// Sends all that is written.
  void flush() {
    channel.flush();
    unflushed = 0;
  }

  /// Sends the last reply, and closes the connection behind it.
  void writeLast(Reply reply) {
    closeBehind(reply.wire());
  }

  /// Closes the connection behind the replies that are written.
  void close() {
    closeBehind(new byte[0]);
  }

  private void closeBehind(byte[] last) {
    channel.writeAndFlush(Unpooled.wrappedBuffer(last)).addListener(ChannelFutureListener.CLOSE);
  }
}
