package io.gatepost.system.failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.disk.SmallDisk;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.product.Signal;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// One part is gone, or hangs. What can only fail by itself where it is a process of its own is
/// tried in split mode.
@ParameterizedClass
@EnumSource(Mode.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailuresIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration SERVICE_TIMEOUT = Duration.ofSeconds(3);
  private static final int DISK_MEBIBYTES = 900;
  private static final long RESERVE_OCTETS = 64L * 1024 * 1024;
  private static final String BOB = "bob@example.test";
  private static final String NO_CONNECTION = "no connection";

  /// What readiness says.
  private enum Status {
    UP,
    OUT_OF_SERVICE
  }

  @Parameter Mode mode;
  private Optional<SmallDisk> disk = Optional.empty();
  private Estate estate;
  private final List<String> accepted = new ArrayList<>();

  @BeforeParameterizedClassInvocation
  void startOnASmallDisk() {
    accepted.clear(); // the instance serves both modes
    disk = SmallDisk.mount(Estate.place("small-disk", mode), DISK_MEBIBYTES);
    String timeout = SERVICE_TIMEOUT.toString();
    estate =
        Estate.start(
            disk.map(small -> small.directory().resolve("failures"))
                .orElse(Estate.place("failures", mode)),
            mode,
            Map.of(
                "gatepost.queue.disk-reserve", RESERVE_OCTETS + "B",
                "gatepost.edge.verify-timeout", timeout,
                "gatepost.edge.scan-timeout", timeout,
                "gatepost.edge.queue-timeout", timeout));
  }

  @AfterParameterizedClassInvocation
  void stop() {
    try {
      estate.close();
    } finally {
      disk.ifPresent(SmallDisk::close);
    }
  }

  @BeforeEach
  void somethingIsOnItsWay() {
    awaitAccepted();
  }

  @Test
  void withoutTheDatabaseMailGoesOnAndTheViewCatchesUp() {
    estate.nextHop().goDown();
    await()
        .atMost(PATIENCE)
        .until(() -> queue("list").status() == 0); // it comes up beside the suite
    estate.gatepost().killDatabase();
    String reply = deliver();
    assertThat(reply).startsWith("250 2.0.0 queued as ");

    String id = reply.substring(reply.lastIndexOf(' ') + 1);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(deferred()).contains(id));
    estate.nextHop().comeUp();
    nothingIsLost();
  }

  @Test
  void theOperatorSeesTheNextHopsThatAreInUse() {
    assertThat(deliver()).startsWith("250 ");

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(queue("destinations").output()).contains("smtp:[127.0.0.1]:"));
  }

  @Test
  void belowItsReserveOfSpaceNothingIsAcceptedAndWhatWasIsDelivered() {
    assumeThat(disk).as("root, who may mount a small disk").isPresent();
    estate.nextHop().goDown();
    awaitAccepted();

    disk.orElseThrow().fill(RESERVE_OCTETS / 2);

    await().atMost(PATIENCE).until(this::deliver, reply -> reply.startsWith("452 4.3.1 "));
    awaitReadiness(Status.OUT_OF_SERVICE);
    estate.nextHop().comeUp();
    nothingIsLost();
    disk.orElseThrow().empty();
    awaitAccepted();
    awaitReadiness(Status.UP);
    nothingIsLost();
  }

  @ParameterizedTest
  @CsvSource({
    "scanner, 451 4.7.1",
    "verification, 451 4.3.0",
    "routing, 451 4.3.0",
    "queue, 451 4.3.0",
    "infrastructure, 451 4.3.0",
  })
  void aServiceThatHangsIsNotWaitedForAndIsBackWhenItGoesOn(String service, String told) {
    onlyWhereItIsAProcess();
    ProcessHandle process = estate.gatepost().service(service);
    Signal.STOP.to(process);
    long started = System.nanoTime();
    String reply;
    try {
      reply = deliver();
    } finally {
      Signal.CONT.to(process);
    }

    assertThat(reply).startsWith(told + " ");
    assertThat(Duration.ofNanos(System.nanoTime() - started))
        .isLessThan(SERVICE_TIMEOUT.plusSeconds(30)); // the machine may be busy
    awaitAccepted();
    nothingIsLost();
  }

  @ParameterizedTest
  @CsvSource({
    "scanner, 451 4.7.1",
    "verification, 451 4.3.0",
    "routing, 451 4.3.0",
    "queue, 451 4.3.0",
    "delivery, 250 2.0.0",
    "edge, no connection",
    "infrastructure, 451 4.3.0",
  })
  void aServiceThatIsKilledIsStartedAgain(String service, String told) {
    onlyWhereItIsAProcess();
    long killed = estate.gatepost().service(service).pid();

    estate.gatepost().service(service).destroyForcibly();

    assertThat(deliver()).startsWith(told);
    await()
        .atMost(PATIENCE)
        .ignoreExceptions() // while there is no process of that number
        .until(() -> estate.gatepost().service(service).pid() != killed);
    awaitAccepted();
    nothingIsLost();
  }

  private void onlyWhereItIsAProcess() {
    assumeThat(mode).as("only there it is a process of its own").isEqualTo(Mode.SPLIT);
  }

  private void awaitAccepted() {
    await().atMost(PATIENCE).until(this::deliver, reply -> reply.startsWith("250 "));
  }

  /// Where the suite is split it is the edge that answers, and tells of itself only.
  private void awaitReadiness(Status expected) {
    if (mode == Mode.ALL_IN_ONE) {
      await().atMost(PATIENCE).until(this::readiness, expected::equals);
    }
  }

  private Status readiness() {
    String body = estate.gatepost().http("/actuator/health/readiness");
    if (body.contains("OUT_OF_SERVICE")) {
      return Status.OUT_OF_SERVICE;
    }
    assertThat(body).contains("\"status\":\"UP\"");
    return Status.UP;
  }

  /// Sends one message, and remembers it where it is accepted.
  private String deliver() {
    String messageId = Estate.newMessageId();
    try {
      // A recipient that nobody has asked for, as answers are cached.
      String recipient = "user" + System.nanoTime() + "@sink.test";
      String reply = estate.deliver(BOB, List.of(recipient), Estate.message(messageId));
      if (reply.startsWith("250 ")) {
        accepted.add(messageId);
      }
      return reply.isEmpty() ? NO_CONNECTION : reply;
    } catch (UncheckedIOException e) {
      return NO_CONNECTION;
    }
  }

  private void nothingIsLost() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(estate.nextHop().arrivals()).extracting("key").containsAll(accepted));
  }

  private String deferred() {
    GatepostCommand.Ended list = queue("list");
    return list.output() + list.complaints();
  }

  private GatepostCommand.Ended queue(String what) {
    List<String> command = new ArrayList<>(List.of("queue"));
    command.addAll(estate.gatepost().operatorOptions());
    command.add(what);
    return GatepostCommand.run(PATIENCE, command);
  }
}
