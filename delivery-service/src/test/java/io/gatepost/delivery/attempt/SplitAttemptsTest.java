package io.gatepost.delivery.attempt;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.delivery.Messages;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Messages that lead to more addresses than one attempt takes.
class SplitAttemptsTest extends AttemptTrials {

  private static final int MAX_RECORD_OCTETS = 8 * 1024 * 1024;

  private final List<EnvelopeRecord> attempted = new ArrayList<>();

  @Test
  void aMessageThatOneAttemptTakesIsNotSplit() {
    alias("one", 0, 1_000);
    alias("two", 1_000, 2_000);
    routing.aliases.put("three@here.example", routing.aliases.get("one@here.example"));

    start(
        Messages.to(
            recipient("one@here.example"),
            recipient("two@here.example"),
            recipient("three@here.example", Notify.SUCCESS)));

    assertThat(end.parts).isEmpty();
    assertThat(copies).hasSize(2_000).doesNotHaveDuplicates();
    assertThat(end.outcomes).hasSize(3_000);
  }

  @Test
  void nobodyIsTriedBeforeThePartsAreInTheLog() {
    for (String alias : List.of("one", "two", "three")) {
      alias(alias, alias.hashCode(), alias.hashCode() + 900);
    }

    start(
        Messages.to(
            recipient("one@here.example"),
            recipient("two@here.example"),
            recipient("three@here.example")));

    assertThat(copies).isEmpty();
    assertThat(end.retry()).isEmpty();
    assertThat(end.parts)
        .extracting(part -> part.envelope().recipients().size())
        .containsExactly(1_800, 900);
    assertThat(end.parts)
        .extracting(part -> part.envelope().id())
        .containsExactly(end.parts.getFirst().envelope().id(), end.parts.getLast().envelope().id())
        .doesNotHaveDuplicates();
    assertThat(end.outcomes).hasSize(3).allMatch(RecipientOutcome.Deferred.class::isInstance);
  }

  @Test
  void fortyAliasesOfAThousandReachEveryoneOnceAndEveryRecordFits() {
    Recipient[] recipients =
        IntStream.range(0, 40)
            .mapToObj(i -> {
              alias("list" + i, i * 900, i * 900 + 1_000); // each shares 100 with the next
              return recipient("list" + i + "@here.example");
            })
            .toArray(Recipient[]::new);

    untilAllIsOver(Messages.to(recipients));

    assertThat(copies).hasSize(39 * 900 + 1_000).doesNotHaveDuplicates();
  }

  @Test
  void whereNobodyTakesTheMailNoRecordGrows() {
    Recipient[] recipients =
        IntStream.range(0, 10)
            .mapToObj(i -> {
              alias("list" + i, i * 1_000, i * 1_000 + 1_000);
              return recipient("list" + i + "@here.example");
            })
            .toArray(Recipient[]::new);
    IntStream.range(0, 10_000).forEach(i -> full.add("m" + i));
    Map<String, Integer> sizes = new HashMap<>();

    Deque<EnvelopeRecord> open = new ArrayDeque<>(List.of(Messages.to(recipients)));
    while (!open.isEmpty()) {
      EnvelopeRecord message = open.remove();
      start(message);
      open.addAll(end.parts);
      end.retry()
          .filter(next -> next.envelope().generation() < 4)
          .ifPresent(next -> {
            open.add(next);
            sizes.merge(
                next.envelope().id().text(), EnvelopeRecordCodec.encode(next).length, Math::max);
          });
    }

    assertThat(sizes).hasSizeGreaterThanOrEqualTo(5);
    assertThat(Collections.max(sizes.values())).isLessThan(MAX_RECORD_OCTETS / 8);
    assertThat(copies).isEmpty();
  }

  @Test
  void anAliasThatCannotBeExpandedYetWaitsInAPartThatKnowsWhomTheOthersCover() {
    alias("one", 0, 1_000);
    alias("two", 1_000, 2_000);
    alias("three", 2_000, 3_000);
    alias("late", 500, 1_500);
    routing.silentAliases.add("late@here.example");
    start(
        Messages.to(
            recipient("one@here.example"),
            recipient("two@here.example"),
            recipient("three@here.example"),
            recipient("late@here.example")));
    List<EnvelopeRecord> parts = end.parts;
    routing.silentAliases.clear();

    parts.forEach(this::untilAllIsOver);

    assertThat(parts).hasSize(3);
    assertThat(copies).hasSize(3_000).doesNotHaveDuplicates();
  }

  @Test
  void aMemberOfASplitAliasThatIsRefusedIsLeftOut() {
    alias("one", 0, 1_000);
    alias("two", 1_000, 2_000);
    alias("three", 2_000, 3_000);
    routing.dead.add("m5@here.example");

    untilAllIsOver(
        Messages.to(
            recipient("one@here.example"),
            recipient("two@here.example"),
            recipient("three@here.example")));

    assertThat(copies).hasSize(2_999);
    assertThat(end.notices).isEmpty();
  }

  private void alias(String name, int from, int to) {
    routing.aliases.put(
        name + "@here.example",
        IntStream.range(from, to).mapToObj(i -> "m" + i + "@here.example").toList());
  }

  /// Attempts a message and all that comes of it.
  private void untilAllIsOver(EnvelopeRecord message) {
    Deque<EnvelopeRecord> open = new ArrayDeque<>(List.of(message));
    while (!open.isEmpty()) {
      EnvelopeRecord next = open.remove();
      attempted.add(next);
      start(next);
      open.addAll(end.parts);
      end.retry().ifPresent(open::add);
      var envelope = next.envelope();
      assertThat(EnvelopeRecordCodec.encode(next)).hasSizeLessThan(MAX_RECORD_OCTETS);
      assertThat(
              OutcomeRecordCodec.encode(
                  new OutcomeRecord.Ended(envelope.id(), envelope.generation(), end.outcomes)))
          .hasSizeLessThan(MAX_RECORD_OCTETS);
    }
    assertThat(
            attempted.stream()
                .map(each -> each.envelope().id() + "/" + each.envelope().generation()))
        .doesNotHaveDuplicates();
  }
}
