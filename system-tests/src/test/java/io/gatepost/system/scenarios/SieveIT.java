package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Users' Sieve scripts, from the file to the client's reply and the message's end.
class SieveIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Requirement C20.
  private static final Duration COUNTS_WITHIN = Duration.ofSeconds(2);

  private static final String ADVERTISER = "x@ads.example";
  private static final String FRIEND = "x@far.example";
  private static final String ANN = "ann@example.test";

  private static final String CHOOSY =
      """
      require ["envelope", "subaddress", "reject"];
      if envelope :domain "from" "ads.example" { reject "No advertisements, please."; }
      elsif envelope :detail "to" "bad" { reject "There is no such list."; }
      """;

  private static final Pattern DISCARDED =
      Pattern.compile(
          "qid=(\\S+) generation=\\d+ discarded to=<dis@example\\.test>"
              + " by=discard:dis@example\\.test");

  @TempDir private Path scripts;

  static Stream<Mode> modes() {
    return Modes.of(Mode.ALL_IN_ONE);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void aUsersScriptDecidesAtTheGate(Mode mode) throws IOException {
    write("far", "redirect \"user@sink.test\"; redirect \"bob@example.test\";");
    write("dis", "discard;");
    write("odd", "reject \"no require\";");
    write("one", "redirect \"two@example.test\";");
    write("two", "redirect \"one@example.test\";");
    Map<String, String> changes =
        Map.of(
            "gatepost.routing.sieve-directory",
            scripts.toString(),
            "gatepost.routing.mailboxes",
            "ann, bob, far, dis, odd, one, two");
    try (Estate estate = Estate.start("sieve", mode, changes)) {
      aScriptCountsAsSoonAsItIsWritten(estate);
      senderAndDetailDecide(estate);
      assertThat(estate.replyToRcpt(FRIEND, "one@example.test")).startsWith("550 5.4.6 ");
      aRedirectedMessageArrivesElsewhere(estate);
      aDiscardedMessageIsLoggedAndNotStored(estate);
      aBrokenScriptLosesNothing(estate);
      if (mode == Mode.ALL_IN_ONE) { // one port of metrics for all services
        theMetricsTellOfThem(estate.gatepost().http("/actuator/prometheus"));
      }
      aChangeCounts(estate);
    }
  }

  private void aScriptCountsAsSoonAsItIsWritten(Estate estate) throws IOException {
    assertThat(estate.replyToRcpt(ADVERTISER, ANN)).startsWith("250 ");

    write("ann", CHOOSY);

    replies(estate, ADVERTISER, "550 5.7.1 No advertisements, please.");
  }

  /// Requirements C18, C19.
  private static void senderAndDetailDecide(Estate estate) {
    assertThat(estate.replyToRcpt(FRIEND, ANN)).startsWith("250 ");
    assertThat(estate.replyToRcpt(FRIEND, "ann+bad@example.test"))
        .startsWith("550 5.7.1 There is no such list.");
    assertThat(estate.replyToRcpt(FRIEND, "ann+ok@example.test")).startsWith("250 ");

    String plain = send(estate, ANN);
    String detailed = send(estate, "ann+ok@example.test");
    await()
        .atMost(PATIENCE)
        .until(() -> estate.messageIdsIn(ANN).containsAll(List.of(plain, detailed)));
  }

  private static void aRedirectedMessageArrivesElsewhere(Estate estate) {
    String id = send(estate, "far@example.test");

    await().atMost(PATIENCE).until(() -> estate.messageIdsIn("bob@example.test").contains(id));
    await().atMost(PATIENCE).until(() -> !estate.nextHop().arrivals(id).isEmpty());
    assertThat(estate.nextHop().arrivals(id))
        .extracting(FakeSmtpServer.Arrival::recipient)
        .containsExactly("user@sink.test");
    assertThat(estate.mailbox("far@example.test")).isEmpty();
  }

  private static void aDiscardedMessageIsLoggedAndNotStored(Estate estate) {
    String reply =
        estate.deliver(FRIEND, List.of("dis@example.test"), Estate.message(Estate.newMessageId()));
    assertThat(reply).startsWith("250 ");

    await().atMost(PATIENCE).until(() -> estate.gatepost().logs("discarded to=<dis@"));
    Matcher line = DISCARDED.matcher(estate.gatepost().log());
    assertThat(line.find()).isTrue();
    assertThat(reply).contains(line.group(1));
    assertThat(estate.mailbox("dis@example.test")).isEmpty();
  }

  private void aBrokenScriptLosesNothing(Estate estate) {
    String id = send(estate, "odd@example.test");

    await().atMost(PATIENCE).until(() -> estate.messageIdsIn("odd@example.test").contains(id));
    assertThat(
            estate.gatepost().logs("script=" + file("odd") + " is skipped, mail is kept: line 1"))
        .isTrue();
  }

  private static void theMetricsTellOfThem(String metrics) {
    assertThat(metrics)
        .containsPattern("gatepost_delivery_outcomes_total\\{[^}]*result=\"discarded\"[^}]*} 1\\.0")
        .containsPattern("(?m)^gatepost_routing_sieve_broken(\\{[^}]*})? 1\\.0")
        .containsPattern(
            "gatepost_routing_sieve_decisions_total\\{[^}]*result=\"refused\"[^}]*} [1-9]");
  }

  private void aChangeCounts(Estate estate) throws IOException {
    write("ann", CHOOSY.replace("No advertisements, please.", "Still none."));
    replies(estate, ADVERTISER, "550 5.7.1 Still none.");

    write("ann", "keep"); // without its semicolon
    replies(estate, ADVERTISER, "250 ");

    write("ann", CHOOSY);
    replies(estate, ADVERTISER, "550 5.7.1 No advertisements, please.");

    Files.delete(file("ann"));
    replies(estate, ADVERTISER, "250 ");
  }

  private static void replies(Estate estate, String sender, String reply) {
    await()
        .atMost(COUNTS_WITHIN)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> estate.replyToRcpt(sender, ANN), said -> said.startsWith(reply));
  }

  /// Sends a message of the friend's; returns its Message-ID.
  private static String send(Estate estate, String recipient) {
    String id = Estate.newMessageId();
    assertThat(estate.deliver(FRIEND, List.of(recipient), Estate.message(id))).startsWith("250 ");
    return id;
  }

  private Path file(String user) {
    return scripts.resolve("example.test").resolve(user + ".sieve");
  }

  /// By rename, as the documents ask for.
  private void write(String user, String text) throws IOException {
    Files.createDirectories(file(user).getParent());
    Path next = Files.writeString(scripts.resolve("next"), text);
    Files.move(next, file(user), StandardCopyOption.REPLACE_EXISTING);
  }
}
