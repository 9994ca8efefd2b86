package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.scenarios.SteadyMail.Heard;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Arrival;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// An operator restarts the processes of a suite in turn, under load: nothing is lost, no client is
/// refused, and none is put off but while a process is away.
///
/// `-Dgatepost.restarts=edge,queue` names the processes.
class RollingRestartIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /// Some seconds on a quiet machine: a start, and the pause of a breaker after it.
  private static final Duration LONGEST_AWAY = Duration.ofMinutes(4);

  /// In the order of an upgrade: first those that are called. In the long form these are
  /// `routing,verification,scanner,queue,delivery,edge`.
  private static final List<String> RESTARTED =
      List.of(System.getProperty("gatepost.restarts", "scanner,queue,edge").split(","));

  /// Those whose breakers have to see that a service is back.
  private static final List<String> CALLERS = List.of("verification", "delivery", "edge");

  /// @param from when it was told to stop, in nanoseconds
  /// @param to when it was back for all who call it
  private record Away(String service, long from, long to) {

    boolean covers(Heard heard) {
      return from <= heard.until() && heard.from() <= to;
    }

    Duration time() {
      return Duration.ofNanos(to - from);
    }
  }

  @Test
  void everyServiceIsRestartedInTurnAndNothingIsLost() {
    List<Away> all = new ArrayList<>();
    try (Estate estate =
        Estate.start(
            "rolling-restart",
            Mode.SPLIT,
            Map.of("gatepost.routing.mailboxes", "alice@example.test, bob@example.test"))) {
      SteadyMail mail = new SteadyMail(() -> estate.gatepost().smtp());
      try (mail) {
        awaitMail(mail);
        for (String service : RESTARTED) {
          all.add(restart(estate, mail, service));
        }
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(missing(estate, mail)).as("promised").isEmpty());

      String told =
          all.stream()
              .map(away ->
                  "%s %d ms with %d put off"
                      .formatted(
                          away.service(),
                          away.time().toMillis(),
                          mail.putOff().stream().filter(away::covers).count()))
              .collect(Collectors.joining(", "));
      System.out.printf(
          "rolling restart: %d messages promised; %s%n", mail.promised().size(), told);
      assertThat(mail.promised()).hasSizeGreaterThan(RESTARTED.size());
      assertThat(mail.refused()).as("refused for good").isEmpty();
      assertThat(mail.unanswered()).as("messages without a reply").isEmpty();
      assertThat(mail.putOff())
          .allSatisfy(heard -> {
            assertThat(heard.reply()).containsPattern("^(421|451) ");
            assertThat(all).as(heard + " while all was there").anyMatch(one -> one.covers(heard));
          });
      assertThat(all).allSatisfy(away -> assertThat(away.time()).isLessThan(LONGEST_AWAY));
      assertThat(estate.mailbox("bob@example.test")).as("notices of failures").isEmpty();
      assertThat(estate.gatepost().log())
          .doesNotContain("does not stop and is killed")
          .doesNotContain("invariant broken");
    }
  }

  private static Away restart(Estate estate, SteadyMail mail, String service) {
    ProcessHandle before = estate.gatepost().service(service);
    int logged = estate.gatepost().log().length();
    long from = System.nanoTime();
    before.destroy(); // SIGTERM
    await()
        .atMost(PATIENCE)
        .until(() -> estate.gatepost().log().indexOf("service=" + service + " pid=", logged) > 0);
    for (String caller : CALLERS) {
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() ->
              estate
                  .gatepost()
                  .http(caller, "/actuator/health/dependencies")
                  .endsWith("\"status\":\"UP\"}"));
    }
    awaitMail(mail);
    Away away = new Away(service, from, System.nanoTime());
    awaitMail(mail); // that begins when it is over
    assertThat(estate.gatepost().service(service).pid()).isNotEqualTo(before.pid());
    return away;
  }

  private static void awaitMail(SteadyMail mail) {
    int enough = mail.promised().size() + 2 * SteadyMail.CLIENTS;
    await().atMost(PATIENCE).until(() -> mail.promised().size() >= enough);
  }

  private static Set<String> missing(Estate estate, SteadyMail mail) {
    Set<String> missing = new HashSet<>(mail.promised());
    estate.messageIdsIn(SteadyMail.LOCAL).forEach(missing::remove);
    estate.nextHop().arrivals().stream().map(Arrival::key).forEach(missing::remove);
    return missing;
  }
}
