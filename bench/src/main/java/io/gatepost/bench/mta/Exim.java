package io.gatepost.bench.mta;

import io.gatepost.bench.load.DebianPackages;
import io.gatepost.bench.load.Greeting;
import io.gatepost.bench.load.Programs;
import io.gatepost.bench.load.SmtpSource;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Exim as it is packaged, unpacked beside the packages that it conflicts with. Its limits on
/// connections, and on messages of a connection, are raised, names of clients are not looked up,
/// nobody asks for TLS.
///
/// @param cache where the packages are unpacked, and stay; those with scanning beside it
/// @param work what it does: asks next hops about recipients, asks scanners, or hands messages on
///   while they come in
public record Exim(Path cache, Work work) implements MailSystem {

  public static final String NAME = "exim";

  /// The last lets it run without the user that its installation would make.
  private static final List<String> PACKAGES =
      List.of("exim4-daemon-light", "exim4-base", "libnss-wrapper");

  /// The light one asks no scanners.
  private static final List<String> PACKAGES_WITH_SCANNING =
      List.of("exim4-daemon-heavy", "exim4-base", "libnss-wrapper");

  private static final String PROGRAM = "usr/sbin/exim4";

  /// The user of the package, who has to be known at start.
  private static final String PACKAGED_USER = "Debian-exim";

  private static final String USER = "nobody";

  private static final String CONFIG =
      """
      exim_path = %7$s
      primary_hostname = exim.test
      spool_directory = %1$s/spool
      log_file_path = %1$s/log/%%slog
      pid_file_path = %1$s/spool/exim.pid
      exim_user = %2$s
      local_interfaces = 127.0.0.1
      daemon_smtp_ports = %3$d
      smtp_accept_max = 6000
      smtp_connect_backlog = 1024
      host_lookup =
      rfc1413_query_timeout = 0s
      tls_advertise_hosts =
      keep_environment = ^LD_ : ^NSS_WRAPPER_
      smtp_accept_max_per_connection = 0
      smtp_accept_queue_per_connection = 0
      acl_smtp_rcpt = check_rcpt
      %8$s

      begin acl
      check_rcpt:
        deny ! domains = %4$s
        require verify = %9$s
        %11$s
        accept
      %10$s

      begin routers
      hop:
        driver = manualroute
        domains = %4$s
        route_list = * %5$s byname
        self = send
        transport = hop

      begin transports
      hop:
        driver = smtp
        port = %6$d
        hosts_avoid_tls = *

      begin retry
      * * F,2h,15m
      """;

  /// Before the ACLs, where mail is scanned.
  private static final String SCANNER =
      """
      av_scanner = clamd:%1$s %2$d
      acl_smtp_data = check_data
      """;

  /// Among the ACLs.
  private static final String CHECK_DATA =
      """
      check_data:
        deny malware = *
        accept
      """;

  /// The one that is measured at callouts.
  public Exim(Path cache) {
    this(cache, Work.CALLOUT);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> obstacle(Work work) {
    return switch (work) {
      case CALLOUT, SCAN, EARLY ->
          Programs.isRoot()
              ? new Exim(cache, work).unpack()
              : Optional.of("is only started by root");
      case RELAY, REJECT, LISTS, MIX, IDLE, QUEUE ->
          Optional.of("is measured at callouts, scans and early delivery only");
    };
  }

  @Override
  public MailSystem setUpFor(Work work) {
    return new Exim(cache, work);
  }

  /// Whether it can ask scanners.
  private boolean scans() {
    return work == Work.SCAN;
  }

  private Path root() {
    return scans() ? cache.resolveSibling(cache.getFileName() + "-heavy") : cache;
  }

  private Optional<String> unpack() {
    try {
      DebianPackages.unpack(scans() ? PACKAGES_WITH_SCANNING : PACKAGES, root());
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("cannot be unpacked: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  @Override
  public boolean warmsUp() {
    return false;
  }

  @Override
  public RunningSystem start(Site site) throws IOException, InterruptedException {
    InetSocketAddress smtp =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    Path config = configure(site, smtp.getPort());
    Path output = site.directory().resolve("output");
    // Without its setuid bit: with it the libraries beside it are not found by what it starts again
    // as its user, who may do all that is done here.
    Files.setPosixFilePermissions(
        root().resolve(PROGRAM), PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder builder =
        new ProcessBuilder(root().resolve(PROGRAM).toString(), "-C", config.toString(), "-bdf")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Path libraries = libraries();
    // A package may have its library right below.
    builder.environment().put("LD_LIBRARY_PATH", libraries + ":" + root().resolve("usr/lib"));
    builder.environment().put("LD_PRELOAD", libraries.resolve("libnss_wrapper.so").toString());
    builder.environment().put("NSS_WRAPPER_PASSWD", users(site, "passwd", "::/:/bin/false"));
    builder.environment().put("NSS_WRAPPER_GROUP", users(site, "group", ""));
    Process process = site.group().start(builder);
    try {
      Greeting.await(smtp, process::isAlive);
    } catch (IOException e) {
      throw new IOException(
          "Exim does not start: " + Files.readString(output, StandardCharsets.ISO_8859_1), e);
    }
    return new RunningSystem(smtp, Optional.empty(), site);
  }

  private Path libraries() throws IOException {
    try (Stream<Path> all = Files.walk(root())) {
      return all.filter(file -> file.endsWith("libnss_wrapper.so"))
          .map(Path::getParent)
          .findFirst()
          .orElseThrow(() -> new IOException("no libnss_wrapper.so below " + root()));
    }
  }

  /// The machine's users or groups, with the package's.
  ///
  /// @param rest of the line after the number
  private static String users(Site site, String name, String rest) throws IOException {
    Path file = site.directory().resolve(name);
    Files.copy(Path.of("/etc", name), file);
    String number = Files.getAttribute(site.directory().resolve("spool"), "unix:uid").toString();
    Files.writeString(
        file,
        "%s:x:%s:%s%n"
            .formatted(PACKAGED_USER, number, name.equals("passwd") ? number + rest : rest),
        StandardOpenOption.APPEND);
    return file.toString();
  }

  private Path configure(Site site, int port) throws IOException {
    Path config = site.directory().resolve("exim.conf");
    for (String name : List.of("spool", "log")) {
      Path directory = Files.createDirectory(site.directory().resolve(name));
      Files.setAttribute(
          directory,
          "posix:owner",
          directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
    }
    Optional<InetSocketAddress> clamd = site.scanning().flatMap(Scanning::clamd);
    Files.writeString(
        config,
        CONFIG.formatted(
            site.directory(),
            USER,
            port,
            SmtpSource.DOMAIN,
            site.nextHop().getAddress().getHostAddress(),
            site.nextHop().getPort(),
            root().resolve(PROGRAM),
            clamd
                .map(at -> SCANNER.formatted(at.getAddress().getHostAddress(), at.getPort()))
                .orElse(""),
            work == Work.CALLOUT ? "recipient/callout" : "recipient",
            clamd.isPresent() ? CHECK_DATA : "",
            work == Work.EARLY ? "warn control = cutthrough_delivery" : ""));
    return config;
  }
}
