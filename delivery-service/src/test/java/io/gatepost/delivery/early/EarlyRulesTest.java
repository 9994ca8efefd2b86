package io.gatepost.delivery.early;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Recipient;
import io.gatepost.delivery.Messages;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EarlyRulesTest {

  private static final Duration WANTED = Duration.ofSeconds(5);

  private final EarlyRules rules =
      new EarlyRules(
          Map.of(
              "off.example", Duration.ZERO,
              "short.example", Duration.ofSeconds(1),
              "long.example", Duration.ofSeconds(30),
              ".below.example", Duration.ofSeconds(2),
              ".not.below.example", Duration.ZERO));

  @ParameterizedTest
  @CsvSource({
    "any.example, 5",
    "short.example, 1",
    "long.example, 5",
    "below.example, 5",
    "a.below.example, 2",
    "a.b.below.example, 2",
    "SHORT.Example, 1"
  })
  void aDomainMayMakeItShorter(String domain, int seconds) {
    assertThat(budget("ann@" + domain)).contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({"off.example", "a.not.below.example"})
  void aDomainMayNotWantIt(String domain) {
    assertThat(budget("ann@any.example", "ann@" + domain, "ann@short.example")).isEmpty();
  }

  @Test
  void ofSeveralTheShortestCounts() {
    assertThat(budget("ann@a.below.example", "ann@short.example", "ann@any.example"))
        .contains(Duration.ofSeconds(1));
  }

  @Test
  void withoutRulesItIsAsWanted() {
    assertThat(EarlyRules.NONE.budget(Messages.to(recipient("a@b.example")).envelope(), WANTED))
        .contains(WANTED);
  }

  private Optional<Duration> budget(String... addresses) {
    Recipient[] recipients =
        Stream.of(addresses).map(each -> recipient(each)).toArray(Recipient[]::new);
    return rules.budget(Messages.to(recipients).envelope(), WANTED);
  }
}
