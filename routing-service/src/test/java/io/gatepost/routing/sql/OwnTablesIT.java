package io.gatepost.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.RoutingOperator;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.testkit.infrastructure.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/// Domains, mailboxes and aliases in tables of our own, on a PostgreSQL.
class OwnTablesIT {

  private static final String ON = "gatepost.routing.sql.enabled=true";
  private static final String LATER = "451 4.3.0";

  @TempDir static Path data;
  private static TestDatabase database;
  private static SqlProcess process;

  @BeforeAll
  static void start() {
    database = TestDatabase.start();
    process = SqlProcess.start(database, data, ON);
    await()
        .atMost(SqlProcess.PATIENCE)
        .until(() -> process.context().getBean(DomainWatch.class).isReached());
    RoutingOperator operator = process.operator();
    done(operator.addDomain(DomainName.of("One.Test")));
    done(operator.addMailbox(ForwardPath.of("Ann@one.test")));
    done(operator.addMailbox(ForwardPath.of("zoe@one.test")));
    done(operator.addAlias("team@one.test", "ann@one.test, zoe@one.test"));
    done(operator.addAlias("ann+lists@one.test", "zoe@one.test"));
    done(operator.addAlias("gone@one.test", "error:5.7.1:550 moved away"));
    done(operator.addAlias("later@one.test", "error:4.3.2:450 moving"));
    done(operator.addDomain(DomainName.of("all.test")));
    done(operator.addAlias("@all.test", "ann@one.test"));
    done(operator.addAlias("not@all.test", "error:5.1.1:550 not this one"));
  }

  @AfterAll
  static void stop() {
    process.close();
    database.close();
  }

  @ParameterizedTest
  @CsvSource({
    "ann@one.test, maildir:ann@one.test",
    "ANN@ONE.TEST, maildir:ann@one.test",
    "\"ann\"@one.test, maildir:ann@one.test",
    "ann+detail@one.test, maildir:ann@one.test",
    "ann+lists@one.test, maildir:zoe@one.test",
    "team+x@one.test, 'maildir:ann@one.test, maildir:zoe@one.test'",
    "postmaster@one.test, maildir:ann@one.test",
    "abuse@one.test, maildir:ann@one.test",
    "any.thing@all.test, maildir:ann@one.test",
    "not@all.test, 550 5.1.1 not this one",
    "gone@one.test, 550 5.7.1 moved away",
    "later@one.test, 450 4.3.2 moving",
    "nobody@one.test, 550 5.1.1 No such user: nobody@one.test",
    "user@elsewhere.test, 554 5.7.1 Relay access denied",
    "nobody@local.test, 550 5.1.1 No such user: nobody@local.test",
  })
  void addressesAreLookedUp(String address, String expected) {
    assertThat(process.route(address)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"' or '1'='1\"@one.test",
        "'or''='@one.test",
        "\"'; drop table routing.mailbox; --\"@one.test",
        "\"%\"@one.test",
        "\"\\\\\"@one.test",
        "$1@one.test",
        "{fn}@one.test",
        "\"?\"@one.test",
        "\":name\"@one.test",
        "\"ann@one.test\"@one.test",
      })
  void whatAClientWritesIsNeverPartOfAStatement(String address) {
    assertThat(process.route(address)).startsWith("550 5.1.1 ");
    assertThat(process.route("zoe@one.test")).isEqualTo("maildir:zoe@one.test");
  }

