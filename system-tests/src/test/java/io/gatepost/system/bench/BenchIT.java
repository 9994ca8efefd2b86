package io.gatepost.system.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.bench.Bench;
import io.gatepost.bench.report.Row;
import io.gatepost.bench.report.Tables;
import io.gatepost.testkit.peer.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./gatepost bench` as a process, with a load that says nothing of speed.
class BenchIT {

  private static final long LIMIT_SECONDS = 300;

  @TempDir Path directory;

  @BeforeEach
  void needsTheGeneratorAndTheSink() {
    Peer.find("smtp-source", "postfix");
    Peer.find("smtp-sink", "postfix");
  }

  @Test
  void relayedMessagesAreTimedAndTheirCostIsCounted() throws Exception {
    Path json = directory.resolve("rows.json");

    int status =
        bench(
            "relay",
            "--systems=gatepost",
            "--runs=1",
            "--cold=0",
            "--warm=100",
            "--messages=200",
            "--concurrency=5",
            "--connections=kept",
            "--json=" + json);

    List<Row> rows = Tables.parse(Files.readString(json));
    assertThat(status).isZero();
    assertThat(rows).extracting(Row::system).containsOnly("gatepost");
    assertThat(rows).extracting(Row::metric).contains("delivered", "accepted", "CPU");
    assertThat(rows)
        .filteredOn(row -> List.of("delivered", "CPU").contains(row.metric()))
        .allSatisfy(row -> assertThat(row.median()).isPositive());
  }

  @Test
  void mailIsMeasuredWithAndWithoutAScanAndTheScanByItself() throws Exception {
    Path json = directory.resolve("rows.json");

    int status =
        bench(
            "scan",
            "--systems=gatepost",
            "--scanners=null",
            "--runs=1",
            "--warm=100",
            "--messages=200",
            "--connections=5",
            "--json=" + json);

    List<Row> rows = Tables.parse(Files.readString(json));
    assertThat(status).isZero();
    assertThat(median(rows, "no scanner", "CPU of all")).isPositive();
    assertThat(median(rows, "null scanner", "CPU of the scanner")).isPositive();
    assertThat(rows)
        .filteredOn(row -> row.system().equals("scan alone"))
        .extracting(Row::metric)
        .contains("scanned", "time", "CPU of the client");
    assertThat(rows)
        .filteredOn(row -> row.metric().startsWith("overhead"))
        .extracting(Row::unit)
        .hasSize(3)
        .containsOnly("%");
  }

  @Test
  void recipientsAreVerifiedByTheNextHopAndThenFromTheCache() throws Exception {
    Path json = directory.resolve("rows.json");

    int status =
        bench(
            "callout",
            "--systems=gatepost",
            "--runs=1",
            "--warm=100",
            "--count=200",
            "--concurrency=5",
            "--recipients=2",
            "--json=" + json);

    assertThat(status).isZero();
    List<Row> rows = Tables.parse(Files.readString(json));
    assertThat(median(rows, "first", "verified")).isPositive();
    assertThat(median(rows, "first", "asked of the next hop")).isGreaterThanOrEqualTo(1);
    assertThat(median(rows, "cached", "verified")).isPositive();
    assertThat(median(rows, "cached", "asked of the next hop")).isZero();
  }

  @Test
  void theMixOf2008IsCountedByItsClientsAndByGatepostToTheSession() throws Exception {
    findNameServers();
    Path json = directory.resolve("rows.json");

    int status =
        bench(
            "mix",
            "--systems=gatepost",
            "--runs=1",
            "--rate=1,max",
            "--seconds=2",
            "--sessions=300",
            "--connections=10",
            "--warm=100",
            // For busy machines: a list that has not answered by then lets its clients pass.
            "--set=gatepost.edge.dns-list-timeout=15s",
            "--json=" + json);

    List<Row> rows = Tables.parse(Files.readString(json));
    assertThat(status).isZero();
    assertThat(median(rows, "2008", "blacklisted")).isEqualTo(134);
    assertThat(median(rows, "10 connections", "legitimate")).isEqualTo(11);
    for (String scenario : List.of("2008", "10 connections")) {
      for (String metric : List.of("sessions", "CPU", "legitimate, end of DATA, p99")) {
        assertThat(median(rows, scenario, metric)).isPositive();
      }
      assertThat(median(rows, scenario, "blacklisted, up to the decision"))
          .isEqualTo(median(rows, scenario, "blacklisted, up to the decision, by its own meter"));
      assertThat(median(rows, scenario, "blacklisted, busy by its own meter")).isPositive();
    }
  }

  @Test
  void aListThatSaysNothingDoesNotHoldClientsOnceItIsKnownToBeSilent() throws Exception {
    findNameServers();
    Path json = directory.resolve("rows.json");

    int status =
        bench(
            "reject",
            "--lists=3",
            "--dead-list",
            "--systems=gatepost",
            "--runs=1",
            "--warm=200",
            "--sessions=100",
            "--concurrency=5",
            "--json=" + json);

    List<Row> rows = Tables.parse(Files.readString(json));
    assertThat(status).isZero();
    // Its time-out is 3 s.
    assertThat(median(rows, "one dead", "RCPT, median")).isPositive().isLessThan(1_500);
  }

  private static void findNameServers() {
    Peer.find("nsd", "nsd");
    Peer.find("unbound", "unbound");
  }

  /// Gatepost's.
  private static double median(List<Row> rows, String scenario, String metric) {
    return rows.stream()
        .filter(row -> row.system().equals("gatepost"))
        .filter(row -> row.scenario().endsWith(scenario) && row.metric().equals(metric))
        .mapToDouble(Row::median)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSystemThatIsNotKnownIsRefused() throws Exception {
    assertThat(bench("relay", "--systems=nosuch")).isEqualTo(69);
  }

  private int bench(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dgatepost.home=" + Path.of("..").toRealPath(),
                "-cp",
                System.getProperty("java.class.path"),
                Bench.class.getName()));
    command.addAll(List.of(arguments));
    command.add("--dir=" + directory);
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("GATEPOST_IS_BUILT", "1"); // by the build that runs this test
    Process process = builder.start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroy(); // it clears away what it has started
      process.waitFor();
    }
    return process.exitValue();
  }
}
