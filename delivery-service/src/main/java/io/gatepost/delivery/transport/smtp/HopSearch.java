package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Search for a connection to a destination. It tries the hops in order until one takes mail (RFC
/// 5321 §5.1), and tells the destination how it ended, once.
final class HopSearch {

  /// Opens a connection to one hop; tells the dial how that went.
  interface Connector {
    void connect(NextHop hop, HopSearch search);
  }

  private final SmtpDestination destination;
  private final Connector connector;
  private final Iterator<NextHop> hops;
  private @Nullable HopFailure failure;
  private boolean isOfAllMail = true;

  HopSearch(SmtpDestination destination, List<NextHop> hops, Connector connector) {
    this.destination = destination;
    this.connector = connector;
    this.hops = hops.iterator();
  }

  SmtpDestination destination() {
    return destination;
  }

  /// Tries the next hop; where there is none, the destination cannot be reached.
  void next() {
    if (hops.hasNext()) {
      connector.connect(hops.next(), this);
    } else {
      destination.unreachable(end());
    }
  }

  /// Tries the same hop once more, on other terms.
  void again(NextHop hop) {
    connector.connect(hop, this);
  }

  /// A hop takes mail: the dial is over.
  void connected() {
    destination.connected();
  }

  /// A hop could not be reached, or does not want to talk. That it never takes mail is the
  /// destination's end only where every hop says so (RFC 7504 §3).
  void failed(NextHop hop, HopFailure why) {
    destination.avoid(hop);
    if (failure == null || why.reason() != Reason.NEXT_HOP_REFUSED) {
      failure = why;
    }
    isOfAllMail &= why instanceof HopFailure.Refusal refusal && refusal.isOfAllMail();
    next();
  }

  private HopFailure end() {
    return switch (failure) {
      case null -> new HopFailure.Unreachable(Reply.of(451, "4.4.1", "No next hop"));
      case HopFailure.Refusal refusal -> isOfAllMail ? refusal.everywhere() : refusal;
      case HopFailure.Unreachable unreachable -> unreachable;
    };
  }
}
