package io.gatepost.edge.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The registry of rounds, and the message as a filter sees it.
class FilterRoundsTest {

  private static final HeaderEdit EDIT = HeaderEdit.Insert.onTop("X-Scanned", "yes");

  private final FilterRounds rounds = new FilterRounds(2, 2);

  private static EnvelopeRecord message() {
    return new EnvelopeRecord(
        new Envelope(
            new QueueIdSequence(InstantSource.system(), 1).next(),
            0,
            0,
            Instant.now(),
            ReversePath.of("carl@client.example"),
            List.of(Recipient.of(ForwardPath.of("ann@dest.example"))),
            Provenance.connected("203.0.113.9", "192.0.2.1:25", Origin.EXTERNAL),
            MailParameters.NONE,
            new ContentRef.Inline(0)),
        new byte[0]);
  }

  private FilterRound open() {
    return rounds.open(message()).orElseThrow();
  }

  @Test
  void noMoreAreOpenThanThereIsRoomFor() {
    FilterRound first = open();
    open();
    assertThat(rounds.open(message())).isEmpty();

    rounds.end(first);
    rounds.end(first); // gives no room twice

    open();
    assertThat(rounds.open(message())).isEmpty();
    assertThat(rounds.size()).isEqualTo(2);
  }

  @Test
  void tokensOfTheLastRoundsAreRemembered() {
    List<FilterRound> ended = List.of(open(), open());
    ended.forEach(rounds::end);
    FilterRound third = open();
    assertThat(third.token()).hasSize(32).isNotEqualTo(ended.getFirst().token());
    assertThat(rounds.hasEnded(third.token())).isFalse();

    rounds.end(third);

    assertThat(rounds.find(third.token())).isEmpty();
    assertThat(rounds.hasEnded(third.token())).isTrue();
    assertThat(rounds.hasEnded(ended.getLast().token())).isTrue();
    assertThat(rounds.hasEnded(ended.getFirst().token())).isFalse();
  }

  @Test
  void theTokenStandsAboveTheFieldsOfScanners() {
    EnvelopeRecord scanned = scanned(3);

    assertThat(FilterContent.shown(scanned, "token").envelope().edits().list())
        .hasSize(4)
        .endsWith(HeaderEdit.Insert.onTop(Mark.FILTER_FIELD, "token"));
  }

  @Test
  void theTokenHasRoomWhateverScannersAskFor() {
    EnvelopeRecord scanned = scanned(HeaderEdits.MAX_EDITS);

    assertThat(FilterContent.shown(scanned, "token").envelope().edits().list())
        .hasSize(HeaderEdits.MAX_EDITS)
        .startsWith(HeaderEdit.Insert.onTop(Mark.FILTER_FIELD, "token"));
  }

  @Test
  void aFilterIsAskedForNoNotices() {
    EnvelopeRecord message = message();
    Recipient wanting =
        message
            .envelope()
            .recipients()
            .getFirst()
            .wanting(
                new DsnParameters.OfRecipient(
                    Set.of(DsnParameters.Notify.SUCCESS), Optional.empty()));

    Envelope shown =
        FilterContent.shown(
                new EnvelopeRecord(message.envelope().only(List.of(wanting)), new byte[0]), "token")
            .envelope();

    assertThat(shown.parameters().dsn())
        .isEqualTo(new DsnParameters.OfMessage(Optional.empty(), Optional.of("token")));
    assertThat(shown.recipients())
        .extracting(Recipient::dsn)
        .containsOnly(DsnParameters.OfRecipient.NONE);
  }

  private static EnvelopeRecord scanned(int edits) {
    EnvelopeRecord message = message();
    Envelope envelope = message.envelope();
    return new EnvelopeRecord(
        envelope.scanned(new HeaderEdits(Collections.nCopies(edits, EDIT)), envelope.scan()),
        message.content());
  }
}
