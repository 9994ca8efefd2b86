package io.gatepost.bench.scan;

import java.io.IOException;
import java.net.InetSocketAddress;

/// A scanner that runs until its group is killed.
public sealed interface ScanServer permits Clamd, NullScanner {

  /// Where it listens.
  InetSocketAddress address();

  /// How many messages it has scanned and found clean so far.
  long scans() throws IOException;
}
