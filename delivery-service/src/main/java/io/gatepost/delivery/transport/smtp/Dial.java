package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import java.util.Iterator;
import java.util.List;

/// One search for a connection: tries a destination's hops in order until one takes mail (RFC 5321
/// §5.1), and tells the destination how it ended, once.
final class Dial {

  /// Opens a connection to one hop; tells the dial how that went.
  interface Connector {
    void connect(NextHop hop, Dial dial);
  }

  private final SmtpDestination destination;
  private final Connector connector;
  private final Iterator<NextHop> hops;
  private Reason reason = Reason.UNREACHABLE;
  private Reply reply = Reply.of(451, "4.4.1", "No next hop");

  Dial(SmtpDestination destination, List<NextHop> hops, Connector connector) {
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
      destination.unreachable(reason, reply);
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

  /// A hop could not be reached, or does not want to talk.
  void failed(NextHop hop, Reason why, Reply words) {
    destination.avoid(hop);
    reason = why;
    reply = words;
    next();
  }
}
