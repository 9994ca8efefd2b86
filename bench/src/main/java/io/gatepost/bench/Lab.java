package io.gatepost.bench;

import io.gatepost.bench.dns.NameServers;
import io.gatepost.bench.load.SmtpSink;
import io.gatepost.bench.measure.Meter;
import io.gatepost.bench.measure.ProcessGroup;
import io.gatepost.bench.measure.ProcessGroups;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Site;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The place of one benchmark: its directory and its processes, both of which are gone when it
/// ends, however it ends.
final class Lab implements AutoCloseable {

  private final Path directory;
  private final boolean keep;
  private final ProcessGroups groups;
  private final ProcessGroup load;
  private final ProcessGroup nextHops;
  private final ProcessGroup nameServers;
  private final ProcessGroup scanners;
  private final ProcessGroup helpers;
  private final Meter meter;
  private final Thread hook = new Thread(this::clear, "clear");
  private @Nullable SmtpSink sink;
  private int started;

  private Lab(Path directory, boolean keep) throws IOException {
    this.directory = directory;
    this.keep = keep;
    this.groups = ProcessGroups.open();
    this.load = groups.group("load");
    this.nextHops = groups.group("next-hops");
    this.nameServers = groups.group("name-servers");
    this.scanners = groups.group("scanners");
    this.helpers = groups.group("helpers");
    this.meter = new Meter(List.of(load, nextHops, nameServers, scanners, helpers));
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// Sets one up.
  static Lab open(BenchOptions options) throws IOException {
    Path directory = Files.createTempDirectory(options.directory(), "gatepost-bench-");
    // Postfix works under several users.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Lab lab = new Lab(directory.toRealPath(), options.keep());
    String disk = Files.getFileStore(directory).type();
    say(
        "%d cores, %s, spools on %s; %s; %s",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version"),
        disk,
        lab.groups.description(),
        lab.meter.description());
    if (disk.equals("tmpfs")) {
      say("spools in memory make sync calls free: --dir names a directory on a disk");
    }
    return lab;
  }

  /// Says on standard error how far the benchmark is.
  static void say(String format, Object... arguments) {
    System.err.println("bench: " + String.format(java.util.Locale.ROOT, format, arguments));
  }

  /// The process group of generators and sinks.
  ProcessGroup load() {
    return load;
  }

  /// The groups that next hops of ours are started in, so that their CPU time stands apart from the
  /// generator's.
  ProcessGroup nextHops() {
    return nextHops;
  }

  /// The group that the DNS is started in.
  ProcessGroup nameServers() {
    return nameServers;
  }

  /// The group that scanners are started in.
  ProcessGroup scanners() {
    return scanners;
  }

  /// The group of what stands between a system and a scanner.
  ProcessGroup helpers() {
    return helpers;
  }

  /// An empty directory.
  Path place(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name + "-" + ++started));
  }

  /// Starts the DNS with a resolver that knows nothing yet.
  NameServers dns(NameServers.Lists lists) throws IOException, InterruptedException {
    Path place = place("dns");
    Path home = Path.of(System.getProperty("gatepost.home", "."));
    return NameServers.start(nameServers, place, home.resolve("bench/target"), lists);
  }

  Meter meter() {
    return meter;
  }

  /// The next hop of all systems.
  SmtpSink sink() throws IOException, InterruptedException {
    if (sink == null) {
      sink = SmtpSink.start(load, directory);
    }
    return sink;
  }

  /// Starts a system in a directory of its own.
  ///
  /// @param nextHop where it hands on mail
  RunningSystem start(MailSystem system, InetSocketAddress nextHop)
      throws IOException, InterruptedException {
    say("starting %s", system.name());
    return system.start(site(system, nextHop, 0));
  }

  /// A place for a system.
  Site site(MailSystem system, InetSocketAddress nextHop, int deadDestinations) throws IOException {
    return new Site(place(system.name()), groups.group(system.name()), nextHop, deadDestinations);
  }

  /// A next hop for one system only.
  SmtpSink ownSink() throws IOException, InterruptedException {
    return SmtpSink.start(load, directory);
  }

  /// The next hop that comes up at an address after its time.
  SmtpSink lateSink(InetSocketAddress address) throws IOException, InterruptedException {
    return SmtpSink.start(load, directory, address);
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    clear();
  }

  private void clear() {
    try {
      groups.close();
      if (keep) {
        say("left in %s", directory);
      } else {
        remove(directory);
      }
    } catch (IOException e) {
      say("%s cannot be cleared: %s", directory, e);
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
