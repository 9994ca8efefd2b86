package io.gatepost.bench.mta;

import io.gatepost.bench.measure.ProcessGroup;
import java.net.InetSocketAddress;
import java.util.Optional;

/// A system that takes mail.
///
/// @param smtp where it listens
/// @param http where it tells its metrics, if it does
/// @param site where it runs
public record RunningSystem(InetSocketAddress smtp, Optional<InetSocketAddress> http, Site site)
    implements AutoCloseable {

  /// Its processes.
  public ProcessGroup group() {
    return site.group();
  }

  /// Kills it: it is not needed any more, and its spool goes with it.
  @Override
  public void close() {
    group().kill();
  }
}
