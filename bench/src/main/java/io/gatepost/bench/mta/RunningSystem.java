package io.gatepost.bench.mta;

import io.gatepost.bench.measure.ProcessGroup;
import java.net.InetSocketAddress;

/// A system that takes mail.
///
/// @param smtp where it listens
/// @param group its processes
public record RunningSystem(InetSocketAddress smtp, ProcessGroup group) implements AutoCloseable {

  /// Kills it: it is not needed any more, and its spool goes with it.
  @Override
  public void close() {
    group.kill();
  }
}
