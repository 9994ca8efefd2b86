package io.gatepost.cli.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.CommandTree;
import io.gatepost.contract.queue.QueueFilter;
import io.gatepost.contract.queue.QueueSearch;
import io.gatepost.contract.wire.ContractJson;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class QueueListTest {

  private static final String EMPTY =
      "{\"messages\":[],\"matching\":{\"atLeast\":0,\"exact\":true}}";

  private static final String ONE_OF_MANY =
      """
      {"messages":[{"id":"01m85pc4tn00005q900","generation":2,"attempts":2,
        "arrivedAt":"2026-03-01T12:00:00Z","dueAt":"2026-03-01T14:00:00Z","sender":"ann@one.example",
        "recipients":["bob@dest.example"],"moreRecipients":900,"octets":512,
        "lastReply":"451 4.4.1 no answer","reason":"UNREACHABLE","destination":"mx:dest.example"}],
       "next":"2026-03-01T12:00:00Z/01m85pc4tn00005q900",
       "matching":{"atLeast":10000,"exact":false}}
      """;

  private final StringWriter said = new StringWriter();
  private volatile String answer = EMPTY;
  private final FakeService service = FakeService.answering(call -> answer);

  @AfterEach
  void stopService() {
    service.close();
  }

  @Test
  void withoutOptionsTheFirstFiftyOfAllAreAskedFor() {
    assertThat(run("list")).as(said.toString()).isZero();

    assertThat(asked()).isEqualTo(QueueSearch.first(50));
    assertThat(said.toString().strip()).isEqualTo("0 of 0");
  }

  @ParameterizedTest
  @CsvSource({
    "--from ann@One.example,             'sender=Optional[ann@one.example]'",
    "--from <>,                          'sender=Optional[]'",
    "--from-domain One.example,          'senderDomain=Optional[one.example]'",
    "--to bob@dest.example,              'recipient=Optional[bob@dest.example]'",
    "--to-domain bücher.example,         'recipientDomain=Optional[xn--bcher-kva.example]'",
    "--destination mx:dest.example,      'destination=Optional[mx:dest.example]'",
    "--reason next_hop_deferred,         'reason=Optional[NEXT_HOP_DEFERRED]'",
    "--due-before 2026-03-01T12:00:00Z,  'dueBefore=Optional[2026-03-01T12:00:00Z]'",
  })
  void eachOptionIsACondition(String options, String condition) {
    assertThat(run("list " + options)).as(said.toString()).isZero();

    QueueFilter filter = asked().filter();
    assertThat(filter.toString()).contains(condition);
    assertThat(filter).isNotEqualTo(QueueFilter.ALL);
  }

  @ParameterizedTest
  @CsvSource({"90s, PT90S", "15m, PT15M", "2h, PT2H", "3d, P3D"})
  void spansCountFromNow(String span, Duration meant) {
    Instant before = Instant.now();

    assertThat(run("list --older-than " + span + " --due-before " + span)).isZero();

    Instant after = Instant.now();
    QueueFilter filter = asked().filter();
    assertThat(filter.arrivedBefore().orElseThrow())
        .isBetween(before.minus(meant), after.minus(meant));
    assertThat(filter.dueBefore().orElseThrow()).isBetween(before.plus(meant), after.plus(meant));
  }

  @Test
  void aPageEndsWithWhatAsksForTheNext() {
    answer = ONE_OF_MANY;

    assertThat(run("list --limit 1")).isZero();

    List<String> lines = said.toString().lines().toList();
    assertThat(lines)
        .contains(
            "    and 900 more recipients",
            "    waits for mx:dest.example",
            "    unreachable: 451 4.4.1 no answer",
            "1 of more than 10000");
    run("list " + lines.getLast().substring("more: ".length()));
    assertThat(asked().after().orElseThrow())
        .hasToString("2026-03-01T12:00:00Z/01m85pc4tn00005q900");
  }

  @Test
  void asJsonAPageIsOneObject() {
    answer = ONE_OF_MANY;

    assertThat(run("list --json")).isZero();

    assertThat(ContractJson.MAPPER.readTree(said.toString()))
        .isEqualTo(ContractJson.MAPPER.readTree(ONE_OF_MANY));
  }

  @ParameterizedTest
  @CsvSource({
    "--limit 0,               'limit: 0 (expected: 1 to 1000)'",
    "--limit 1001,            'limit: 1001 (expected: 1 to 1000)'",
    "--older-than 2w,         'span such as 90s, 15m, 2h or 3d'",
    "--due-before tomorrow,   'a time such as 2026-03-01T12:00:00Z'",
    "--reason bad_luck,       'bad_luck'",
    "--from ann,              'local-part@domain'",
    "--to-domain a_b..c,      'a_b..c'",
    "--after 7,               'expected: TIME/ID'",
    "--after 2026-03-01T12:00:00Z/x, 'expected: TIME/ID'",
  })
  void aWrongValueIsNamedAndNothingIsAsked(String options, String words) {
    assertThat(run("list " + options)).isEqualTo(64);

    assertThat(said.toString()).contains(words);
    assertThat(service.calls()).isEmpty();
  }

  private QueueSearch asked() {
    return ContractJson.MAPPER.readValue(service.calls().getLast().body(), QueueSearch.class);
  }

  private int run(String arguments) {
    CommandLine line = CommandTree.ofClient();
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    List<String> words = new ArrayList<>(List.of("queue"));
    words.addAll(List.of(arguments.split(" ")));
    words.addAll(List.of("--url", service.url().toString()));
    return line.execute(words.toArray(String[]::new));
  }
}
