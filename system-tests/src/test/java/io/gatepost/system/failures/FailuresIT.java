package io.gatepost.system.failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.disk.SmallDisk;
import io.gatepost.testkit.peer.Missing;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.product.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
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
  private static final long PAUSE_MILLIS = 100;
  private static final int CALLS_UNTIL_OPEN = 10;
  private static final String OPEN_BREAKERS =
      "/actuator/metrics/resilience4j.circuitbreaker.state?tag=state:open";

  /// The longest that a breaker is open, and time for the next call on a busy machine.
  private static final Duration LONGEST_OPEN = Duration.ofSeconds(20);

  private static final String QUEUE_HEALTH = "/actuator/health/dependencies/queue";
  private static final String NO_CONNECTION = "no connection";

  /// Returns the queue's health.
  private enum Status {
    UP,
    OUT_OF_SERVICE
  }

  @Parameter Mode mode;
  private Optional<SmallDisk> disk = Optional.empty();
  private Estate estate;
  private final List<String> accepted = new CopyOnWriteArrayList<>();
  private final List<String> refused = new CopyOnWriteArrayList<>();

  @BeforeParameterizedClassInvocation
  void startOnASmallDisk() {
    accepted.clear(); // the instance serves both modes
    refused.clear();
    disk = SmallDisk.mount(Estate.place("small-disk", mode), DISK_MEBIBYTES);
    String timeout = SERVICE_TIMEOUT.toString();
    estate =
        Estate.start(
            disk.map(small -> small.directory().resolve("failures"))
                .orElse(Estate.place("failures", mode)),
            mode,
            Estate.queueing(
                Map.of(
                    "gatepost.queue.disk-reserve", RESERVE_OCTETS + "B",
                    "gatepost.edge.verify-timeout", timeout,
                    "gatepost.edge.scan-timeout", timeout,
                    "gatepost.edge.queue-timeout", timeout)));
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
    SmallDisk small = disk.orElseThrow(() -> Missing.of("only root may mount a small disk"));
    estate.nextHop().goDown();
    awaitAccepted();

    small.fill(RESERVE_OCTETS / 2);

    await().atMost(PATIENCE).until(this::deliver, reply -> reply.startsWith("452 4.3.1 "));
    awaitQueue(Status.OUT_OF_SERVICE);
    estate.nextHop().comeUp();
    nothingIsLost();
    disk.orElseThrow().empty();
    awaitAccepted();
    awaitQueue(Status.UP);
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
    refused.clear();
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
    whatWasRefusedDoesNotCome();
  }

  /// The breaker of the edge opens, which costs clients nothing but the wait, and closes by itself.
  @Test
  void aQueueThatHangsIsLeftAloneAndCalledAgainSoonAfterItGoesOn() {
    onlyWhereItIsAProcess();
    refused.clear();
    ProcessHandle process = estate.gatepost().service("queue");
    Signal.STOP.to(process);
    try {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            assertThat(deliverTogether(CALLS_UNTIL_OPEN))
                .allMatch(told -> told.startsWith("451 4.3.0 "));
            assertThat(estate.gatepost().http(OPEN_BREAKERS)).contains("\"value\":1.0");
          });
      long began = System.nanoTime();
      assertThat(deliver()).startsWith("451 4.3.0 ");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SERVICE_TIMEOUT);
    } finally {
      Signal.CONT.to(process);
    }

    long back = System.nanoTime();
    awaitAccepted();
    System.out.printf(
        "a queue that hung is used again after %.1f s%n", (System.nanoTime() - back) / 1e9);
    assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(LONGEST_OPEN);
    nothingIsLost();
    whatWasRefusedDoesNotCome();
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

    estate.gatepost().killService(service); // returns when it is gone

    assertThat(deliver()).startsWith(told);
    await()
        .atMost(PATIENCE)
        .ignoreExceptions() // while there is no process of that number
        .until(() -> estate.gatepost().service(service).pid() != killed);
    awaitAccepted();
    nothingIsLost();
  }

  /// A client tries again within minutes: what it must not meet is a breaker that stays open.
  @Test
  void aQueueThatStartsAgainCostsAtMostTwiceTheTimeOfItsStart() throws InterruptedException {
    onlyWhereItIsAProcess();
    URI queue = estate.gatepost().operatorPort().url().resolve(QUEUE_HEALTH);
    long killed = System.nanoTime();
    estate.gatepost().killService("queue");
    Duration ready = Duration.ZERO;
    Duration accepted = Duration.ZERO;
    while (ready.isZero() || accepted.isZero()) {
      boolean isReady = ready.isZero() && isUp(queue);
      boolean isAccepted = deliver().startsWith("250 ");
      Duration now = Duration.ofNanos(System.nanoTime() - killed);
      assertThat(now).isLessThan(PATIENCE);
      ready = isReady ? now : ready;
      accepted = isAccepted && accepted.isZero() ? now : accepted;
      Thread.sleep(PAUSE_MILLIS); // as clients come, one after the other
    }

    System.out.printf(
        "a queue that was killed is ready after %.1f s, and used after %.1f s%n",
        ready.toMillis() / 1e3, accepted.toMillis() / 1e3);
    assertThat(accepted).isLessThan(ready.multipliedBy(2).plus(SERVICE_TIMEOUT));
    nothingIsLost();
  }

  private static boolean isUp(URI health) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(health).timeout(SERVICE_TIMEOUT).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // it is starting
    }
  }

  private void onlyWhereItIsAProcess() {
    assumeThat(mode).as("only there it is a process of its own").isEqualTo(Mode.SPLIT);
  }

  private void awaitAccepted() {
    await().atMost(PATIENCE).until(this::deliver, reply -> reply.startsWith("250 "));
  }

  /// Where the suite is split it is the edge that answers, which has no queue. It is ready all the
  /// same, as it tells its clients what is the matter.
  private void awaitQueue(Status expected) {
    if (mode == Mode.ALL_IN_ONE) {
      await().atMost(PATIENCE).until(this::queueHealth, expected::equals);
    }
    assertThat(estate.gatepost().http("/actuator/health/readiness")).contains("\"UP\"");
  }

  private Status queueHealth() {
    String body = estate.gatepost().http(QUEUE_HEALTH);
    if (body.contains("OUT_OF_SERVICE")) {
      return Status.OUT_OF_SERVICE;
    }
    assertThat(body).contains("\"status\":\"UP\"");
    return Status.UP;
  }

  /// Sends one message, and remembers what was said of it.
  private String deliver() {
    String messageId = Estate.newMessageId();
    try {
      // A recipient that nobody has asked for, as answers are cached.
      String recipient = "user" + System.nanoTime() + "@sink.test";
      String reply = estate.deliver(BOB, List.of(recipient), Estate.message(messageId));
      if (reply.startsWith("250 ")) {
        accepted.add(messageId);
      } else if (!reply.isEmpty()) {
        refused.add(messageId);
      }
      return reply.isEmpty() ? NO_CONNECTION : reply;
    } catch (UncheckedIOException e) {
      return NO_CONNECTION;
    }
  }

  private List<String> deliverTogether(int messages) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<String>> replies =
          IntStream.range(0, messages)
              .mapToObj(i -> CompletableFuture.supplyAsync(this::deliver, threads))
              .toList();
      return replies.stream().map(CompletableFuture::join).toList();
    }
  }

  private void nothingIsLost() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(estate.nextHop().arrivals()).extracting("key").containsAll(accepted));
  }

  /// Checks that mail accepted later has come by now.
  private void whatWasRefusedDoesNotCome() {
    assertThat(estate.nextHop().arrivals()).extracting("key").doesNotContainAnyElementsOf(refused);
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
