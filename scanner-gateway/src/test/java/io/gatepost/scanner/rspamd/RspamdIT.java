package io.gatepost.scanner.rspamd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdit.Insert;
import io.gatepost.contract.envelope.HeaderEdit.Remove;
import io.gatepost.contract.envelope.HeaderEdit.Replace;
import io.gatepost.contract.reply.Reply;
import io.gatepost.scanner.pattern.TestStrings;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.HttpJobs;
import io.gatepost.scanner.socket.ScannerHttp;
import io.gatepost.testkit.peer.Rspamd;
import io.gatepost.testkit.product.Signal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/// With rspamd itself.
class RspamdIT {

  private static final Duration LONGEST = Duration.ofMinutes(1);

  /// `X-Ask` in a message says what is done about it; what rspamd was told comes back in a field.
  private static final String RULES =
      """
      local function told(task)
        local parts = {}
        local function add(name, value) parts[#parts + 1] = name .. '=' .. tostring(value) end
        add('ip', task:get_ip())
        add('helo', task:get_helo())
        add('host', task:get_hostname())
        add('user', task:get_user())
        add('id', task:get_queue_id())
        add('mta', task:get_request_header('MTA-Name'))
        add('tls', task:get_request_header('TLS-Version'))
        local from = task:get_from('smtp')
        add('from', from and from[1] and from[1].addr)
        for _, to in ipairs(task:get_recipients('smtp') or {}) do add('to', to.addr) end
        add('principal', task:get_principal_recipient())
        return table.concat(parts, ' ')
      end
      rspamd_config:register_symbol({
        name = 'ASKED', type = 'postfilter', priority = 10,
        callback = function(task)
          local ask = task:get_header('X-Ask')
          if ask == 'told' then
            task:set_milter_reply({add_headers = {['X-Told'] = told(task)}})
          elseif ask == 'subject' then
            task:set_metric_subject('[odd] %s')
            task:set_pre_result('rewrite subject', 'odd', 'test')
          elseif ask == 'edits' then
            task:set_milter_reply({
              add_headers = {
                ['X-Text'] = 'text',
                ['X-Object'] = {value = 'object', order = 1},
                ['X-List'] = {{value = 'a', order = 0}, {value = 'b', order = -1}},
                ['X-Texts'] = {'c', 'd'}},
              remove_headers = {['X-All'] = 0, ['X-Last'] = -1, ['X-Some'] = {1, 2}}})
          elseif ask then
            task:set_pre_result(ask, 'words of a rule', 'test')
          end
        end
      })
      rspamd_config:register_symbol({
        name = 'POINTS', score = 0, type = 'normal',
        callback = function(task)
          local points = task:get_header('X-Points')
          if points then task:insert_result('POINTS', tonumber(points)) end
        end
      })
      rspamd_config:set_metric_symbol({name = 'POINTS', score = 1.0})
      """;

  private static Rspamd rspamd;
  private static RspamdScanner scanner;

  @BeforeAll
  static void start() {
    rspamd = Rspamd.start(RULES);
    scanner = scanner(rspamd.url(), "");
  }

  @AfterAll
  static void stop() {
    if (rspamd != null) {
      rspamd.close();
    }
  }

  private static RspamdScanner scanner(String url, String password) {
    return new RspamdScanner(new ScannerHttp(URI.create(url), 4), "mx.example.net", password);
  }

  private static String mail(String fields, String body) {
    return """
    Received: from client.example.org (host.example.org [192.0.2.7]) by mx.example.net; Mon, 30 Nov 2026 12:00:00 +0000
    From: Ann <ann@example.org>
    To: bob@example.net
    Subject: lunch
    Date: Mon, 30 Nov 2026 12:00:00 +0000
    Message-ID: <1@example.org>
    MIME-Version: 1.0
    Content-Type: text/plain
    %s
    %s
    """
        .formatted(fields, body)
        .replace("\n", "\r\n");
  }

  private static ScannerAnswer scan(ScanJob job) {
    ScannerAnswer answer = scanner.scan(job).block(LONGEST);
    assertThat(answer).isNotNull();
    return answer;
  }

  private static ScannerAnswer asked(String what) {
    return scan(HttpJobs.job(mail("X-Ask: " + what + "\n", "Dear Bob")));
  }

