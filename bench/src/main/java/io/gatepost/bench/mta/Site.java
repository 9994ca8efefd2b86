package io.gatepost.bench.mta;

import io.gatepost.bench.measure.ProcessGroup;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/// Where a system is to run.
///
/// @param directory its own, empty; for configuration, spool and log
/// @param group what its processes are to be started in
/// @param nextHop where mail to [io.gatepost.bench.load.SmtpSource#DOMAIN] goes
public record Site(Path directory, ProcessGroup group, InetSocketAddress nextHop) {

  /// Whose mail is relayed anywhere: that of Postfix's generator. Our own generators come from
  /// other addresses, as strangers.
  static final String OURS = "127.0.0.1/32";

  /// The domain that every system serves itself, with the one user [#USER].
  public static final String DOMAIN = "example.test";

  public static final String USER = "alice";
}
