package io.gatepost.delivery.early;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NextHopsTest {

  private static final Destination HOST = host("a.example");
  private static final Destination OTHER = host("b.example");
  private static final Destination MAILBOX =
      new Destination.Mailbox("ann", DomainName.of("dest.example"));
  private static final Destination NOWHERE =
      new Destination.Discard("ann", DomainName.of("dest.example"));

  private final Map<Destination, Why> standing = new HashMap<>();
  private Optional<Why> mailboxes = Optional.empty();
  private final SlowDestinations slow = new SlowDestinations(() -> 0);
  private final NextHops hops =
      new NextHops(host -> Optional.ofNullable(standing.get(host)), () -> mailboxes, slow);

  @Test
  void whatStandsAgainstOneStandsAgainstAll() {
    assertThat(hops.against(List.of(HOST, OTHER, MAILBOX, NOWHERE))).isEmpty();

    standing.put(OTHER, Why.UNREACHABLE);

    assertThat(hops.against(List.of(HOST, OTHER))).contains(Why.UNREACHABLE);
    assertThat(hops.against(List.of(HOST))).isEmpty();
  }

  @Test
  void aDiskThatHangsIsForTheQueue() {
    mailboxes = Optional.of(Why.BUSY);

    assertThat(hops.against(List.of(HOST, MAILBOX))).contains(Why.BUSY);
    assertThat(hops.against(List.of(HOST, NOWHERE))).isEmpty();
  }

  @Test
  void hostsThatAreLateAreForTheQueueAndMailboxesAreNot() {
    for (int i = 0; i < 2; i++) {
      hops.inTime(List.of(OTHER));
      hops.late(List.of(HOST, MAILBOX));
    }

    assertThat(hops.against(List.of(OTHER, HOST))).contains(Why.SLOW);
    assertThat(hops.against(List.of(OTHER, MAILBOX))).isEmpty();
  }

  @Test
  void slowOnesAreListedWithTheOthers() {
    DestinationState busy = new DestinationState("smtp:b.example", 1, 2, 3, 4, 5, false);
    for (int i = 0; i < 2; i++) {
      hops.late(List.of(HOST, OTHER));
    }

    assertThat(hops.states(List.of(busy), 10))
        .containsExactly(busy.asSlow(), DestinationState.unused("smtp:a.example").asSlow());
    assertThat(hops.states(List.of(busy), 1)).containsExactly(busy.asSlow());
  }

  private static Destination host(String name) {
    return new Destination.Smtp("smtp:" + name, List.of(new NextHop(name, "192.0.2.1", 25)));
  }
}
