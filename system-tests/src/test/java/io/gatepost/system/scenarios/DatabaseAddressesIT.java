package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.GatepostCommand.Ended;
import io.gatepost.testkit.product.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Domains, mailboxes and aliases in the embedded database, changed by the operator's commands.
class DatabaseAddressesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration COUNTS_WITHIN = Duration.ofSeconds(2);

  static Stream<Mode> modes() {
    return Modes.of(Mode.SPLIT);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void addressesComeAndGoByCommandAndCountWithinTwoSeconds(Mode mode) {
    try (Estate estate =
        Estate.start("database-addresses", mode, Map.of("gatepost.routing.sql.enabled", "true"))) {
      await().atMost(PATIENCE).until(() -> run(estate, "domain", "list").status() == 0);
      await()
          .atMost(PATIENCE)
          .until(() -> estate.replyToRcpt("ann@new.test").startsWith("554 5.7.1"));

      ok(estate, "domain", "add", "New.Test");
      ok(estate, "mailbox", "add", "ann@new.test");
      ok(estate, "alias", "add", "team@new.test", "ann@new.test", "alice@example.test");
      replies(estate, "ann@new.test", "250 ");
      replies(estate, "nobody@new.test", "550 5.1.1 ");
      replies(estate, "ann+list@new.test", "250 ");
      String id = Estate.newMessageId();
      estate.deliver("s@sender.test", List.of("team@new.test"), Estate.message(id));
      for (String mailbox : List.of("ann@new.test", "alice@example.test")) {
        await().atMost(PATIENCE).until(() -> estate.messageIdsIn(mailbox).contains(id));
      }
      assertThat(ok(estate, "alias", "list", "new.test").output())
          .isEqualTo("team@new.test  ann@new.test, alice@example.test\n");
      assertThat(ok(estate, "mailbox", "list", "--json").output())
          .isEqualTo("[{\"address\":\"ann@new.test\"}]\n");

      Ended used = run(estate, "domain", "remove", "new.test");
      assertThat(used.status()).isEqualTo(69);
      assertThat(used.complaints()).contains("without mailboxes and aliases");
      assertThat(run(estate, "mailbox", "remove", "no@new.test").status()).isEqualTo(1);
      assertThat(run(estate, "mailbox", "add", "ann@new.test").status()).isEqualTo(69);

      ok(estate, "alias", "remove", "team@new.test");
      replies(estate, "team@new.test", "550 5.1.1 ");
      ok(estate, "mailbox", "remove", "ann@new.test");
      replies(estate, "ann@new.test", "550 5.1.1 ");
      ok(estate, "domain", "remove", "new.test");
      replies(estate, "ann@new.test", "554 5.7.1 ");
    }
  }

  private static void replies(Estate estate, String recipient, String reply) {
    await()
        .atMost(COUNTS_WITHIN)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> estate.replyToRcpt(recipient).startsWith(reply));
  }

  private static Ended ok(Estate estate, String... arguments) {
    Ended ended = run(estate, arguments);
    assertThat(ended.status()).as(ended.complaints()).isZero();
    return ended;
  }

  private static Ended run(Estate estate, String... arguments) {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addAll(estate.gatepost().operatorOptions());
    return GatepostCommand.run(PATIENCE, command);
  }
}
