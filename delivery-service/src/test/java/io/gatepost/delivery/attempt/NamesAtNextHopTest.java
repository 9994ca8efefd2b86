package io.gatepost.delivery.attempt;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.Recipient.Standing;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.delivery.Messages;
import org.junit.jupiter.api.Test;

/// Addresses that have another name at their next hop.
class NamesAtNextHopTest extends AttemptTrials {

  @Test
  void theNextHopIsGivenThatNameAndTheOutcomeIsTheRecipients() {
    routing.names.put("ann@far.example", "ann@store.example");

    start(Messages.to(recipient("ann@far.example")));

    assertThat(relayed).singleElement().asList().containsExactly("ann@store.example");
    assertThat(end.outcomes)
        .extracting(RecipientOutcome::recipient)
        .containsExactly(recipient("ann@far.example"));
    assertThat(end.retry()).isEmpty();
  }

  @Test
  void aRecipientThatWaitsKeepsItsOwnAddressAndIsRoutedByItAgain() {
    routing.names.put("ann@far.example", "ann@store.example");
    routing.undecided.add("ann@far.example");

    start(Messages.to(recipient("ann@far.example")));
    routing.undecided.clear();
    var second = end.retry().orElseThrow();
    start(second);

    assertThat(second.envelope().recipients())
        .extracting(each -> each.address().toString(), Recipient::standing)
        .containsExactly(tuple("ann@far.example", Standing.GIVEN));
    assertThat(relayed).singleElement().asList().containsExactly("ann@store.example");
  }

  @Test
  void twoRecipientsOfOneNameGetOneCopy() {
    routing.names.put("ann@far.example", "ann@store.example");
    routing.names.put("alias@far.example", "ann@store.example");

    start(Messages.to(recipient("ann@far.example"), recipient("alias@far.example")));

    assertThat(relayed).singleElement().asList().containsExactly("ann@store.example");
    assertThat(end.outcomes)
        .extracting(RecipientOutcome::recipient)
        .containsExactlyInAnyOrder(recipient("ann@far.example"), recipient("alias@far.example"));
  }
}
