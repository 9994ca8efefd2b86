package io.gatepost.verification.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import io.gatepost.rpc.process.SuiteProcess;
import io.gatepost.testkit.infrastructure.TestDatabase;
import io.gatepost.verification.FakeDelivery;
import io.gatepost.verification.cache.AnswerStore;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.Subject;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

class JdbcAnswerStoreIT {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123456Z");

  private static TestDatabase database;
  private static ConfigurableApplicationContext process;

  private final AnswerStore store = process.getBean(AnswerStore.class);

  @SuiteProcess
  @Import(StoreConfiguration.class)
  static class StoreProcess {}

  @BeforeAll
  static void start() {
    database = TestDatabase.start();
    process =
        new SpringApplicationBuilder(StoreProcess.class)
            .web(WebApplicationType.NONE)
            .properties("spring.main.banner-mode=off")
            .run(
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.username(),
                "--spring.datasource.password=" + database.password());
  }

  @AfterAll
  static void stop() {
    process.close();
    database.close();
  }

  @BeforeEach
  void empty() {
    store.loadForgotten((subject, before) -> {});
    store.dropBefore(NOON.plusSeconds(100_000));
  }

  private static AnswerKey key(String recipient, String sender) {
    return new AnswerKey("smtp:[192.0.2.25]", ForwardPath.of(recipient), ReversePath.of(sender));
  }

  private static Answer answer(String reply, Instant at) {
    return new Answer(Reply.parse(reply), Optional.of(FakeDelivery.HOP), at);
  }

  private Map<AnswerKey, Answer> load() {
    Map<AnswerKey, Answer> rows = new HashMap<>();
    store.load(Instant.EPOCH, 1_000, rows::put);
    return rows;
  }

  @Test
  void whatIsWrittenIsReadAsItWas() {
    Map<AnswerKey, Answer> batch =
        Map.of(
            key("bob@dept.example", ""),
            answer("250 2.1.5 OK", NOON),
            key("bob@dept.example", "ann@x.example"),
            answer("550 5.7.1 two\nlines", NOON),
            key("\"o'brien; drop\"@dept.example", ""),
            new Answer(Reply.parse("550 no"), Optional.empty(), NOON));

    store.write(batch);

    assertThat(load()).isEqualTo(batch);
  }

  @Test
  void aNewerAnswerReplacesAnOlderAndNotTheOtherWayRound() {
    AnswerKey key = key("bob@dept.example", "");
    store.write(Map.of(key, answer("250 OK", NOON)));
    store.write(Map.of(key, answer("550 gone", NOON.plusSeconds(1))));
    store.write(Map.of(key, answer("250 old", NOON.minusSeconds(1))));

    assertThat(load()).containsEntry(key, answer("550 gone", NOON.plusSeconds(1)));
  }

  @Test
  void theNewestAreReadWhereThereAreTooMany() {
    for (int i = 0; i < 20; i++) {
      store.write(
          Map.of(key("u" + i + "@dept.example", ""), answer("250 OK", NOON.plusSeconds(i))));
    }
    Map<AnswerKey, Answer> rows = new HashMap<>();
    store.load(Instant.EPOCH, 5, rows::put);

    assertThat(rows).hasSize(5).containsKey(key("u19@dept.example", ""));
  }

  @Test
  void onlyTheNewestAreKept() {
    for (int i = 0; i < 20; i++) {
      store.write(
          Map.of(key("u" + i + "@dept.example", ""), answer("250 OK", NOON.plusSeconds(i))));
    }

    store.keepNewest(100);
    assertThat(load()).hasSize(20);
    store.keepNewest(5);
    assertThat(load()).hasSize(5).containsKey(key("u19@dept.example", ""));
    store.keepNewest(0);
    assertThat(load()).isEmpty();
  }

  @Test
  void addressesDomainsAndOldOnesAreForgotten() {
    store.write(
        Map.of(
            key("bob@dept.example", ""), answer("250 OK", NOON),
            key("ann@dept.example", ""), answer("250 OK", NOON),
            key("ann@other.example", ""), answer("250 OK", NOON),
            key("old@third.example", ""), answer("250 OK", NOON.minusSeconds(60))));

    store.forget(Subject.of("bob@dept.example"), NOON.plusSeconds(1));
    assertThat(load()).hasSize(3);
    store.forget(Subject.of("dept.example"), NOON.plusSeconds(1));
    assertThat(load()).hasSize(2);
    store.dropBefore(NOON);
    assertThat(load()).containsOnlyKeys(key("ann@other.example", ""));
  }

  @Test
  void newerAnswersAreNotForgottenAndTheLastTimeIsRemembered() {
    store.write(Map.of(key("bob@dept.example", ""), answer("250 OK", NOON)));

    store.forget(Subject.of("bob@dept.example"), NOON);
    store.forget(Subject.of("bob@dept.example"), NOON.minusSeconds(10));

    assertThat(load()).hasSize(1);
    Map<Subject, Instant> forgotten = new HashMap<>();
    store.loadForgotten(forgotten::put);
    assertThat(forgotten).containsExactly(Map.entry(Subject.of("bob@dept.example"), NOON));
  }
}
