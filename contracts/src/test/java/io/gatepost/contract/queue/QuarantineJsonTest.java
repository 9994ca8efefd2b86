package io.gatepost.contract.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.wire.ContractJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Questions and answers of the operator's port come out of JSON as they went in.
class QuarantineJsonTest {

  private static final QueueId ID = QueueId.of("0123456789abcdefg00");
  private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.250Z");

  private static final QuarantinedMessage MESSAGE =
      new QuarantinedMessage(
          ID,
          QuarantinedMessage.State.RELEASING,
          TIME,
          TIME.plusSeconds(1),
          TIME.plus(Duration.ofDays(14)),
          ReversePath.of(""),
          List.of(ForwardPath.of("bob@dest.example")),
          7,
          512,
          "spam suspect: 6.1 points");

  static List<Object> messages() {
    return List.of(
        new QuarantineSearch(
            new QuarantineFilter(
                Optional.of(ReversePath.of("ann@one.example")),
                Optional.of(DomainName.of("one.example")),
                Optional.of(ForwardPath.of("bob@dest.example")),
                Optional.of(DomainName.of("dest.example")),
                Optional.of("Eicar"),
                Optional.of(TIME)),
            7,
            Optional.of(new QueuePosition(TIME, ID))),
        QuarantineSearch.first(QuarantineFilter.ALL, 1),
        new QuarantinePage(
            List.of(MESSAGE),
            Optional.of(new QueuePosition(TIME, ID)),
            QueuePage.Count.upTo(10, 11)),
        new QuarantineDetail(
            MESSAGE,
            "192.0.2.7",
            "mail.one.example",
            Optional.of("ann"),
            List.of(
                new ScannerResult(
                    "spam",
                    ScannerResult.Outcome.SUSPECT,
                    Optional.of(6.1),
                    "BAYES_99",
                    Duration.ofMillis(120),
                    true)),
            List.of(HeaderEdit.Insert.onTop("X-Spam", "yes"), new HeaderEdit.Remove("X-Old", 0)),
            List.of("Subject: hello")),
        new QuarantineStats(3, 4096, 10_000, 1L << 30, Optional.of(TIME)),
        new QuarantineDeleted(12, QueuePage.Count.upTo(10_000, 0)));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void eachComesOutAsItWentIn(Object value) {
    String json = ContractJson.MAPPER.writeValueAsString(value);

    assertThat(ContractJson.MAPPER.readValue(json, (Class<?>) value.getClass())).isEqualTo(value);
  }

  @Test
  void aSearchHasABoundedPage() {
    for (int limit : new int[] {0, 1001}) {
      assertThatThrownBy(() -> QuarantineSearch.first(QuarantineFilter.ALL, limit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 1000");
    }
  }
}
