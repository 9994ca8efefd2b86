package io.gatepost.system.early;

import static io.gatepost.system.early.EarlySuite.NOT_NOW;
import static io.gatepost.system.early.EarlySuite.QUEUED;
import static io.gatepost.system.early.EarlySuite.UNKNOWN;
import static io.gatepost.system.early.EarlySuite.always;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.system.early.EarlySuite.Case;
import io.gatepost.system.early.Hops.Hop;
import io.gatepost.system.early.Rows.Row;
import io.gatepost.testkit.disk.SmallDisk;
import io.gatepost.testkit.peer.FailingSyncs;
import io.gatepost.testkit.peer.Missing;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.product.Signal;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Early delivery while a part is gone, hangs or cannot write, before a final dot and after it:
/// what the client hears, who has the mail, who is told, and nothing else.
/// `-Dgatepost.early.failures=true` is the long form.
@ParameterizedClass
@MethodSource("modes")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EarlyFailuresIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(4);
  private static final int DISK_MEBIBYTES = 900;
  private static final long RESERVE_OCTETS = 300L << 20;
  private static final int TERMINATED = 143;
  private static final boolean ALL = Boolean.getBoolean("gatepost.early.failures");

  @Parameter Mode mode;
  @TempDir Path directory;
  private Optional<SmallDisk> disk = Optional.empty();
  private EarlySuite suite;
  private Hop usual;

  static Stream<Mode> modes() {
    return Modes.of(Mode.SPLIT);
  }

  @BeforeParameterizedClassInvocation
  void startOnASmallDisk() {
    disk = SmallDisk.mount(Estate.place("early-disk", mode), DISK_MEBIBYTES);
    suite =
        EarlySuite.start(
            disk.map(small -> small.directory().resolve("early"))
                .orElse(Estate.place("early-failures", mode)),
            mode,
            Map.of(
                "gatepost.edge.queue-timeout", QUEUE_TIMEOUT.toMillis() + "ms",
                "gatepost.edge.drain", "60s",
                "gatepost.queue.disk-reserve", RESERVE_OCTETS + "B"));
    usual = suite.hops().take();
  }

  @AfterParameterizedClassInvocation
  void stop() {
    try {
      suite.end();
    } finally {
      disk.ifPresent(SmallDisk::close);
    }
  }

  @BeforeEach
  void messagesAreDeliveredEarly() {
    String recipient = usual.user("a");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                suite
                    .estate()
                    .deliver(
                        "bob@example.test",
                        List.of(recipient),
                        Estate.message(Estate.newMessageId())),
            reply -> reply.startsWith("250 2.0.0 delivered as "));
  }

  @Test
  void aClientThatResetsBeforeAnyDotHasSentNothing() throws IOException {
    Hop hop = suite.hops().take();
    Held held = new Held(Stage.RCPT);
    hop.server().behave(held);
    Row row = suite.rows().own();
    long before = withdrawn();
    try (SmtpClient client = row.upToTheDot(hop.user("a"))) {
      client.send(".\r\n");
      held.awaitReached();
      client.reset();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(withdrawn()).as(this::lastLines).isGreaterThan(before));
    held.release();

    await().atMost(PATIENCE).until(() -> hop.server().sessions() == 0);
    row.comesTo(hop, 0).senderIsNotTold();
  }

  @Test
  void whatHasHadItsDotIsDeliveredAlthoughTheClientResets() throws IOException {
    Hop hop = suite.hops().take();
    Held held = new Held(Stage.END_OF_DATA);
    hop.server().behave(held);
    Row row = suite.rows().own();
    try (SmtpClient client = row.upToTheDot(hop.user("a"))) {
      client.send(".\r\n");
      held.awaitReached();
      client.reset();
    }
    held.release();

    row.comesTo(hop, 1).isTriedOnce(hop).senderIsNotTold();
  }

  @Test
  void withoutTheQueueWhatIsDeliveredAtOnceIsAcceptedAndNothingElse() {
    onlyWhereItIsAProcess();
    ProcessHandle queue = suite.estate().gatepost().service("queue");
    withoutDisk(() -> Signal.STOP.to(queue), () -> Signal.CONT.to(queue), "451 ", false);
  }

  @Test
  void onAFullDiskWhatIsDeliveredAtOnceIsAcceptedAndNothingElse() {
    onlyInTheLongForm();
    SmallDisk small = disk.orElseThrow(() -> Missing.of("only root may mount a small disk"));
    withoutDisk(
        () -> {
          small.fill(RESERVE_OCTETS / 2);
          Hop away = suite.hops().take();
          away.server().behave(always(Stage.RCPT, NOT_NOW));
          await()
              .atMost(PATIENCE)
              .until(
                  () -> suite.rows().own().send(away.user("a")), reply -> reply.startsWith("452"));
        },
        small::empty,
        "452 4.3.1 ",
        false);
  }

  @Test
  void whereContentCannotBeSyncedWhatIsDeliveredAtOnceIsAcceptedAndNothingElse() {
    onlyInTheLongForm();
    onlyWhereItIsAProcess();
    List<FailingSyncs> failing = new ArrayList<>();
    withoutDisk(
        () ->
            failing.add(
                FailingSyncs.of(suite.estate().gatepost().service("queue").pid(), directory)),
        () -> {
          assertThat(failing.getFirst().count()).isPositive();
          failing.getFirst().close();
        },
        "4",
        true);
  }

  /// @param told how the reply begins to what cannot be kept
  /// @param isLarge whether the messages have to be in the content store
  private void withoutDisk(Runnable take, Runnable giveBack, String told, boolean isLarge) {
    Hop good = suite.hops().take();
    Hop refusing = suite.hop(always(Stage.END_OF_DATA, new Answer.Say(UNKNOWN)));
    Hop strict = suite.hop(always(Stage.RCPT, new Answer.Say(UNKNOWN)));
    Row quick = suite.rows().own();
    Row untold = suite.rows().own();
    Row unsent = suite.rows().own();
    take.run();
    Case before;
    Case after;
    try {
      before = begin(new Held(Stage.RCPT), isLarge);
      after = begin(new Held(Stage.END_OF_DATA), isLarge);
      assertThat(quick.beginWith(content(quick, isLarge), good.user("a")).join())
          .startsWith("250 ")
          .doesNotStartWith(QUEUED);
      // Its notice cannot be written down, so that the client has to come again.
      assertThat(
              untold.beginWith(content(untold, isLarge), good.user("b"), refusing.user("c")).join())
          .startsWith(told);
      // The log is needed before any dot: nobody has got it.
      assertThat(
              unsent.beginWith(content(unsent, isLarge), good.user("d"), strict.user("e")).join())
          .startsWith(told);
      assertThat(before.reply().join()).startsWith(told);
      assertThat(after.reply()).as("its end is awaited").isNotDone();
      after.held().release();
      assertThat(after.reply().join()).startsWith("250 ").doesNotStartWith(QUEUED);
      before.held().release();
    } finally {
      giveBack.run();
    }
    quick.comesTo(good, 1).senderIsNotTold();
    before.row().comesTo(before.hop(), 0).senderIsNotTold();
    after.row().comesTo(after.hop(), 1).isTriedOnce(after.hop()).senderIsNotTold();
    unsent.comesTo(good, 0).comesTo(strict, 0).senderIsNotTold();
    untold.comesFirstTo(good, 1);
    await()
        .atMost(PATIENCE)
        .until(
            () -> suite.rows().again(untold).send(refusing.user("c"), good.user("b")),
            reply -> reply.startsWith("250 "));
    untold.comesTo(good, 2).comesTo(refusing, 0).senderIsTold(refusing.user("c"));
  }

  /// The breaker of the edge opens on the way.
  @Test
  void whileDeliveryHangsMailIsQueuedAndArrivesOnce() {
    onlyWhereItIsAProcess();
    Hop good = suite.hops().take();
    Case after = suite.begin(new Held(Stage.END_OF_DATA));
    after.held().awaitReached();
    ProcessHandle delivery = suite.estate().gatepost().service("delivery");
    Signal.STOP.to(delivery);
    List<Row> sent = IntStream.range(0, 15).mapToObj(i -> suite.rows().own()).toList();
    try {
      List<CompletableFuture<String>> replies =
          sent.stream().map(row -> row.begin(good.user("a"))).toList();
      assertThat(after.reply().join()).startsWith(QUEUED);
      replies.forEach(reply -> assertThat(reply.join()).startsWith(QUEUED));
      assertThat(suite.rows().own().send(good.user("z"))).startsWith(QUEUED);
    } finally {
      Signal.CONT.to(delivery);
    }
    after.held().release();

    after.row().comesTo(after.hop(), 1).isTriedOnce(after.hop()).senderIsNotTold();
    sent.forEach(row -> row.comesTo(good, 1).senderIsNotTold());
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void sigtermLetsAttemptsEndAndKeepsWhatCannot() {
    List<Case> ending =
        Stream.of(Stage.RCPT, Stage.END_OF_DATA)
            .map(stage -> suite.begin(new Held(stage)))
            .toList();
    List<Case> lasting =
        Stream.of(Stage.RCPT, Stage.END_OF_DATA)
            .map(stage -> suite.begin(new Held(stage)))
            .toList();
    ending.forEach(each -> each.held().awaitReached());
    lasting.forEach(each -> each.held().awaitReached());
    CompletableFuture<Integer> status =
        CompletableFuture.supplyAsync(() -> suite.estate().gatepost().stop());
    ending.forEach(each -> each.held().release());

    ending.forEach(each -> assertThat(each.reply().join()).startsWith("250 "));
    lasting.forEach(each -> assertThat(each.reply().join()).startsWith(QUEUED));
    assertThat(status.join()).isEqualTo(TERMINATED);
    lasting.forEach(each -> each.held().release());
    ending.forEach(each -> each.row().comesTo(each.hop(), 1));
    suite.estate().gatepost().restart();
    lasting.forEach(each ->
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(each.hop().server().arrivals(each.row().id())).isNotEmpty()));
  }

  private Case begin(Held held, boolean isLarge) {
    Row row = suite.rows().own();
    return suite.begin(row, held, content(row, isLarge));
  }

  private static String content(Row row, boolean isLarge) {
    return isLarge ? row.largeMessage() : row.message();
  }

  private static void onlyInTheLongForm() {
    assumeThat(ALL).as("-Dgatepost.early.failures=true").isTrue();
  }

  private void onlyWhereItIsAProcess() {
    assumeThat(mode).as("only there it is a process of its own").isEqualTo(Mode.SPLIT);
  }

  private String lastLines() {
    List<String> lines = suite.estate().gatepost().log().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 100), lines.size()));
  }

  private long withdrawn() {
    return suite
        .estate()
        .gatepost()
        .log()
        .lines()
        .filter(line -> line.contains(" withdrawn served=0"))
        .count();
  }
}
