package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.routing.Destination.NextHop;
import java.util.List;

/// Opens connections.
interface Dialer {

  /// Tries the hops in order; in the end calls [SmtpDestination#connected] or
  /// [SmtpDestination#unreachable], once.
  void dial(SmtpDestination destination, List<NextHop> hops);
}
