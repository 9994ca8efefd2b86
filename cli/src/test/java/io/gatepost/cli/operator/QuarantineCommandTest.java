package io.gatepost.cli.operator;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.CommandTree;
import io.gatepost.contract.queue.QuarantineFilter;
import io.gatepost.contract.queue.QuarantineSearch;
import io.gatepost.contract.wire.ContractJson;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
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
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class QuarantineCommandTest {

  private static final String ID = "01m85pc4tn00005q900";

  private static final String MESSAGE =
      """
      {"id":"01m85pc4tn00005q900","state":"HELD","arrivedAt":"2026-03-01T12:00:00Z",
       "since":"2026-03-01T12:00:01Z","until":"2026-03-15T12:00:01Z","sender":"ann@one.example",
       "recipients":["bob@dest.example"],"moreRecipients":9,"octets":512,
       "finding":"spam quarantine: BAYES_99"}
      """;

  private static final String PAGE =
      """
      {"messages":[%s],"next":"2026-03-01T12:00:00Z/01m85pc4tn00005q900",
       "matching":{"atLeast":3,"exact":true}}
      """
          .formatted(MESSAGE);

  private static final String DETAIL =
      """
      {"message":%s,"peer":"192.0.2.7","helo":"mail.one.example","user":"ann",
       "results":[{"scanner":"spam","outcome":"QUARANTINE","score":6.1,"words":"BAYES_99",
         "took":"PT0.12S","cached":true}],
       "edits":[{"type":"insert","position":0,"name":"X-Spam","value":"yes"}],
       "header":["Subject: hello"]}
      """
          .formatted(MESSAGE);

  private final StringWriter said = new StringWriter();
  private volatile String answer = "";
  private final FakeService service = FakeService.answering(call -> answer);

  @AfterEach
  void stopService() {
    service.close();
  }

  @Test
  void aPageEndsWithWhatAsksForTheNext() {
    answer = PAGE;

    assertThat(run("list --limit 1")).as(said.toString()).isZero();

    List<String> lines = said.toString().lines().toList();
    assertThat(lines)
        .contains(
            ID + "  arrived 2026-03-01T12:00:00Z, kept until 2026-03-15T12:00:01Z, 512 octets",
            "    from <ann@one.example>",
            "    to   <bob@dest.example>",
            "    and 9 more recipients",
            "    spam quarantine: BAYES_99",
            "1 of 3");
    run("list " + lines.getLast().substring("more: ".length()));
    assertThat(asked().after().orElseThrow())
        .hasToString("2026-03-01T12:00:00Z/01m85pc4tn00005q900");
  }

  @ParameterizedTest
  @CsvSource({
    "--from ann@One.example,     'sender=Optional[ann@one.example]'",
    "--from <>,                  'sender=Optional[]'",
    "--from-domain One.example,  'senderDomain=Optional[one.example]'",
    "--to bob@dest.example,      'recipient=Optional[bob@dest.example]'",
    "--to-domain Dest.example,   'recipientDomain=Optional[dest.example]'",
    "--finding Eicar,            'finding=Optional[Eicar]'",
  })
  void eachOptionIsACondition(String options, String condition) {
    answer = PAGE;

    assertThat(run("list " + options)).as(said.toString()).isZero();

    assertThat(asked().filter().toString()).contains(condition);
  }

  @Test
  void aSpanCountsFromNow() {
    answer = PAGE;
    Instant before = Instant.now();

    assertThat(run("list --older-than 3d")).isZero();

    assertThat(asked().filter().arrivedBefore().orElseThrow())
        .isBetween(before.minus(Duration.ofDays(3)), Instant.now().minus(Duration.ofDays(3)));
  }

  @Test
  void oneMessageIsShownWithAllThatIsKnown() {
    answer = DETAIL;

    assertThat(run("show " + ID)).as(said.toString()).isZero();

    assertThat(said.toString().lines())
        .contains(
            "    client 192.0.2.7, HELO mail.one.example, user ann",
            "    spam quarantine 6.1 in 120 ms, as known: BAYES_99",
            "    when released: add X-Spam: yes",
            "Subject: hello");
  }

  @Test
  void asJsonAnAnswerIsOneObject() {
    answer = DETAIL;

    assertThat(run("show --json " + ID)).isZero();

    assertThat(ContractJson.MAPPER.readTree(said.toString()))
        .isEqualTo(ContractJson.MAPPER.readTree(DETAIL));
  }

  @Test
  void contentGoesToStandardOutputOctetForOctet() {
    answer = "Subject: hello\r\n\r\n.dot\r\n";
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    PrintStream usual = System.out;
    System.setOut(new PrintStream(octets, false, US_ASCII));
    int status;
    try {
      status = run("show --content " + ID);
    } finally {
      System.out.flush();
      System.setOut(usual);
    }

    assertThat(status).as(said.toString()).isZero();
    assertThat(octets.toString(US_ASCII)).isEqualTo(answer);
    assertThat(said.toString()).isEmpty();
    assertThat(service.calls().getLast().path()).isEqualTo("/gatepost.queue.v1.Quarantine/Content");
  }

  @ParameterizedTest
  @CsvSource({"release, Release, is released", "delete, Delete, is deleted"})
  void eachOfSeveralMessagesIsAskedFor(String command, String method, String done) {
    String other = "01m85pc4tn00005qa00";

    assertThat(run(command + " " + ID + " " + other)).as(said.toString()).isZero();

    assertThat(service.calls())
        .extracting(FakeService.Call::method)
        .containsExactly(method, method);
    assertThat(said.toString().lines()).containsExactly(ID + " " + done, other + " " + done);
  }

  @Test
  void manyAreDeletedByConditions() {
    answer = "{\"messages\":12,\"left\":{\"atLeast\":3,\"exact\":true}}";

    assertThat(run("delete --from-domain one.example")).as(said.toString()).isZero();

    assertThat(said.toString().strip()).isEqualTo("12 deleted, 3 left");
    assertThat(service.calls().getLast().method()).isEqualTo("DeleteMatching");
    assertThat(asked().limit()).isEqualTo(1000);
  }

  @Test
  void allAreDeletedOnlyWhereThatIsSaid() {
    answer = "{\"messages\":12,\"left\":{\"atLeast\":0,\"exact\":true}}";

    assertThat(run("delete")).isEqualTo(64);
    assertThat(said.toString()).contains("expected: ID, conditions or --all");
    assertThat(run("delete --all --finding x")).isEqualTo(64);
    assertThat(service.calls()).isEmpty();

    assertThat(run("delete --all")).isZero();
    assertThat(asked().filter()).isEqualTo(QuarantineFilter.ALL);
  }

  @ParameterizedTest
  @CsvSource({
    "list --limit 0,       'limit: 0 (expected: 1 to 1000)'",
    "list --older-than 2w, 'span such as 90s, 15m, 2h or 3d'",
    "list --from ann,      'local-part@domain'",
    "show x,               'queue id'",
    "show --content x,     'queue id'",
    "release x,            'queue id'",
    "release,              'ID'"
  })
  void aWrongValueIsNamedAndNothingIsAsked(String arguments, String words) {
    assertThat(run(arguments)).as(said.toString()).isEqualTo(64);

    assertThat(said.toString()).contains(words);
    assertThat(service.calls()).isEmpty();
  }

  @Test
  void whereNothingListensItSaysSo() {
    CommandLine line = commandLine();

    assertThat(line.execute("quarantine", "show", "--content", ID, "--url", "http://127.0.0.1:1"))
        .isEqualTo(69);
    assertThat(said.toString())
        .startsWith("gatepost quarantine: nothing answers at http://127.0.0.1:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "stats --help",
        "list --help",
        "show --help",
        "release --help",
        "delete --help",
      })
  void eachCommandHasHelp(String arguments) {
    assertThat(run(arguments)).isZero();

    assertThat(said.toString()).contains("Usage: gatepost quarantine", "--url", "--data");
  }

  private QuarantineSearch asked() {
    return ContractJson.MAPPER.readValue(service.calls().getLast().body(), QuarantineSearch.class);
  }

  private int run(String arguments) {
    List<String> words = new ArrayList<>(List.of("quarantine"));
    words.addAll(List.of(arguments.split(" ")));
    words.addAll(List.of("--url", service.url().toString()));
    return commandLine().execute(words.toArray(String[]::new));
  }

  private CommandLine commandLine() {
    CommandLine line = CommandTree.ofClient();
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    return line;
  }
}
