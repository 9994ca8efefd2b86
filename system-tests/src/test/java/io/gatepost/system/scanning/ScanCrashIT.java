package io.gatepost.system.scanning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.file.LiveFiles;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Arrival;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Gatepost is killed while scanners hold their answers, and just after they have given them, and
/// with releases from the quarantine that stand between two of their steps. With
/// `-Dgatepost.modes=all` each service of a split suite is killed, too, with
/// `-Dgatepost.crash.victim=NAME` that one alone; `-Dgatepost.crash.seed=N` repeats the choice of
/// moments.
class ScanCrashIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final long SEED = Long.getLong("gatepost.crash.seed", System.nanoTime());
  private static final int LONGEST_PAUSE_MILLIS = 120;

  /// How long before a kill a next hop's answer may be lost, or after it be given to nobody.
  private static final Duration WINDOW = Duration.ofSeconds(5);

  /// Scans that a breaker allows that has been open; the others wait until one has its answer.
  private static final int PROBES = 2;

  private static final String BOB = "bob@example.test";
  private static final String OWN = "127.0.0.1";
  private static final String STRANGER = "127.0.0.2";
  private static final String FILLER = "Just a line of text to fill the message.\r\n".repeat(5_000);

  private final Random random = new Random(SEED);
  private final List<Mail> mails = new ArrayList<>();
  private final PlayedScanner awaited = new PlayedScanner("awaited");
  private final PlayedScanner late = new PlayedScanner("late");
  private final List<Long> kills = new ArrayList<>();
  private int startsBefore;

  /// What is killed.
  ///
  /// @param service of a split suite
  private record Victim(Mode mode, String service) {
    @Override
    public String toString() {
      return service;
    }
  }

  static Stream<Victim> victims() {
    String named = System.getProperty("gatepost.crash.victim", "");
    if (!named.isEmpty()) {
      return Stream.of(new Victim(Mode.SPLIT, named));
    }
    Stream<Victim> one = Stream.of(new Victim(Mode.ALL_IN_ONE, "all"));
    return "all".equals(System.getProperty("gatepost.modes"))
        ? Stream.concat(
            one,
            Stream.of("edge", "scanner", "queue", "delivery", "infrastructure")
                .map(service -> new Victim(Mode.SPLIT, service)))
        : one;
  }

  @ParameterizedTest
  @MethodSource("victims")
  void whatWasAcceptedIsScannedAndArrivesWheneverGatepostIsKilled(Victim victim) {
    try (awaited;
        late;
        Estate estate =
            Estate.start(
                "scan-crash",
                victim.mode,
                Estate.queueing(
                    new ScannerSettings()
                        .with("awaited", "http", awaited.url(), "slots", "10")
                        .with(
                            "late",
                            "http",
                            late.url(),
                            "slots",
                            "10",
                            "unavailable",
                            "late",
                            "late-for",
                            "internal, external")
                        // Longer than a scanner holds its answers here.
                        .set("gatepost.scanner.timeout", "2m")
                        .set("gatepost.edge.scan-timeout", "2m")
                        .map()))) {
      Mail aside = accepted(estate, STRANGER, "kept " + awaited.aside());
      Mail marked = accepted(estate, STRANGER, "marked " + awaited.aside() + FILLER);
      Mail onTheLog = accepted(estate, STRANGER, "on the log " + awaited.aside());
      late.goDown();
      Mail clean = accepted(estate, OWN, "owed small");
      Mail large = accepted(estate, OWN, "owed large" + FILLER);
      Mail bad = accepted(estate, OWN, "owed " + late.bad());
      Mail stranger = accepted(estate, STRANGER, "owed stranger " + late.bad());

      List<Mail> unanswered = killWhileClientsWait(estate, victim, marked);
      stillOwe(estate, clean, large, bad, stranger);
      killWhileOwedScansRun(estate, victim);
      areSettled(estate, clean, large, bad, stranger, aside);
      killAfterTheAnswers(estate, victim, onTheLog);
      settle(estate);
      areReleased(estate, aside, marked, onTheLog);

      if (victim.mode == Mode.ALL_IN_ONE) {
        assertThat(unanswered)
            .allSatisfy(mail -> {
              assertThat(mail.reply).isEmpty();
              assertThat(estate.nextHop().arrivals(mail.key)).isEmpty();
            });
      }
    }
  }

  /// Between the final dot and its reply: the scanner has the message and says nothing yet.
  ///
  /// @param marked is noted to be released by then, and not yet on the log
  private List<Mail> killWhileClientsWait(Estate estate, Victim victim, Mail marked) {
    awaited.hold("held in the first round");
    List<Mail> waiting =
        List.of(
            sent(estate, OWN, "held in the first round"),
            sent(estate, STRANGER, "held in the first round" + FILLER));
    await().atMost(PATIENCE).until(() -> awaited.asked("held in the first round") == 2);

    try (HeldRelease release = HeldRelease.behindItsMark(estate.gatepost())) {
      release(estate, marked);
      release.awaitIt();
      kill(estate, victim);
    }
    awaited.letGo("held in the first round");
    back(estate, victim);
    waiting.forEach(Mail::hear);
    return waiting;
  }

  /// Between the reply and the late scan.
  private static void stillOwe(Estate estate, Mail... mails) {
    for (Mail mail : mails) {
      String tried = "qid=" + mail.queueId() + " late scan";
      int before = count(estate, tried);
      await().atMost(PATIENCE).until(() -> count(estate, tried) > before);
      assertThat(estate.nextHop().arrivals(mail.key)).isEmpty();
    }
  }

  private void killWhileOwedScansRun(Estate estate, Victim victim) {
    late.hold("owed");
    late.comeUp();
    await().atMost(PATIENCE).until(() -> late.asked("owed") >= PROBES);

    kill(estate, victim);
    late.letGo("owed");
    back(estate, victim);
  }

  private void areSettled(
      Estate estate, Mail clean, Mail large, Mail bad, Mail stranger, Mail aside) {
    for (Mail mail : List.of(clean, large)) {
      await().atMost(PATIENCE).until(() -> !estate.nextHop().arrivals(mail.key).isEmpty());
    }
    await().atMost(PATIENCE).until(() -> notices(estate, bad) > 0);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(quarantine(estate)).contains(stranger.queueId(), aside.queueId()));
  }

  /// Clients wait for answers, and owed scans run: all are answered, and a moment later it is gone.
  ///
  /// @param onTheLog is released and delivered by then, and still in the quarantine
  private void killAfterTheAnswers(Estate estate, Victim victim, Mail onTheLog) {
    List<Mail> waiting;
    try (HeldRelease release = HeldRelease.behindTheLog(estate.gatepost())) {
      release(estate, onTheLog);
      release.awaitIt();
      await().atMost(PATIENCE).until(() -> !estate.nextHop().arrivals(onTheLog.key).isEmpty());
      await("its delivery is noted").atMost(PATIENCE).until(() -> isAllConcluded(estate));
      waiting = justAnswered(estate);
      pause(random.nextInt(LONGEST_PAUSE_MILLIS));
      kill(estate, victim);
    }
    back(estate, victim);
    waiting.forEach(Mail::hear);
  }

  private List<Mail> justAnswered(Estate estate) {
    late.goDown();
    for (int i = 0; i < 4; i++) {
      accepted(estate, OWN, "owed in the last round " + i + (i % 2 == 0 ? FILLER : ""));
    }
    late.hold("owed in the last round");
    late.comeUp();
    awaited.hold("held in the last round");
    await().atMost(PATIENCE).until(() -> late.asked("owed in the last round") >= PROBES);
    List<Mail> waiting = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String client = i < 3 ? OWN : STRANGER;
      waiting.add(sent(estate, client, "held in the last round" + (i % 2 == 0 ? FILLER : "")));
    }
    await().atMost(PATIENCE).until(() -> awaited.asked("held in the last round") == 6);

    awaited.letGo("held in the last round");
    late.letGo("owed in the last round");
    return waiting;
  }

  /// Released messages have left the quarantine with all that it had of them, and another has not.
  private static void areReleased(Estate estate, Mail kept, Mail marked, Mail onTheLog) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(quarantine(estate))
                .contains(kept.queueId())
                .doesNotContain(marked.queueId(), onTheLog.queueId()));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(filesAside(estate))
                .anyMatch(file -> file.contains(kept.queueId()))
                .noneMatch(
                    file -> file.contains(marked.queueId()) || file.contains(onTheLog.queueId())));
    assertThat(estate.nextHop().arrivals(onTheLog.key)).as("whose delivery was noted").hasSize(1);
  }

  /// All that was promised has arrived; all that arrived was scanned; twice only within the window.
  private void settle(Estate estate) {
    List<Mail> promised = mails.stream().filter(Mail::isToArrive).toList();
    await("all that was accepted arrives, seed " + SEED)
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(promised).allMatch(mail -> !estate.nextHop().arrivals(mail.key).isEmpty()));
    int again = 0;
    for (Mail mail : mails) {
      List<Arrival> copies = estate.nextHop().arrivals(mail.key);
      if (!copies.isEmpty()) {
        assertThat(awaited.asked(mail.key)).as("scans of " + mail.text).isPositive();
        assertThat(late.asked(mail.key)).as("late scans of " + mail.text).isPositive();
      }
      assertThat(copies).as(mail.text).hasSizeLessThanOrEqualTo(2);
      if (copies.size() == 2) {
        again++;
        long first = copies.getFirst().answeredAt();
        assertThat(kills)
            .as("first copy around a kill: " + mail.text)
            .anyMatch(kill -> Math.abs(kill - first) < WINDOW.toNanos());
      }
      if (mail.text.contains(late.bad()) || mail.isAside()) {
        assertThat(copies).as(mail.text).isEmpty();
        assertThat(notices(estate, mail)).isEqualTo(mail.client.equals(OWN) ? 1 : 0);
      }
    }
    System.out.printf(
        "scan crash: seed %d, %d messages, %d accepted, %d arrived twice%n",
        SEED, mails.size(), mails.stream().filter(Mail::isAccepted).count(), again);
  }

  private void kill(Estate estate, Victim victim) {
    startsBefore = starts(estate, victim);
    switch (victim.mode) {
      case ALL_IN_ONE -> estate.gatepost().kill();
      case SPLIT -> estate.gatepost().killService(victim.service);
    }
    kills.add(System.nanoTime());
  }

  private void back(Estate estate, Victim victim) {
    switch (victim.mode) {
      case ALL_IN_ONE -> estate.gatepost().restart();
      case SPLIT ->
          await(victim + " is back")
              .atMost(PATIENCE)
              .until(() -> starts(estate, victim) > startsBefore);
    }
  }

  /// Sends a message until it is accepted: after the start scanners' backlog and database are not
  /// known at once.
  private Mail accepted(Estate estate, String client, String text) {
    Mail mail =
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  Mail each = new Mail(estate, client, text);
                  each.hear();
                  return each;
                },
                each -> !each.reply.startsWith("451"));
    assertThat(mail.reply).startsWith("250 2.0.0 ");
    mails.add(mail);
    return mail;
  }

  private Mail sent(Estate estate, String client, String text) {
    Mail mail = new Mail(estate, client, text);
    mails.add(mail);
    return mail;
  }

  private static int starts(Estate estate, Victim victim) {
    return (int)
        estate
            .gatepost()
            .log()
            .lines()
            .filter(line -> line.matches(".*service=" + victim.service + " pid=\\d+ ready.*"))
            .count();
  }

  private static int count(Estate estate, String words) {
    return (int) estate.gatepost().log().lines().filter(line -> line.contains(words)).count();
  }

  private static long notices(Estate estate, Mail mail) {
    return estate.mailbox(BOB).stream().filter(notice -> notice.contains(mail.key)).count();
  }

  /// Begins to release a message, which may be broken off.
  private static void release(Estate estate, Mail mail) {
    mail.isReleased = true;
    Thread.ofVirtual().start(() -> operator(estate, "quarantine", "release", mail.queueId()));
  }

  /// Whether all that was due is done with.
  private static boolean isAllConcluded(Estate estate) {
    return operator(estate, "queue", "stats")
        .lines()
        .anyMatch(line -> line.matches("gatepost\\.due +0 .*"));
  }

  private static List<String> filesAside(Estate estate) {
    return LiveFiles.below(estate.gatepost().data().resolve("content/quarantine")).stream()
        .map(Path::toString)
        .toList();
  }

  private static String quarantine(Estate estate) {
    return operator(estate, "quarantine", "list");
  }

  private static String operator(Estate estate, String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.addAll(estate.gatepost().operatorOptions());
    return GatepostCommand.run(PATIENCE, command).output();
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// A message on its way, the final dot sent.
  private final class Mail {
    private final String key = Estate.newMessageId();
    private final String client;
    private final String text;
    private final SmtpClient connection;
    private String reply = "";
    private boolean isReleased;

    private Mail(Estate estate, String client, String text) {
      this.client = client;
      this.text = text.substring(0, Math.min(text.length(), 60));
      try {
        connection = SmtpClient.connect(estate.gatepost().smtp(), client);
        connection.reply();
        connection.say("EHLO client.example");
        connection.say("MAIL FROM:<" + BOB + ">");
        connection.say("RCPT TO:<user@sink.test>");
        connection.say("DATA");
        connection.send("Message-ID: " + key + "\r\nSubject: s\r\n\r\n" + text + "\r\n.\r\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Reads the reply; empty where the connection has broken.
    private void hear() {
      try (connection) {
        reply = connection.reply();
      } catch (IOException e) {
        reply = "";
      }
    }

    private boolean isAccepted() {
      return reply.startsWith("250 ");
    }

    private boolean isToArrive() {
      return isAccepted() && !text.contains(late.bad()) && !isAside();
    }

    private boolean isAside() {
      return text.contains(awaited.aside()) && !isReleased;
    }

    private String queueId() {
      return reply.substring(reply.lastIndexOf(' ') + 1).strip();
    }

    @Override
    public String toString() {
      return text + ": " + reply;
    }
  }
}
