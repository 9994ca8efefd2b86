package io.gatepost.delivery.attempt;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.delivery.Messages;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AttemptsTest extends AttemptTrials {

  @Test
  void whoWasReachedInAnEarlierRunIsNotDeferredWhereRoutingCannotTell() {
    Recipient alice = recipient("alice@here.example");
    routing.undecided.addAll(List.of("alice@here.example", "bob@here.example"));

    start(Messages.to(alice, recipient("bob@here.example")), alice);

    assertThat(end.retry().orElseThrow().envelope().recipients())
        .containsExactly(recipient("bob@here.example"));
  }

  @Test
  void whoWasReachedInAnEarlierRunIsNotReportedWhereRoutingRefuses() {
    Recipient alice = recipient("alice@here.example");
    routing.dead.add("alice@here.example");

    start(Messages.to(alice), alice);

    assertThat(end.ended).isTrue();
    assertThat(end.outcomes).isEmpty();
    assertThat(end.notices).isEmpty();
  }

  @Test
  void hostsInAnotherOrderAreTheSameDestination() {
    routing.aliases.put("one@here.example", List.of("bob@far.example"));
    routing.aliases.put("two@here.example", List.of("bob@far.example", "eve@far.example"));

    start(Messages.to(recipient("one@here.example"), recipient("two@here.example")));

    assertThat(relayed).containsExactly(List.of("bob@far.example", "eve@far.example"));
  }

  @Test
  void aNoticeHasTheHeaderOfContentThatLiesInTheStore() {
    String content = "Subject: large\r\n\r\n" + "x".repeat(70) + "\r\n";
    byte[] octets = content.getBytes(StandardCharsets.US_ASCII);
    EnvelopeRecord message = Messages.stored(octets, recipient("gone@here.example"));
    queue.put(message, octets);
    routing.dead.add("gone@here.example");

    start(message);

    assertThat(end.notice()).contains("Subject: large\r\n").doesNotContain("xxxxx");
  }

  @Test
  void aNoticeGoesWithoutTheHeaderWhereTheStoreDoesNotAnswer() {
    EnvelopeRecord message = Messages.stored(new byte[10], recipient("gone@here.example"));
    routing.dead.add("gone@here.example");

    start(message);

    assertThat(end.notice()).contains("gone@here.example");
  }

  @Test
  void onlySoManyAreTriedAtOnce() {
    for (String alias : List.of("one", "two", "three")) {
      routing.aliases.put(
          alias + "@here.example",
          IntStream.range(0, 900).mapToObj(i -> alias + i + "@here.example").toList());
    }

    start(
        Messages.to(
            recipient("one@here.example"),
            recipient("two@here.example"),
            recipient("three@here.example")));
    assertThat(copies).hasSize(1800);
    start(end.retry().orElseThrow());

    assertThat(copies).hasSize(2700).doesNotHaveDuplicates();
    assertThat(end.retry()).isEmpty();
  }
}
