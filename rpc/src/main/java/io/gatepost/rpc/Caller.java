package io.gatepost.rpc;

import java.util.Locale;

/// A process that calls services. routing-service and queue-service call nobody.
enum Caller {
  EDGE,
  DELIVERY,
  VERIFICATION,
  SCANNER,
  /// A person, by the command line.
  OPERATOR;

  /// Its name in keys, metrics and logs.
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
