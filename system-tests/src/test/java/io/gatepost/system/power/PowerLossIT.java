package io.gatepost.system.power;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.power.disk.FaultyDisk;
import io.gatepost.system.power.disk.Loss;
import io.gatepost.system.power.disk.PowerCut;
import io.gatepost.testkit.product.GatepostProcess;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole product on a disk that loses what was not synced, the database apart, which is never
/// the truth.
class PowerLossIT {

  private static final String UP = "up.test";
  private static final String DOWN = "down.test";
  private static final String LOCAL = "alice@example.test";

  /// How many messages are acknowledged before the power is cut.
  private static final int FEWEST = 50;

  private static final int MOST = 400;
  private static final Duration LONGEST_LOAD = Duration.ofSeconds(90);
  private static final Duration LONGEST_DRAIN = Duration.ofSeconds(90);
  private static final int REFUSED_FOR_NOW_PERCENT = 10;

  @TempDir private Path home;
  private final FakeSmtpServer up = FakeSmtpServer.start();
  private final FakeSmtpServer down = FakeSmtpServer.down();
  private final Map<String, Load.Acknowledged> acknowledged = new ConcurrentHashMap<>();
  private FaultyDisk disk;

  /// A message for one recipient.
  private record Copy(String key, String recipient) {}

  @BeforeEach
  void prepare() throws IOException {
    FaultyDisk.require();
    Path data = Files.createDirectory(home.resolve("data"));
    disk = FaultyDisk.mount(data);
    Files.createSymbolicLink(
        data.resolve("postgres"), Files.createDirectory(home.resolve("postgres")));
    disk.syncAll();
    Files.writeString(
        home.resolve("mailertable"),
        "%s smtp:[127.0.0.1]:%d%n%s smtp:[127.0.0.1]:%d%n"
            .formatted(UP, up.address().getPort(), DOWN, down.address().getPort()));
    up.keepContent();
    down.keepContent();
  }

  @AfterEach
  void end() {
    up.close();
    down.close();
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void whatWasAcknowledgedSurvivesTheLossOfAllThatWasNotSynced() throws Exception {
    try (GatepostProcess gatepost = GatepostProcess.start(Mode.ALL_IN_ONE, home, settings())) {
      for (long seed : Rounds.seeds()) {
        PowerCut cut = loadAndCut(gatepost, seed);
        String name = "seed " + seed + ", " + cut.loss();
        System.out.printf(
            "%s: acknowledged=%d unsynced: files=%d names=%d%n",
            name, acknowledged.size(), cut.contents().size(), cut.names().size());

        gatepost.restart();
        down.comeUp();

        sendOneToEach(gatepost);
        awaitAll(gatepost, name);
        down.goDown();
      }
    }
  }

  private PowerCut loadAndCut(GatepostProcess gatepost, long seed) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    Loss loss = Loss.values()[random.nextInt(Loss.values().length)];
    int enough = acknowledged.size() + random.nextInt(FEWEST, MOST);
    refuseSomeForNow(random.split());
    Optional<ProcessHandle> database = gatepost.database();
    try (Load load =
        Load.start(gatepost.smtp(), List.of(UP, DOWN, LOCAL), random.nextLong(), acknowledged)) {
      await().atMost(LONGEST_LOAD).until(() -> acknowledged.size() >= enough);
      disk.cutPowerAtSync(disk.syncs() + random.nextInt(1, 50));
      assertThat(disk.off().await(30, TimeUnit.SECONDS)).as("the load syncs").isTrue();
      gatepost.kill();
      database.ifPresent(ProcessHandle::destroyForcibly);
    }
    up.behaveWell();
    return disk.restore(loss, seed);
  }

  /// So that messages to several recipients end for some and go on for others.
  private void refuseSomeForNow(SplittableRandom random) {
    up.behave(moment -> {
      synchronized (random) {
        return moment.stage() == FakeSmtpServer.Stage.RCPT
                && random.nextInt(100) < REFUSED_FOR_NOW_PERCENT
            ? new FakeSmtpServer.Answer.Say("451 4.3.0 later")
            : new FakeSmtpServer.Answer.Good();
      }
    });
  }

  /// It takes and delivers new mail, whatever became of the old.
  private void sendOneToEach(GatepostProcess gatepost) throws IOException {
    try (SmtpClient client = SmtpClient.connect(gatepost.smtp())) {
      client.reply();
      client.say("EHLO client.example");
      List<String> recipients = List.of("new@" + UP, "new@" + DOWN, LOCAL);
      assertThat(Load.send(client, recipients, "Afterwards.\r\n", acknowledged)).startsWith("250");
    }
  }

  private void awaitAll(GatepostProcess gatepost, String round) {
    Map<Copy, String> expected = new HashMap<>();
    acknowledged.forEach((key, message) ->
        message
            .recipients()
            .forEach(recipient -> expected.put(new Copy(key, recipient), message.body())));
    await(round)
        .atMost(LONGEST_DRAIN)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> {
          Set<Copy> lost = new HashSet<>(expected.keySet());
          lost.removeAll(arrived(gatepost).keySet());
          assertThat(lost).as("acknowledged and not arrived").isEmpty();
        });
    assertThat(arrived(gatepost)).as(round).containsAllEntriesOf(expected);
  }

  /// The body that each recipient got.
  private Map<Copy, String> arrived(GatepostProcess gatepost) {
    Map<Copy, String> arrived = new HashMap<>();
    Stream.of(up, down)
        .flatMap(server -> server.arrivals().stream())
        .forEach(arrival ->
            arrived.put(new Copy(arrival.key(), arrival.recipient()), body(arrival.content())));
    Path mailbox = gatepost.maildir(LOCAL).resolve("new");
    if (Files.isDirectory(mailbox)) {
      try (Stream<Path> files = Files.list(mailbox)) {
        files
            .map(PowerLossIT::read)
            .forEach(content -> arrived.put(new Copy(key(content), LOCAL), body(content)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return arrived;
  }

  private static String key(String content) {
    int start = content.indexOf("Message-ID: ") + 12;
    return content.substring(start, content.indexOf("\r\n", start));
  }

  private static String body(String content) {
    return content.substring(content.indexOf("\r\n\r\n") + 4);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String settings() {
    return """
    gatepost:
      edge:
        hostname: mx.example.test
        early-delivery:
          enabled: false
      routing:
        mailertable: %s
      queue:
        ladder: PT1S, PT2S, PT3S
        busy-step: PT0.5S
        disk-reserve: 64MB
    """
        .formatted(home.resolve("mailertable"));
  }
}
