package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.peer.TinyCdb;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tables are read again while the suite runs.
class TablesIT {

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aNewAliasIsKnownSoonAndARemovedOneForgotten(Mode mode) {
    Estate estate = Estate.shared(mode);
    String newcomer = "newcomer@example.test";
    assertThat(estate.replyToRcpt(newcomer)).startsWith("550 5.1.1");

    estate.change(estate.aliases(), table -> table + "newcomer: alice\n", newcomer, "250");
    estate.change(
        estate.aliases(), table -> table.replace("newcomer: alice\n", ""), newcomer, "550 5.1.1");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aNewRouteIsKnownSoonAndARemovedOneForgotten(Mode mode) {
    Estate estate = Estate.shared(mode);
    String user = "user@new.test";
    assertThat(estate.replyToRcpt(user)).startsWith("554 5.7.1");

    estate.change(
        estate.mailertable(), table -> table + "new.test error:5.7.1:550 tell me\n", user, "550");
    estate.change(
        estate.mailertable(), table -> table.replaceAll("(?m)^new.test.*\n", ""), user, "554");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void theOperatorIsToldWhereAnAddressGoesAndWhatSendersAreTold(Mode mode) {
    Estate estate = Estate.shared(mode);

    assertThat(route(estate, "staff@example.test"))
        .contains(
            "aliases: is alice@example.test, bob@example.test",
            "alice@example.test goes to maildir:alice@example.test",
            "strangers are told        that it is good");
    assertThat(route(estate, "user@bad.test")).contains("550 5.1.2 no such place");
  }

  private static String route(Estate estate, String address) {
    List<String> command = new ArrayList<>(List.of("route", address));
    command.addAll(estate.gatepost().operatorOptions());
    GatepostCommand.Ended ended = GatepostCommand.run(Duration.ofSeconds(60), command);
    assertThat(ended.status()).as(ended.complaints()).isZero();
    return ended.output();
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aBrokenVersionIsLoggedAndTheLastGoodOneStays(Mode mode) {
    Estate estate = Estate.shared(mode);
    String line = "broken.test nonsense\n";
    estate.change(estate.mailertable(), table -> table + line, "user@sink.test", "250");

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> estate.gatepost().log().contains(" = \"nonsense\" (expected: domain smtp:"));

    assertThat(estate.replyToRcpt("user@sink.test")).startsWith("250");
    assertThat(estate.replyToRcpt("user@bad.test")).startsWith("550 5.1.2 no such place");
    estate.change(estate.mailertable(), table -> table.replace(line, ""), "user@sink.test", "250");
  }

  @Test
  void aCdbIsReplacedAndARegsubReadAgainWhileTheSuiteRuns() throws IOException {
    Path home = Estate.place("cdb", Mode.ALL_IN_ONE);
    Path tables = Files.createDirectories(home.resolveSibling("cdb-tables"));
    Path cdb = tables.resolve("virtusertable.cdb");
    Path regsub = Files.writeString(tables.resolve("regsub"), "");
    TinyCdb maker = new TinyCdb();
    maker.create(cdb, List.of(TinyCdb.Entry.of("info@v.test", "alice@example.test")));
    Map<String, String> changes =
        Map.of(
            "gatepost.routing.virtusertable", cdb.toString(),
            "gatepost.routing.regsub", regsub.toString());
    try (Estate estate = Estate.start("cdb", Mode.ALL_IN_ONE, changes)) {
      assertThat(estate.replyToRcpt("info@v.test")).startsWith("250");
      assertThat(estate.replyToRcpt("nobody@v.test")).startsWith("550 5.1.1");

      maker.create(
          cdb, List.of(TinyCdb.Entry.of("@v.test", "error:5.7.0:550 closed since yesterday")));
      estate.change(regsub, _ -> "/^(.*)@r\\.test$/ $1@example.test\n", "bob@r.test", "250");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              estate.replyToRcpt("late@v.test").startsWith("550 5.7.0 closed since yesterday"));
      assertThat(estate.replyToRcpt("nobody@r.test")).startsWith("550 5.1.1");
    }
  }
}
