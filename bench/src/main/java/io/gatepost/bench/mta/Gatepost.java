package io.gatepost.bench.mta;

import io.gatepost.bench.dns.ListZones;
import io.gatepost.bench.load.Greeting;
import io.gatepost.bench.load.Programs;
import io.gatepost.bench.load.Traffic;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Gatepost, started by its launcher: what is measured is what users run.
///
/// @param home the directory of the launcher
/// @param layout how its services are run
/// @param settings further settings, `key=value`
public record Gatepost(Path home, Layout layout, List<String> settings) implements MailSystem {

  /// How its services are run.
  public enum Layout {
    ONE_PROCESS,
    /// A process for each service, and one for broker and database.
    SPLIT
  }

  public static final String NAME = "gatepost";

  /// Counters: put off after an attempt, and without one.
  private static final List<String> DEFERRALS =
      List.of("gatepost_queue_deferred", "gatepost_queue_moved_on");

  /// On the command line of queue-service, where it is a process of its own.
  private static final List<String> QUEUE_SERVICE = List.of("service", "queue");

  /// Bounds of what one back end is asked that are for the Internet, not for a benchmark.
  private static final List<String> CALLOUTS =
      List.of(
          "gatepost.verification.callout.concurrency=1000", "gatepost.delivery.probe.rate=100000");

  private static final List<String> LISTS =
      List.of(
          "gatepost.edge.dns-lists="
              + ListZones.ALL.stream()
                  .map(zone -> "{zone: " + zone + "}")
                  .collect(Collectors.joining(", ", "[", "]")));

  private static final List<String> MIX =
      Stream.concat(LISTS.stream(), Stream.of("gatepost.edge.sender-domain=refuse")).toList();

  private static final List<String> EARLY = List.of("gatepost.edge.early-delivery.enabled=true");

  private static final List<String> LATER = List.of("gatepost.edge.early-delivery.enabled=false");

  private static final String PORT = "server.port=";

  private static final double KIB_PER_MIB = 1024;

  private static final Pattern READY =
      Pattern.compile("Gatepost ready: smtp (\\S+):(\\d+) http (\\S+):(\\d+) .*");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> obstacle(Work work) {
    return Files.isExecutable(home.resolve("gatepost"))
        ? Optional.empty()
        : Optional.of("no launcher in " + home);
  }

  /// Settings that the user gives win over those of the work.
  @Override
  public MailSystem setUpFor(Work work) {
    List<String> ofWork =
        switch (work) {
          case CALLOUT -> CALLOUTS;
          case LISTS -> LISTS;
          case MIX -> MIX;
          case EARLY -> EARLY;
          case RELAY, SCAN, REJECT, IDLE, QUEUE -> LATER;
        };
    return new Gatepost(home, layout, ofWork).with(settings);
  }

  @Override
  public boolean warmsUp() {
    return true;
  }

