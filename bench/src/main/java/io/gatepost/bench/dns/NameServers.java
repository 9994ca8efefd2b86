package io.gatepost.bench.dns;

import io.gatepost.bench.load.DebianPackages;
import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.load.Programs;
import io.gatepost.bench.measure.ProcessGroup;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// NSD with the zones, [DelayRelay] before it, and Unbound as the resolver of the mail system. The
/// resolver knows nothing when it starts.
public final class NameServers implements AutoCloseable {

  /// How far away the lists are.
  ///
  /// @param delayMillis how long an answer of theirs takes
  /// @param isOneSilent whether the second list never answers
  public record Lists(int delayMillis, boolean isOneSilent) {}

  private static final int DNS_PORT = 53;

  private static final String NSD =
      """
      server:
        ip-address: 127.0.0.1@%2$d
        username: ""
        chroot: ""
        zonesdir: "%1$s"
        database: ""
        pidfile: "%1$s/nsd.pid"
        xfrdfile: "%1$s/xfrd.state"
        zonelistfile: "%1$s/zone.list"
        server-count: 1
        rrl-ratelimit: 0
      remote-control:
        control-enable: no
      zone:
        name: %3$s
        zonefile: zone
      """;

  /// Names in `example.` exist for once. No other name is asked for outside of this machine.
  private static final String UNBOUND =
      """
      server:
        interface: %2$s@%3$d
        directory: "%1$s"
        pidfile: "%1$s/unbound.pid"
        chroot: ""
        username: ""
        use-syslog: no
        do-ip6: no
        module-config: "iterator"
        do-not-query-localhost: no
        local-zone: "example." nodefault
      %5$s
      remote-control:
        control-enable: no
      forward-zone:
        name: "."
        forward-addr: 127.0.0.1@%4$d
      """;

  private final ProcessGroup group;
  private final LoadProcess relay;
  private final InetSocketAddress resolver;

  private NameServers(ProcessGroup group, LoadProcess relay, InetSocketAddress resolver) {
    this.group = group;
    this.relay = relay;
    this.resolver = resolver;
  }

  /// Starts them, and returns when a list answers.
  ///
  /// @param group theirs alone
  /// @param directory empty; for configurations and logs
  /// @param packages where programs that are not installed are unpacked, and stay
  public static NameServers start(ProcessGroup group, Path directory, Path packages, Lists lists)
      throws IOException, InterruptedException {
    Files.write(directory.resolve("zone"), ListZones.text());
    int authority = FreePort.find();
    InetSocketAddress before =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    InetSocketAddress resolver = resolverAddress();
    run(group, directory, packages, "nsd", NSD.formatted(directory, authority, ListZones.NAME));
    LoadProcess relay = LoadProcess.start(group, DelayRelay.class, before);
    relay.order(DelayRelay.Aim.class, authority, lists.delayMillis());
    Process unbound =
        run(
            group,
            directory,
            packages,
            "unbound",
            UNBOUND.formatted(
                directory,
                resolver.getAddress().getHostAddress(),
                resolver.getPort(),
                before.getPort(),
                lists.isOneSilent() ? "  local-zone: \"" + ListZones.SILENT + ".\" deny" : ""));
    if (!Question.isAnswered(resolver, ListZones.TEST_ENTRY, unbound::isAlive)) {
      throw new IOException("the name servers do not answer:\n" + logs(directory));
    }
    return new NameServers(group, relay, resolver);
  }

  /// The resolver that the mail system asks.
  public InetSocketAddress resolver() {
    return resolver;
  }

  @Override
  public void close() {
    relay.close();
    group.kill();
  }

  /// An address with no other resolver. Programs that read `resolv.conf` always ask port 53, where
  /// only root may listen.
  private static InetSocketAddress resolverAddress() throws IOException {
    if (!Programs.isRoot()) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    }
    long pid = ProcessHandle.current().pid();
    byte[] address = {127, 53, (byte) (pid >> 8), (byte) pid};
    return new InetSocketAddress(InetAddress.getByAddress(address), DNS_PORT);
  }

  private static Process run(
      ProcessGroup group, Path directory, Path packages, String name, String configuration)
      throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve(name + ".conf"), configuration);
    String program = Programs.find(name);
    List<String> command = new ArrayList<>();
    if (!Programs.isInstalled(name)) {
      Path root = packages.resolve(name);
      DebianPackages.unpack(List.of(name), root);
      command.addAll(List.of("env", "LD_LIBRARY_PATH=" + libraries(root)));
      program = root.resolve("usr/sbin").resolve(name).toString();
    }
    command.addAll(List.of(program, "-d", "-c", file.toString()));
    return group.start(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile()));
  }

  private static String libraries(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root.resolve("usr"))) {
      return all.filter(NameServers::holdsLibraries)
          .map(Path::toString)
          .collect(Collectors.joining(":"));
    }
  }

  private static boolean holdsLibraries(Path directory) {
    String[] files = directory.toFile().list((_, name) -> name.contains(".so"));
    return files != null && files.length > 0;
  }

  private static String logs(Path directory) throws IOException {
    return Files.readString(directory.resolve("nsd.log"))
        + Files.readString(directory.resolve("unbound.log"));
  }
}
