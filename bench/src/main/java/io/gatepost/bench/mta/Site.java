package io.gatepost.bench.mta;

import io.gatepost.bench.load.FillLoad;
import io.gatepost.bench.load.SmtpSource;
import io.gatepost.bench.load.Traffic;
import io.gatepost.bench.measure.ProcessGroup;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a system is to run.
///
/// @param directory its own, empty; for configuration, spool and log
/// @param group what its processes are to be started in
/// @param nextHop where mail to [SmtpSource#DOMAIN] goes
/// @param deadDestinations how many domains below [FillLoad#PARENT_DOMAIN] have next hops, each its
///   own, that nobody listens at
/// @param resolver whom it asks the DNS; empty for the machine's own
/// @param scanning who looks at its mail; empty for what the system does unless it is told
public record Site(
    Path directory,
    ProcessGroup group,
    InetSocketAddress nextHop,
    int deadDestinations,
    Optional<InetSocketAddress> resolver,
    Optional<Scanning> scanning) {

  /// Reserved port, on which only a benchmark may listen.
  public static final int DEAD_PORT = 1;

  private static final int HOSTS = 250;

  /// With the machine's own resolver, and no word on scanners.
  public Site(Path directory, ProcessGroup group, InetSocketAddress nextHop, int deadDestinations) {
    this(directory, group, nextHop, deadDestinations, Optional.empty(), Optional.empty());
  }

  /// The same with a resolver.
  public Site asking(InetSocketAddress server) {
    return new Site(directory, group, nextHop, deadDestinations, Optional.of(server), scanning);
  }

  /// The same with mail that is scanned, or is not.
  public Site scanning(Scanning how) {
    return new Site(directory, group, nextHop, deadDestinations, resolver, Optional.of(how));
  }

  /// Network of clients that may relay anywhere: that of Postfix's generator. Our own generators
  /// come from other addresses, as strangers.
  static final String OURS = "127.0.0.1/32";

  /// The domain that every system serves itself, with the one user [#USER].
  public static final String DOMAIN = Traffic.DOMAIN;

  public static final String USER = Traffic.USER;

  /// Where mail goes that is not for this host, a line for each domain, which is the way that both
  /// Gatepost's mailertable and Postfix's transport table are written.
  List<String> routes() {
    List<String> routes = new ArrayList<>();
    routes.add(route(SmtpSource.DOMAIN, nextHop.getAddress().getHostAddress(), nextHop.getPort()));
    for (int i = 0; i < deadDestinations; i++) {
      routes.add(route("d" + i + "." + FillLoad.PARENT_DOMAIN, deadHost(i), DEAD_PORT));
    }
    return routes;
  }

  /// The address of a dead destination, counted from 0.
  public static String deadHost(int number) {
    return "127.1.%d.%d".formatted(number / HOSTS, number % HOSTS + 1);
  }

  private static String route(String domain, String host, int port) {
    return "%s smtp:[%s]:%d".formatted(domain, host, port);
  }
}
