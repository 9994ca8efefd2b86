package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection until it takes mail: its TLS, and what the search for a hop is told of it, once.
/// For the connection's event loop.
final class HopOpening {

  private static final Logger log = LoggerFactory.getLogger(HopOpening.class);

  private final HopSearch search;
  private final NextHop hop;
  private final HopTerms.Agreed agreed;
  private final Equipment equipment;
  private boolean isInjected;

  HopOpening(HopSearch search, NextHop hop, HopTerms.Agreed agreed, Equipment equipment) {
    this.search = search;
    this.hop = hop;
    this.agreed = agreed;
    this.equipment = equipment;
  }

  /// The hop takes mail.
  void succeeded() {
    search.connected();
  }

  /// The host is there but takes no mail from us, now or ever.
  void refused(ProbeAnswer.Stage at, Reason reason, Reply reply) {
    search.failed(hop, new HopFailure.Refusal(hop, at, reason, reply));
  }

  /// The connection has broken outside the handshake.
  ///
  /// @param isTlsUnproven whether nothing has come through its encryption yet
  /// @param lost why it broke
  void broke(boolean isTlsUnproven, Reply lost) {
    if (isTlsUnproven) {
      tlsFailed(Reply.of(451, "4.7.5", "TLS with " + hop + " broke: " + lost.lines().getFirst()));
    } else {
      search.failed(hop, new HopFailure.Unreachable(lost));
    }
  }

  /// Encrypts the connection.
  Future<Channel> startTls(ChannelHandlerContext channel) {
    return TlsHandshake.start(
        channel, agreed, hop, equipment.timeouts().connect(), equipment.tlsMeters());
  }

  /// Octets have come behind the reply to STARTTLS, which anybody could have put there (RFC 3207
  /// §5).
  ///
  /// @return why the connection is closed
  Reply injected() {
    isInjected = true;
    return Reply.of(451, "4.7.0", hop + " went on in the clear after STARTTLS");
  }

  /// The handshake has failed.
  ///
  /// @param known why the connection is being closed already
  /// @return why it is closed
  Reply handshakeFailed(Throwable error, Reply known) {
    return isInjected
        ? known
        : Reply.of(451, "4.7.5", "TLS with " + hop + " failed: " + error.getMessage());
  }

  /// The connection has ended for its TLS: tries the hop in the clear, where that is allowed.
  void tlsFailed(Reply lost) {
    equipment.tlsMeters().failed();
    if (!isInjected && equipment.hopTerms().tlsFailed(search.destination().exchangersOf(), hop)) {
      log.info("{}; trying in the clear", lost);
      search.again(hop);
    } else {
      log.warn("{}; not trying in the clear", lost);
      search.failed(
          hop,
          new HopFailure.Refusal(hop, ProbeAnswer.Stage.SECURITY, Reason.NEXT_HOP_DEFERRED, lost));
    }
  }
}
