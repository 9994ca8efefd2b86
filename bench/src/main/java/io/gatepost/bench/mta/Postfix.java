package io.gatepost.bench.mta;

import io.gatepost.bench.dns.ListZones;
import io.gatepost.bench.load.FillLoad;
import io.gatepost.bench.load.Greeting;
import io.gatepost.bench.load.Programs;
import io.gatepost.bench.load.SmtpSource;
import io.gatepost.bench.load.Traffic;
import io.gatepost.bench.measure.ProcessTree;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Postfix as it is packaged, with its defaults for durability and delivery. Its limits on
/// processes and connections are raised, names of clients are not looked up, and it looks at what
/// it has deferred when it is told to only.
///
/// @param parameters further lines of `main.cf`
/// @param front lines of `master.cf` for what clients connect to
public record Postfix(List<String> parameters, String front) implements MailSystem {

  public static final String NAME = "postfix";

  private static final String MAIN =
      """
      compatibility_level = 3.6
      queue_directory = %1$s/spool
      data_directory = %1$s/lib
      maillog_file_prefixes = %1$s
      maillog_file = %1$s/log
      import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C %2$s
      myhostname = postfix.test
      mydestination = %3$s
      local_recipient_maps = inline:{%4$s=x}
      alias_maps =
      alias_database =
      mynetworks = %7$s
      relay_domains = %5$s, %8$s
      inet_interfaces = 127.0.0.1
      inet_protocols = ipv4
      smtpd_peername_lookup = no
      transport_maps = texthash:%1$s/transport
      default_process_limit = %6$d
      smtpd_client_connection_count_limit = 0
      smtpd_client_connection_rate_limit = 0
      smtpd_timeout = 3600s
      queue_run_delay = 3600s
      minimal_backoff_time = 3600s
      maximal_backoff_time = 7200s
      smtpd_tls_security_level = none
      smtp_tls_security_level = none
      """;

  /// In front: the server that clients connect to.
  private static final String SMTPD =
      """
      127.0.0.1:%1$d inet n - %2$s - %3$d smtpd
      """;

  /// In front: one process that looks clients up in the lists, and hands on those that it lets
  /// pass.
  private static final String POSTSCREEN =
      """
      127.0.0.1:%1$d inet n - n - 1 postscreen
      smtpd pass - - %2$s - %3$d smtpd
      dnsblog unix - - %2$s - 0 dnsblog
      tlsproxy unix - - n - 0 tlsproxy
      """;

  private static final String MASTER =
      """
      virtual unix - n n - - virtual
      pickup unix n - n 60 1 pickup
      cleanup unix n - n - 0 cleanup
      qmgr unix n - n 300 1 qmgr
      tlsmgr unix - - n 1000? 1 tlsmgr
      rewrite unix - - n - - trivial-rewrite
      bounce unix - - n - 0 bounce
      defer unix - - n - 0 bounce
      trace unix - - n - 0 bounce
      verify unix - - n - 1 verify
      flush unix n - n 1000? 0 flush
      proxymap unix - - n - - proxymap
      proxywrite unix - - n - 1 proxymap
      smtp unix - - n - - smtp
      relay unix - - n - - smtp
      showq unix n - n - - showq
      error unix - - n - - error
      retry unix - - n - - error
      discard unix - - n - - discard
      local unix - n n - - local
      anvil unix - - n - 1 anvil
      scache unix - - n - 1 scache
      postlog unix-dgram n - n - 1 postlogd
      """;

  /// `in_flow_delay` keeps each session that ends after a recipient was taken for a second.
  private static final List<String> CALLOUTS =
      List.of(
          "smtpd_recipient_restrictions = reject_unverified_recipient",
          "unverified_recipient_reject_code = 550",
          "in_flow_delay = 0");

  private static final List<String> LISTS =
      List.of(
          "smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination, "
              + ListZones.ALL.stream()
                  .map(zone -> "reject_rbl_client " + zone)
                  .collect(Collectors.joining(", ")));

  /// The local domain's mail goes into maildirs, as Gatepost's does. The pause before the greeting
  /// is off, as it is with Gatepost. The limit on processes is also the backlog of the look-up
  /// daemons and the room in front of them: with less, postscreen cannot reach them at a high rate,
  /// lets listed clients pass, and sends others away.
  private static final List<String> MIX =
      List.of(
          LISTS.getFirst() + ", reject_unknown_sender_domain",
          "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination",
          "unknown_address_reject_code = 550",
          "smtpd_helo_restrictions = permit_mynetworks, check_helo_access inline:{"
              + Traffic.SIGNATURE
              + "=REJECT}",
          "body_checks = regexp:{{/" + Traffic.GTUBE.replaceAll("[*.]", "[$0]") + "/ REJECT Spam}}",
          "postscreen_access_list = permit_mynetworks",
          "postscreen_dnsbl_sites = " + String.join(", ", ListZones.ALL),
          "postscreen_dnsbl_action = enforce",
          "postscreen_greet_banner =",
          "default_process_limit = 2000",
          "in_flow_delay = 0",
          "mydestination =",
          "virtual_mailbox_domains = " + Site.DOMAIN,
          "virtual_mailbox_maps = inline:{%1$s@%2$s=%1$s/}".formatted(Site.USER, Site.DOMAIN),
          "virtual_mailbox_base = ${queue_directory}/../mail",
          "virtual_uid_maps = static:65534",
          "virtual_gid_maps = static:65534");