  @Test
  void aChangeCountsAtOnceWhoeverMakesIt() {
    RoutingOperator operator = process.operator();
    String address = "new@one.test";
    assertThat(process.route(address)).startsWith("550 5.1.1");

    done(operator.addMailbox(ForwardPath.of(address)));
    assertThat(process.route(address)).isEqualTo("maildir:new@one.test");
    done(operator.removeMailbox(ForwardPath.of(address)));
    assertThat(process.route(address)).startsWith("550 5.1.1");

    process.jdbc().update("insert into routing.domain values ('psql.test')");
    process.jdbc().update("insert into routing.mailbox values ('psql.test', 'ann')");
    await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> process.route("ann@psql.test").equals("maildir:ann@psql.test"));
  }

  @Test
  void whatTheOperatorDoesWrongIsTold() {
    RoutingOperator operator = process.operator();

    refused(
        RpcStatus.INVALID_ARGUMENT, operator.addDomain(DomainName.of("one.test")), "not there yet");
    refused(
        RpcStatus.INVALID_ARGUMENT,
        operator.removeDomain(DomainName.of("one.test")),
        "without mailboxes");
    refused(RpcStatus.NOT_FOUND, operator.removeDomain(DomainName.of("no.test")), "no.test");
    refused(RpcStatus.NOT_FOUND, operator.addMailbox(ForwardPath.of("a@no.test")), "no.test");
    refused(
        RpcStatus.INVALID_ARGUMENT,
        operator.addMailbox(ForwardPath.of("ann@one.test")),
        "no mailbox yet");
    refused(
        RpcStatus.INVALID_ARGUMENT,
        operator.addMailbox(ForwardPath.of("team@one.test")),
        "no alias yet");
    refused(
        RpcStatus.INVALID_ARGUMENT,
        operator.addMailbox(ForwardPath.of("a+b@one.test")),
        "without +");
    refused(
        RpcStatus.NOT_FOUND, operator.removeMailbox(ForwardPath.of("no@one.test")), "no@one.test");
    refused(RpcStatus.INVALID_ARGUMENT, operator.addAlias("ann@one.test", "zoe"), "no mailbox yet");
    refused(
        RpcStatus.INVALID_ARGUMENT, operator.addAlias("x@one.test", "x@one.test, zoe"), "itself");
    refused(RpcStatus.INVALID_ARGUMENT, operator.addAlias("x@one.test", "|/bin/sh"), "pipes");
    refused(
        RpcStatus.INVALID_ARGUMENT, operator.addAlias("x@one.test", "error:nonsense"), "error:");
    refused(RpcStatus.INVALID_ARGUMENT, operator.addAlias("x", "zoe"), "an address");
    refused(RpcStatus.NOT_FOUND, operator.removeAlias("x@one.test"), "x@one.test");
    refused(RpcStatus.INVALID_ARGUMENT, operator.domains(0).then(), "1 to 10000");
  }

  @Test
  void whatIsThereIsListed() {
    RoutingOperator operator = process.operator();

    assertThat(operator.domains(10).block(SqlProcess.PATIENCE))
        .contains(DomainName.of("all.test"), DomainName.of("one.test"));
    assertThat(operator.mailboxes("one.test", 10).block(SqlProcess.PATIENCE))
        .extracting(RoutingOperator.Mailbox::address)
        .containsExactly("ann@one.test", "zoe@one.test");
    assertThat(operator.aliases("", 100).block(SqlProcess.PATIENCE))
        .contains(new RoutingOperator.Alias("@all.test", "ann@one.test"));
  }

  @Test
  void dataThatCannotBeUsedDelaysItsOwnAddressOnly() {
    process.jdbc().update("insert into routing.alias values ('one.test', 'odd', 'not an address')");

    await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> process.route("odd@one.test").startsWith(LATER));
    assertThat(process.route("zoe@one.test")).isEqualTo("maildir:zoe@one.test");
  }

  private static void refused(RpcStatus status, Mono<Void> call, String words) {
    assertThatThrownBy(() -> call.block(SqlProcess.PATIENCE))
        .isInstanceOfSatisfying(
            RpcException.class,
            e -> {
              assertThat(e.status()).isEqualTo(status);
              assertThat(e.detail()).contains(words);
            });
  }

  private static void done(Mono<Void> call) {
    call.block(SqlProcess.PATIENCE);
  }

  @Test
  void aDomainThatATableNamesIsNotAdded() {
    Mono<Void> added = process.operator().addDomain(DomainName.of("local.test"));

    assertThatThrownBy(added::block)
        .isInstanceOf(RpcException.class)
        .hasMessageContaining("domain: \"local.test\"")
        .hasMessageContaining("neither local-domains nor the mailertable names");
    assertThat(process.route("alice@local.test")).isEqualTo("maildir:alice@local.test");
  }
}