  private static List<HeaderEdit> edits(ScannerAnswer answer) {
    return switch (answer) {
      case ScannerAnswer.Good good -> good.edits().list();
      case ScannerAnswer.Suspect suspect -> suspect.edits().list();
      default -> throw new AssertionError(answer);
    };
  }

  private static String told(ScanJob job) {
    return edits(scan(job)).stream()
        .filter(HeaderEdit.Insert.class::isInstance)
        .map(HeaderEdit.Insert.class::cast)
        .filter(edit -> edit.name().equals("X-Told"))
        .map(HeaderEdit.Insert::value)
        .findFirst()
        .orElseThrow();
  }

  private static Kind failure(RspamdScanner asked, ScanJob job) {
    Throwable thrown = catchThrowable(() -> asked.scan(job).block(LONGEST));
    assertThat(thrown).isInstanceOf(ScannerFailedException.class);
    return ((ScannerFailedException) thrown).kind();
  }

  @Test
  void ordinaryMailPasses() {
    for (int n = 0; n < 20; n++) {
      ScannerAnswer answer = scan(HttpJobs.job(mail("", "Lunch number " + n + "?")));

      assertThat(answer).isInstanceOf(ScannerAnswer.Good.class);
      assertThat(((ScannerAnswer.Good) answer).score()).isPresent();
    }
  }

  @Test
  void gtubeIsBadInItsWords() {
    String gtube = TestStrings.ALL.get(2).text();

    assertThat(scan(HttpJobs.job(mail("", gtube))))
        .isInstanceOfSatisfying(
            ScannerAnswer.Bad.class,
            bad -> {
              assertThat(bad.finding()).isEqualTo("GTUBE");
              assertThat(bad.score()).isPresent();
              assertThat(bad.reply()).contains(Reply.of(550, "5.7.1", "Gtube pattern"));
            });
  }

  @Test
  void theClientAndTheEnvelopeArrive() {
    assertThat(told(HttpJobs.job(mail("X-Ask: told\n", ""))))
        .isEqualTo(
            "ip=192.0.2.7 helo=client.example.org host=host.example.org user=nil id="
                + HttpJobs.ID.text()
                + " mta=mx.example.net tls=TLSv1.3 from=ann@example.org to=bob@example.net"
                + " to=carol@example.net principal=bob@example.net");
  }

  @Test
  void theUserAndTheOneRecipientArrive() {
    assertThat(
            told(
                HttpJobs.job(
                    HttpJobs.user("ann"),
                    "",
                    List.of("carol@example.net"),
                    mail("X-Ask: told\n", ""))))
        .contains(" user=ann ")
        .contains(" from= to=carol@example.net principal=carol@example.net");
  }

  @Test
  void softRejectIsForLater() {
    assertThat(asked("soft reject"))
        .isEqualTo(
            new ScannerAnswer.TryLater(
                "words of a rule", Optional.of(Reply.of(451, "4.7.1", "words of a rule"))));
  }

  @Test
  void rejectIsBad() {
    assertThat(asked("reject"))
        .isInstanceOfSatisfying(
            ScannerAnswer.Bad.class,
            bad -> assertThat(bad.reply()).contains(Reply.of(550, "5.7.1", "words of a rule")));
  }

  @Test
  void greylistIsNoRefusal() {
    assertThat(asked("greylist")).isInstanceOf(ScannerAnswer.Good.class);
  }

  @Test
  void addHeaderIsSuspect() {
    assertThat(asked("add header")).isInstanceOf(ScannerAnswer.Suspect.class);
    assertThat(edits(asked("add header")))
        .contains(new Remove("X-Spam", 0), new Insert(-1, "X-Spam", "Yes"));
  }

  @Test
  void rewriteSubjectReplacesTheSubject() {
    ScannerAnswer answer = asked("subject");

    assertThat(answer).isInstanceOf(ScannerAnswer.Suspect.class);
    assertThat(edits(answer)).contains(new Replace("Subject", 1, "[odd] lunch"));
    String encoded = mail("X-Ask: subject\n", "").replace("lunch", "=?utf-8?q?gr=C3=BCn?=");
    assertThat(edits(scan(HttpJobs.job(encoded))))
        .contains(new Replace("Subject", 1, "=?UTF-8?Q?=5Bodd=5D_gr=C3=BCn?="));
  }

