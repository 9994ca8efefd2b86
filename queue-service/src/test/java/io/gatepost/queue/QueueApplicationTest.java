package io.gatepost.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.QuarantineOperator;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.rpc.RpcClients;
import io.gatepost.rpc.RpcProperties;
import io.gatepost.rpc.Service;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.buffer.DataBuffer;

/// queue-service as a process, with neither a broker nor a database.
class QueueApplicationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final QueueId ID = Messages.id();

  @TempDir Path data;

  @Test
  void whereTheQuarantineIsOffNothingIsPutAside() {
    try (ConfigurableApplicationContext process = start()) {
      Queue queue = port(process, Queue.class);

      assertFails(
          RpcStatus.INVALID_ARGUMENT,
          "gatepost.queue.quarantine.enabled",
          () -> queue.putAside(call()).block(PATIENCE));
    }
  }

  @Test
  void whereItIsOnTheDatabaseIsAskedAndItsAbsenceTold() {
    try (ConfigurableApplicationContext process = start("gatepost.queue.quarantine.enabled=true")) {
      Queue queue = port(process, Queue.class);
      QuarantineOperator operator = port(process, QuarantineOperator.class);

      assertFails(RpcStatus.UNAVAILABLE, "database", () -> queue.putAside(call()).block(PATIENCE));
      assertFails(RpcStatus.UNAVAILABLE, "database", () -> operator.stats().block(PATIENCE));
      assertFails(
          RpcStatus.UNAVAILABLE,
          "database",
          () -> operator.content(ID).map(DataBuffer::readableByteCount).blockLast(PATIENCE));
      assertThat(process.getBean(MeterRegistry.class).getMeters())
          .filteredOn(meter -> meter.getId().getName().startsWith("gatepost.quarantine."))
          .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank())
          .extracting(Meter::getId)
          .extracting(Meter.Id::getName)
          .contains(
              "gatepost.quarantine.messages",
              "gatepost.quarantine.octets",
              "gatepost.quarantine.put",
              "gatepost.quarantine.refused",
              "gatepost.quarantine.released",
              "gatepost.quarantine.deleted",
              "gatepost.quarantine.expired");
    }
  }

  @Test
  void aQuarantineIsNoneWhereMessagesAreReplicated() {
    assertThatThrownBy(() ->
            start("gatepost.queue.quarantine.enabled=true", "gatepost.queue.durability=replicated"))
        .extracting(NestedExceptionUtils::getMostSpecificCause)
        .isInstanceOf(SettingException.class)
        .asString()
        .contains("gatepost.queue.quarantine.enabled");
  }

  @Test
  void boundsThatMakeNoSenseAreNamed() {
    for (String setting : List.of("keep=0s", "max-messages=0", "max-size=0B")) {
      String key = "gatepost.queue.quarantine." + setting;
      assertThatThrownBy(() -> start(key))
          .extracting(NestedExceptionUtils::getMostSpecificCause)
          .isInstanceOf(SettingException.class)
          .asString()
          .contains(key.substring(0, key.indexOf('=')));
    }
  }

  private ConfigurableApplicationContext start(String... settings) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--server.shutdown=immediate",
                "--spring.main.banner-mode=off",
                "--gatepost.data-dir=" + data,
                "--gatepost.queue.disk-reserve=1MB",
                "--spring.kafka.bootstrap-servers=127.0.0.1:1",
                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
                "--spring.datasource.hikari.connection-timeout=1000"));
    for (String setting : settings) {
      arguments.add("--" + setting);
    }
    return new SpringApplication(QueueApplication.class).run(arguments.toArray(String[]::new));
  }

  private static <T> T port(ConfigurableApplicationContext process, Class<T> port) {
    int number = ((WebServerApplicationContext) process).getWebServer().getPort();
    URI unused = URI.create("http://127.0.0.1:1");
    return RpcClients.standalone(
            new RpcProperties(
                "", Duration.ofSeconds(30), unused, unused, unused, unused, unused, List.of()))
        .port(port, Service.QUEUE, URI.create("http://127.0.0.1:" + number));
  }

  private static PutAside call() {
    return new PutAside(Messages.inline(ID, "x", "bob@dest.example"), Finding.of("spam"));
  }

  private static void assertFails(RpcStatus status, String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RpcException.class,
            e -> {
              assertThat(e.status()).isEqualTo(status);
              assertThat(e.detail()).contains(words);
            });
  }
}