  private static final int PROCESSES = 200;
  private static final int SESSIONS = 6_000;

  /// With nothing but what all benchmarks need.
  public Postfix() {
    this(List.of(), SMTPD);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> obstacle(Work work) {
    if (!Programs.isInstalled("postfix")) {
      return Optional.of("not installed (Debian: postfix)");
    }
    if (work == Work.SCAN && !ClamavMilter.isInstalled()) {
      return Optional.of("its milter is not installed (Debian: clamav-milter)");
    }
    return Programs.isRoot() ? Optional.empty() : Optional.of("is only started by root");
  }

  @Override
  public MailSystem setUpFor(Work work) {
    return switch (work) {
      case CALLOUT -> new Postfix(CALLOUTS, SMTPD);
      case LISTS -> new Postfix(LISTS, SMTPD);
      case MIX -> new Postfix(MIX, POSTSCREEN);
      case RELAY, EARLY, SCAN, REJECT, IDLE, QUEUE -> this;
    };
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
    int exit =
        site.group()
            .start(
                new ProcessBuilder(Programs.find("postfix"), "-c", config.toString(), "start")
                    .redirectErrorStream(true)
                    .redirectOutput(site.directory().resolve("start.log").toFile()))
            .waitFor();
    if (exit != 0) {
      throw new IOException(
          "Postfix does not start:\n" + Files.readString(site.directory().resolve("start.log")));
    }
    Greeting.await(smtp, () -> true);
    return new RunningSystem(smtp, Optional.empty(), site);
  }

  /// Tells it to try all that it has deferred.
  public static void flush(RunningSystem running) throws IOException, InterruptedException {
    String config = running.site().directory().resolve("etc").toString();
    int exit =
        running
            .group()
            .start(
                new ProcessBuilder(Programs.find("postqueue"), "-c", config, "-f")
                    .redirectErrorStream(true)
                    .redirectOutput(running.site().directory().resolve("flush.log").toFile()))
            .waitFor();
    if (exit != 0) {
      throw new IOException("postqueue -f ended with " + exit);
    }
  }

  /// How many attempts it has given up for now, by its log.
  public static long deferrals(RunningSystem running) throws IOException {
    try (Stream<String> lines =
        Files.lines(running.site().directory().resolve("log"), StandardCharsets.ISO_8859_1)) {
      return lines.filter(line -> line.contains("status=deferred")).count();
    }
  }

  /// Writes its configuration.
  private Path configure(Site site, int port) throws IOException, InterruptedException {
    Path config = Files.createDirectory(site.directory().resolve("etc"));
    own(Files.createDirectory(site.directory().resolve("lib")), "postfix");
    own(Files.createDirectory(site.directory().resolve("mail")), "nobody");
    Path spool = Files.createDirectory(site.directory().resolve("spool"));
    // Programs that are shut in there have their own resolv.conf.
    boolean isShutIn = site.resolver().isPresent();
    if (isShutIn) {
      Files.writeString(
          Files.createDirectory(spool.resolve("etc")).resolve("resolv.conf"),
          "nameserver " + site.resolver().get().getAddress().getHostAddress() + "\n");
    }
    Files.write(site.directory().resolve("transport"), site.routes());
    Files.writeString(
        config.resolve("main.cf"),
        MAIN.formatted(
                site.directory(),
                ProcessTree.VARIABLE,
                Site.DOMAIN,
                Site.USER,
                SmtpSource.DOMAIN,
                PROCESSES,
                Site.OURS,
                FillLoad.PARENT_DOMAIN)
            + String.join("\n", parameters)
            + milter(site)
            + "\n");
    Files.writeString(
        config.resolve("master.cf"),
        front.formatted(port, isShutIn ? "y" : "n", SESSIONS) + MASTER);
    return config;
  }

  /// clamav-milter before the queue, where mail is scanned.
  private static String milter(Site site) throws IOException, InterruptedException {
    Optional<Scanning> scanning = site.scanning().filter(given -> given.clamd().isPresent());
    if (scanning.isEmpty()) {
      return "";
    }
    InetSocketAddress milter = ClamavMilter.start(site.directory(), scanning.get());
    return "\nsmtpd_milters = inet:%s\nmilter_default_action = tempfail\n"
        .formatted(Programs.text(milter));
  }

  private static void own(Path directory, String user) throws IOException {
    Files.setAttribute(
        directory,
        "posix:owner",
        directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
  }
}