  @Override
  public RunningSystem start(Site site) throws IOException, InterruptedException {
    Path table = site.directory().resolve("mailertable");
    Files.write(table, site.routes());
    Path signatures = site.directory().resolve("helo-signatures");
    Files.writeString(signatures, Traffic.SIGNATURE + "\n");
    Path config = site.directory().resolve("bench.yaml");
    Files.write(config, yaml(site, table, signatures));
    Path log = site.directory().resolve("log");
    List<String> command = new ArrayList<>(List.of(home.resolve("gatepost").toString(), "run"));
    command.addAll(List.of("--data", site.directory().resolve("data").toString()));
    command.addAll(List.of("--config", config.toString(), "--smtp-port", "0", "--http-port", "0"));
    if (layout == Layout.SPLIT) {
      command.add("--split");
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process process = site.group().start(builder);
    Matcher ready = ready(process, log);
    InetSocketAddress smtp = address(ready.group(1), ready.group(2));
    Greeting.await(smtp, process::isAlive);
    InetSocketAddress meters =
        switch (layout) {
          case ONE_PROCESS -> address(ready.group(3), ready.group(4));
          case SPLIT -> queueService(site);
        };
    return new RunningSystem(smtp, Optional.of(meters), site);
  }

  /// Where queue-service tells its meters, which are those that are looked at here.
  private static InetSocketAddress queueService(Site site) throws IOException {
    return site.group().commandLine(QUEUE_SERVICE).stream()
        .flatMap(List::stream)
        .filter(word -> word.startsWith(PORT))
        .map(word -> address("127.0.0.1", word.substring(PORT.length())))
        .findFirst()
        .orElseThrow(() -> new IOException("no process with " + QUEUE_SERVICE + " and " + PORT));
  }

  /// The most memory that queue-service has had in RAM so far, in MiB, where it is a process of its
  /// own.
  public static Optional<Double> peakOfQueueService(RunningSystem running) {
    return running.group().peakResidentKib(QUEUE_SERVICE).map(kib -> kib / KIB_PER_MIB);
  }

  private List<String> yaml(Site site, Path table, Path signatures) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("gatepost.edge.hostname", "gate.test");
    values.put("gatepost.edge.relay-from", Site.OURS);
    // smtp-source does not start a new session when one has had its share.
    values.put("gatepost.edge.max-messages", "1000000");
    values.put("gatepost.edge.max-connections", "100000");
    values.put("gatepost.edge.max-connections-per-address", "100000");
    values.put("gatepost.routing.local-domains", Site.DOMAIN);
    values.put("gatepost.routing.mailboxes", Site.USER);
    values.put("gatepost.routing.mailertable", table.toString());
    values.put("gatepost.queue.durability", "flushed");
    site.resolver()
        .ifPresent(server -> {
          values.put("gatepost.dns.servers", Programs.text(server));
          values.put("gatepost.edge.helo-signatures", signatures.toString());
        });
    site.scanning()
        .ifPresent(scanning -> values.put("gatepost.scanner.scanners", scanners(scanning)));
    for (String setting : settings) {
      int sign = setting.indexOf('=');
      values.put(setting.substring(0, sign), setting.substring(sign + 1));
    }
    return values.entrySet().stream()
        .map(value -> value.getKey() + ": " + value.getValue())
        .toList();
  }

  private static String scanners(Scanning scanning) {
    return scanning
        .clamd()
        .map(address ->
            "[{name: clamd, type: clamd, address: \"%s\", slots: %d}]"
                .formatted(Programs.text(address), scanning.slots()))
        .orElse("[]");
  }

  private static Matcher ready(Process process, Path log) throws IOException {
    BufferedReader output = process.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher matcher = READY.matcher(line);
      if (matcher.matches()) {
        return matcher;
      }
    }
    throw new IOException("Gatepost does not start:\n" + tail(log));
  }

  private static InetSocketAddress address(String host, String port) {
    return new InetSocketAddress(host, Integer.parseInt(port));
  }

  /// As users run it first: in one process.
  public Gatepost(Path home, List<String> settings) {
    this(home, Layout.ONE_PROCESS, settings);
  }

  /// The same with a process for each service.
  public Gatepost split() {
    return new Gatepost(home, Layout.SPLIT, settings);
  }

  /// The same with more settings, which win over those before.
  public Gatepost with(List<String> more) {
    return new Gatepost(home, layout, Stream.concat(settings.stream(), more.stream()).toList());
  }

  /// How often it has put a message off since it was started: after an attempt, or without one
  /// where it knew that the destination takes nothing.
  public static long deferrals(RunningSystem running) throws IOException, InterruptedException {
    return (long) Meters.sum(running, DEFERRALS, line -> true);
  }

  /// How many messages its filter has given back since it was started.
  public static long givenBack(RunningSystem running) throws IOException, InterruptedException {
    return (long)
        Meters.sum(
            running,
            List.of("gatepost_edge_filter_rounds"),
            line -> line.contains("result=\"given_back\""));
  }

  /// For how long the oldest message that is not done with has been under way, in seconds.
  public static double oldestUnderWay(RunningSystem running)
      throws IOException, InterruptedException {
    return Meters.sum(
        running,
        List.of("gatepost_queue_log_head_age_seconds"),
        line -> line.contains("topic=\"gatepost.ready\""));
  }

  private static String tail(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
