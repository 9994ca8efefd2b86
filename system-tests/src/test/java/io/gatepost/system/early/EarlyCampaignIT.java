package io.gatepost.system.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.testkit.product.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The parts of a suite that delivers early are killed at random moments under load, in turn and
/// together. Whatever a client has heard is true: `delivered` is at the next hops, `queued`
/// arrives, and what was refused is nowhere, but for what only a next hop can know.
///
/// `-Dgatepost.early.rounds=100` is the long form, `-Dgatepost.modes=all` has one process killed as
/// a whole, too. `-Dgatepost.early.seed=N` repeats the choice of moments.
class EarlyCampaignIT {

  private static final int ROUNDS = Integer.getInteger("gatepost.early.rounds", 3);
  private static final long SEED = Long.getLong("gatepost.early.seed", System.nanoTime());
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration BUDGET = Duration.ofMillis(1500);
  private static final int LONGEST_PAUSE_MILLIS = 1000;
  private static final String DATABASE = "database";

  private static final List<List<String>> VICTIMS =
      List.of(
          List.of("delivery"),
          List.of("edge", "queue"),
          List.of("infrastructure", "queue", "delivery", "edge"),
          List.of("edge"),
          List.of("queue"),
          List.of("delivery"),
          List.of("infrastructure"),
          List.of(DATABASE));

  private static final Map<String, String> SETTINGS =
      Map.of(
          "gatepost.edge.early-delivery.enabled", "true",
          "gatepost.edge.early-delivery.budget", BUDGET.toMillis() + "ms",
          "gatepost.edge.max-refusals", "1000");

  private final Random random = new Random(SEED);

  static Stream<Mode> modes() {
    return Modes.of(Mode.SPLIT);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void whateverIsKilledWhatClientsHaveHeardIsTrue(Mode mode) {
    try (CampaignHops hops = new CampaignHops(BUDGET.multipliedBy(2));
        Estate estate = Estate.start("early-campaign", mode, SETTINGS)) {
      hops.routeFrom(estate);
      Campaign campaign = new Campaign(estate, hops);
      try (CampaignLoad load = new CampaignLoad(() -> estate.gatepost().smtp(), campaign.heard())) {
        for (int i = 0; i < ROUNDS; i++) {
          round(mode, estate, campaign, i);
        }
        load.close();
      }
      await("everything arrives, seed " + SEED)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(250))
          .untilAsserted(() -> assertThat(campaign.outstanding()).isEmpty());
      Campaign.Result result = campaign.check();
      System.out.printf("early campaign: %s, seed %d, %d rounds, %s%n", mode, SEED, ROUNDS, result);
      assertThat(result.delivered()).isGreaterThan(ROUNDS);
      assertThat(result.queued()).isPositive();
    }
  }

  private void round(Mode mode, Estate estate, Campaign campaign, int number) {
    awaitPromises(campaign, random.nextInt(10, 100));
    pause(Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS)));
    if (mode == Mode.SPLIT) {
      List<String> victims = VICTIMS.get(number % VICTIMS.size());
      int logged = estate.gatepost().log().length();
      campaign.outage(
          () -> victims.forEach(victim -> kill(estate, victim)),
          () ->
              await()
                  .atMost(PATIENCE)
                  .until(
                      () -> victims.stream().allMatch(victim -> isBack(estate, victim, logged))));
    } else {
      campaign.outage(() -> estate.gatepost().kill(), () -> estate.gatepost().restart());
    }
    awaitPromises(campaign, random.nextInt(1, 50));
  }

  private static void kill(Estate estate, String victim) {
    if (victim.equals(DATABASE)) {
      // One that is killed while it starts is given the longest start before it is started again.
      await().atMost(PATIENCE).until(() -> estate.gatepost().isDatabaseReady());
      estate.gatepost().killDatabase();
    } else {
      estate.gatepost().killService(victim);
    }
  }

  private static boolean isBack(Estate estate, String victim, int since) {
    return victim.equals(DATABASE)
        ? estate.gatepost().isDatabaseReady()
        : estate
            .gatepost()
            .log()
            .substring(since)
            .matches("(?s).*service=" + victim + " pid=\\d+ ready.*");
  }

  private static void awaitPromises(Campaign campaign, int more) {
    long enough = campaign.heard().promised() + more;
    await().atMost(PATIENCE).until(() -> campaign.heard().promised() >= enough);
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