  @Test
  void fieldsAreAddedAndRemovedAsARuleHasThem() {
    assertThat(edits(asked("edits")))
        .contains(
            new Remove("X-All", 0),
            new Remove("X-Last", -1),
            new Remove("X-Some", 2),
            new Remove("X-Some", 1),
            new Insert(-1, "X-Text", "text"),
            new Insert(1, "X-Object", "object"),
            new Insert(0, "X-List", "a"),
            new Insert(-1, "X-List", "b"),
            new Insert(-1, "X-Texts", "c"),
            new Insert(-1, "X-Texts", "d"))
        .containsSubsequence(new Remove("X-Some", 2), new Remove("X-Some", 1))
        .containsSubsequence(new Insert(0, "X-List", "a"), new Insert(-1, "X-List", "b"));
  }

  @ParameterizedTest
  @CsvSource({"3, Good", "7, Suspect", "20, Bad"})
  void pointsLeadToActions(String points, String expected) {
    ScannerAnswer answer = scan(HttpJobs.job(mail("X-Points: " + points + "\n", "Dear Bob")));

    assertThat(answer.getClass().getSimpleName()).isEqualTo(expected);
    assertThat(answer.toString()).contains("POINTS");
  }

  @Test
  void largeMailIsScanned() {
    Flux<DataBuffer> content =
        Flux.concat(
            Flux.just(
                DefaultDataBufferFactory.sharedInstance.wrap(
                    mail("X-Ask: reject\n", "").getBytes(java.nio.charset.StandardCharsets.UTF_8))),
            HttpJobs.filler(160));

    assertThat(scan(HttpJobs.job(content, 160 * 65_536L))).isInstanceOf(ScannerAnswer.Bad.class);
  }

  /// The reason why the adapter has a limit of its own.
  @Test
  void beyondItsMaxMessageItBreaksOffWithoutAnAnswer() {
    long octets = RspamdScanner.DEFAULT_MAX_MESSAGE + 65_536;
    ScanJob job = HttpJobs.job(HttpJobs.filler((int) (octets / 65_536)), octets);

    assertThat(failure(scanner, job)).isEqualTo(Kind.UNREACHABLE);
    assertThat(scan(HttpJobs.job(mail("", "Dear Bob")))).isInstanceOf(ScannerAnswer.Good.class);
  }

  @Test
  void itTellsItsVersion() {
    assertThat(scanner.version().block(LONGEST)).startsWith("rspamd/");
  }

  @Test
  void aControllerAsksForItsPassword() {
    ScanJob job = HttpJobs.job(mail("", "Dear Bob"));

    assertThat(failure(scanner(rspamd.controllerUrl(), ""), job)).isEqualTo(Kind.REFUSED);
    assertThat(failure(scanner(rspamd.controllerUrl(), "wrong"), job)).isEqualTo(Kind.REFUSED);
    assertThat(scanner(rspamd.controllerUrl(), Rspamd.PASSWORD).scan(job).block(LONGEST))
        .isInstanceOf(ScannerAnswer.Good.class);
  }

  @Test
  void oneThatHangsIsTheCallersToGiveUp() {
    List<ProcessHandle> all = rspamd.processes();
    all.forEach(Signal.STOP::to);
    try {
      assertThat(
              catchThrowable(() ->
                  scanner
                      .scan(HttpJobs.job(mail("", "Dear Bob")))
                      .timeout(Duration.ofMillis(500))
                      .block(LONGEST)))
          .hasCauseInstanceOf(TimeoutException.class);
    } finally {
      all.forEach(Signal.CONT::to);
    }
    assertThat(scan(HttpJobs.job(mail("", "Dear Bob")))).isInstanceOf(ScannerAnswer.Good.class);
  }

  @Test
  void oneThatWasKilledIsUnreachableUntilItIsBack() {
    rspamd.kill();
    assertThat(failure(scanner, HttpJobs.job(mail("", "Dear Bob")))).isEqualTo(Kind.UNREACHABLE);

    rspamd.restart();

    await()
        .atMost(LONGEST)
        .ignoreExceptionsInstanceOf(ScannerFailedException.class)
        .until(() -> scan(HttpJobs.job(mail("", "Dear Bob"))) instanceof ScannerAnswer.Good);
  }
}
