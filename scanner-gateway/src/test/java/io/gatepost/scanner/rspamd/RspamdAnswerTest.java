package io.gatepost.scanner.rspamd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdit.Insert;
import io.gatepost.contract.envelope.HeaderEdit.Remove;
import io.gatepost.contract.envelope.HeaderEdit.Replace;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.reply.Reply;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.HttpJobs;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RspamdAnswerTest {

  private static ScannerAnswer read(String json) {
    return RspamdAnswer.of(json.replace('\'', '"').getBytes(UTF_8), HttpJobs.ID);
  }

  private static ScannerAnswer action(String action, String more) {
    return read(
        "{'score':7.5,'action':'%s','symbols':{'A':{'name':'A','score':1.5}}%s}"
            .formatted(action, more));
  }

  private static List<HeaderEdit> edits(ScannerAnswer answer) {
    return switch (answer) {
      case ScannerAnswer.Good(_, _, HeaderEdits edits) -> edits.list();
      case ScannerAnswer.Suspect(_, _, HeaderEdits edits) -> edits.list();
      case ScannerAnswer.PutAside(_, HeaderEdits edits) -> edits.list();
      case ScannerAnswer.Replaced(_, HeaderEdits edits, _) -> edits.list();
      case ScannerAnswer.Bad _, ScannerAnswer.TryLater _, ScannerAnswer.NotScanned _ -> List.of();
    };
  }

  private static List<HeaderEdit> milter(String block) {
    return edits(action("no action", ",'milter':{" + block + "}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"no action", "greylist"})
  void nothingAgainstIt(String action) {
    assertThat(action(action, ""))
        .isEqualTo(new ScannerAnswer.Good(Optional.of(7.5), "A", HeaderEdits.NONE));
  }

  @Test
  void softRejectIsForLater() {
    assertThat(action("soft reject", ",'messages':{'smtp_message':'Come\\r\\nback'}"))
        .isEqualTo(
            new ScannerAnswer.TryLater(
                "Come back", Optional.of(Reply.of(451, "4.7.1", "Come back"))));
    assertThat(action("soft reject", ""))
        .isEqualTo(new ScannerAnswer.TryLater("A", Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reject", "discard"})
  void rejectAndDiscardAreBad(String action) {
    assertThat(action(action, ",'messages':{'smtp_message':'Not today'}"))
        .isEqualTo(
            new ScannerAnswer.Bad(
                Optional.of(7.5), "A", Optional.of(Reply.of(550, "5.7.1", "Not today"))));
    assertThat(action(action, ",'messages':{}"))
        .isEqualTo(new ScannerAnswer.Bad(Optional.of(7.5), "A", Optional.empty()));
  }

  @Test
  void quarantineIsPutAside() {
    assertThat(action("quarantine", ""))
        .isEqualTo(new ScannerAnswer.PutAside("A", HeaderEdits.NONE));
    assertThat(action("reject", ",'milter':{'reject':'quarantine'}"))
        .isEqualTo(new ScannerAnswer.PutAside("A", HeaderEdits.NONE));
    assertThat(action("reject", ",'milter':{'reject':'discard'}"))
        .isInstanceOf(ScannerAnswer.Bad.class);
  }

  @Test
  void addHeaderIsSuspectAndMarked() {
    assertThat(action("add header", ""))
        .isEqualTo(
            new ScannerAnswer.Suspect(
                Optional.of(7.5),
                "A",
                new HeaderEdits(
                    List.of(new Remove("X-Spam", 0), new Insert(-1, "X-Spam", "Yes")))));
    assertThat(edits(action("add header", ",'milter':{'spam_header':'Perhaps'}")))
        .containsExactly(new Remove("X-Spam", 0), new Insert(-1, "X-Spam", "Perhaps"));
    assertThat(edits(action("add header", ",'milter':{'spam_header':{'X-Level':'7'}}")))
        .containsExactly(new Remove("X-Level", 0), new Insert(-1, "X-Level", "7"));
  }

  @Test
  void rewriteSubjectReplacesTheSubject() {
    assertThat(action("rewrite subject", ",'subject':'[spam] hello'"))
        .isEqualTo(
            new ScannerAnswer.Suspect(
                Optional.of(7.5),
                "A",
                new HeaderEdits(List.of(new Replace("Subject", 1, "[spam] hello")))));
  }

  @Test
  void anActionThatIsNotToBeTakenIsTold() {
    assertThat(action("reject", ",'milter':{'no_action':true}"))
        .isEqualTo(
            new ScannerAnswer.Good(
                Optional.of(7.5),
                "A",
                new HeaderEdits(List.of(new Insert(-1, "X-Rspamd-Action", "reject")))));
  }

  @Test
  void whatItsSettingsExemptIsNotScanned() {
    assertThat(read("{'is_skipped':true,'score':0,'action':'no action'}"))
        .isEqualTo(new ScannerAnswer.NotScanned("skipped by the settings of rspamd"));
  }

  /// As rspamd 3.4 answers GTUBE.
  @Test
  void aSkippedMessageMayBeRejectedAllTheSame() {
    assertThat(
            read(
                "{'is_skipped':true,'score':15.0,'action':'reject','symbols':"
                    + "{'GTUBE':{'name':'GTUBE','score':0.0}},"
                    + "'messages':{'smtp_message':'Gtube pattern'}}"))
        .isEqualTo(
            new ScannerAnswer.Bad(
                Optional.of(15.0), "GTUBE", Optional.of(Reply.of(550, "5.7.1", "Gtube pattern"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'X-A':'1' | -1",
        "'X-A':{'value':'1'} | -1",
        "'X-A':{'value':'1','order':0} | 0",
        "'X-A':{'value':'1','order':3} | 3",
        "'X-A':{'value':'1','order':-2} | -2",
        "'X-A':{'value':'1','index':2} | 2",
        "'X-A':['1'] | -1",
        "'X-A':[{'value':'1','order':1}] | 1"
      },
      quoteCharacter = '"')
  void fieldsAreAddedInEveryFormAndAtTheirPlace(String form, int position) {
    assertThat(milter("'add_headers':{" + form + "}"))
        .containsExactly(new Insert(position, "X-A", "1"));
  }

  @Test
  void additionsKeepTheirOrderBehindRemovals() {
    assertThat(
            milter(
                "'add_headers':{'X-B':[{'value':'1','order':1},'2'],'X-A':'3'},"
                    + "'remove_headers':{'X-Z':0,'X-Y':2}"))
        .containsExactly(
            new Remove("X-Z", 0),
            new Remove("X-Y", 2),
            new Insert(1, "X-B", "1"),
            new Insert(-1, "X-B", "2"),
            new Insert(-1, "X-A", "3"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0",
        "1 | 1",
        "-1 | -1",
        "[1,2,3] | 3 2 1",
        "[-1,-3] | -3 -1",
        "[2,0] | 0",
        "[2,2] | 2",
        "[] | ''"
      })
  void fieldsAreRemovedByTheNumberThatTheyHadWhenRspamdSawThem(String form, String expected) {
    assertThat(milter("'remove_headers':{'X-A':" + form + "}"))
        .extracting(edit -> Integer.toString(((Remove) edit).nth()))
        .isEqualTo(expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
  }

  @Test
  void lineEndsOfValuesAreKeptAsFolds() {
    assertThat(milter("'add_headers':{'X-A':'1\\r\\n\\t2\\n3'}"))
        .containsExactly(new Insert(-1, "X-A", "1\r\n\t2\r\n 3"));
  }

  @Test
  void signaturesStandBelowTheTopmostField() {
    assertThat(edits(action("no action", ",'dkim-signature':'v=1'")))
        .containsExactly(new Insert(1, "DKIM-Signature", "v=1"));
    assertThat(edits(action("no action", ",'dkim-signature':['v=1','v=2']")))
        .containsExactly(
            new Insert(1, "DKIM-Signature", "v=1"), new Insert(2, "DKIM-Signature", "v=2"));
  }

  @Test
  void fieldsThatCannotBeAreLeftOut() {
    assertThat(
            milter(
                "'add_headers':{'X A':'1','':'2','X-N':7,'X-O':{'value':7},'X-G':'3'},"
                    + "'remove_headers':{'X:':0,'X-Q':'all','X-R':1.5}"))
        .containsExactly(new Insert(-1, "X-G", "3"));
  }

  @Test
  void whatTheMilterBlockAsksOfTheEnvelopeIsNotDone() {
    assertThat(milter("'change_from':'eve@example.org','add_rcpt':['eve@example.org']")).isEmpty();
  }

  @Test
  void moreEditsThanMayBeMadeAreLeftOut() {
    StringBuilder many = new StringBuilder("'X-0':'0'");
    for (int n = 1; n < 500; n++) {
      many.append(",'X-%d':'%d'".formatted(n, n));
    }

    assertThat(milter("'add_headers':{" + many + "}")).hasSize(HeaderEdits.MAX_EDITS);
  }

  @Test
  void theGravestRulesAreNamedFirst() {
    StringBuilder many = new StringBuilder("'Z':{'name':'Z','score':0}");
    for (int n = 1; n < 100; n++) {
      many.append(",'S%d':{'name':'S%d','score':%d}".formatted(n, n, n % 2 == 0 ? n : -n));
    }

    ScannerAnswer answer = read("{'score':1,'action':'no action','symbols':{" + many + "}}");

    assertThat(((ScannerAnswer.Good) answer).words())
        .startsWith("S99, S98, S97")
        .endsWith("S80")
        .doesNotContain("Z");
  }

  @Test
  void withoutAScoreThereAreNoPoints() {
    assertThat(read("{'action':'no action'}"))
        .isEqualTo(new ScannerAnswer.Good(Optional.empty(), "", HeaderEdits.NONE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no action",
        "{",
        "[]",
        "7",
        "{}",
        "{'action':7}",
        "{'action':'accept'}",
        "{'error':'cannot'}"
      })
  void otherAnswersAreGarbled(String body) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOf(ScannerFailedException.class)
        .hasMessageContaining("expected: ")
        .extracting(error -> ((ScannerFailedException) error).kind())
        .isEqualTo(Kind.GARBLED);
  }
}
