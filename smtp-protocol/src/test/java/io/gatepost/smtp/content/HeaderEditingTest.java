package io.gatepost.smtp.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.content.OctetTransform;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdit.Insert;
import io.gatepost.contract.envelope.HeaderEdit.Remove;
import io.gatepost.contract.envelope.HeaderEdit.Replace;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HeaderEditingTest {

  private static final String BODY = "\r\n..dots\r\nX-Spam: in the body\r\n\r\nend\r\n";
  private static final String MAIL =
      "Received: from a\r\n\tby b;\r\n date\r\nSubject: hello\r\nX-Spam: one\r\nx-spam: two\r\n"
          + BODY;

  private final AtomicInteger tooLarge = new AtomicInteger();

  @Test
  void aFieldGoesOnTop() {
    assertThat(edited(MAIL, Insert.onTop("X-Mark", "bad"))).isEqualTo("X-Mark: bad\r\n" + MAIL);
  }

  @Test
  void theLastOfTwoOnTopIsTheFirst() {
    assertThat(edited(MAIL, Insert.onTop("A", "1"), Insert.onTop("B", "2")))
        .isEqualTo("B: 2\r\nA: 1\r\n" + MAIL);
  }

  @Test
  void aFieldGoesBehindAllOthersAndBeforeTheEmptyLine() {
    assertThat(edited(MAIL, Insert.atEnd("X-Mark", "bad")))
        .isEqualTo(MAIL.replace("x-spam: two\r\n", "x-spam: two\r\nX-Mark: bad\r\n"));
  }

  @Test
  void positionsCountFieldsAndNotLines() {
    assertThat(edited(MAIL, new Insert(1, "X", "y")))
        .isEqualTo(MAIL.replace("Subject:", "X: y\r\nSubject:"));
    assertThat(edited(MAIL, new Insert(-2, "X", "y")))
        .isEqualTo(MAIL.replace("x-spam: two", "X: y\r\nx-spam: two"));
  }

  @Test
  void positionsBeyondTheHeaderAreItsEnds() {
    String atEnd = edited(MAIL, Insert.atEnd("X", "y"));

    assertThat(edited(MAIL, new Insert(5000, "X", "y"))).isEqualTo(atEnd);
    assertThat(edited(MAIL, new Insert(Integer.MAX_VALUE, "X", "y"))).isEqualTo(atEnd);
    assertThat(edited(MAIL, new Insert(-5000, "X", "y"))).isEqualTo("X: y\r\n" + MAIL);
    assertThat(edited(MAIL, new Insert(Integer.MIN_VALUE, "X", "y"))).isEqualTo("X: y\r\n" + MAIL);
  }

  @Test
  void theNthFieldOfANameIsReplaced() {
    assertThat(edited(MAIL, new Replace("X-SPAM", 1, "new")))
        .isEqualTo(MAIL.replace("X-Spam: one\r\n", "X-SPAM: new\r\n"));
    assertThat(edited(MAIL, new Replace("X-Spam", 2, "new")))
        .isEqualTo(MAIL.replace("x-spam: two\r\n", "X-Spam: new\r\n"));
    assertThat(edited(MAIL, new Replace("X-Spam", -2, "new")))
        .isEqualTo(MAIL.replace("X-Spam: one\r\n", "X-Spam: new\r\n"));
  }

  @Test
  void aFieldThatIsNotThereIsReplacedAtTheEnd() {
    assertThat(edited(MAIL, new Replace("X-Spam", 3, "new")))
        .isEqualTo(edited(MAIL, Insert.atEnd("X-Spam", "new")));
    assertThat(edited(MAIL, new Replace("X-Spam", Integer.MIN_VALUE, "new")))
        .isEqualTo(edited(MAIL, Insert.atEnd("X-Spam", "new")));
  }

  @Test
  void aFieldGoesWithItsFoldedLines() {
    assertThat(edited(MAIL, new Remove("received", 1)))
        .isEqualTo(MAIL.substring(MAIL.indexOf("Subject")));
  }

  @Test
  void allFieldsOfANameGo() {
    assertThat(edited(MAIL, new Remove("X-Spam", 0)))
        .isEqualTo(MAIL.replace("X-Spam: one\r\nx-spam: two\r\n", ""));
  }

  @Test
  void whatIsNotThereIsNotRemoved() {
    assertThat(edited(MAIL, new Remove("X-Spam", 3), new Remove("X-Spam", -3), new Remove("Y", 0)))
        .isEqualTo(MAIL);
  }

  @Test
  void eachEditCountsTheFieldsOfThoseBefore() {
    assertThat(
            edited(
                MAIL,
                new Remove("X-Spam", 1),
                new Replace("X-Spam", 1, "second"),
                Insert.onTop("X-Spam", "zero"),
                new Replace("X-Spam", 1, "first")))
        .isEqualTo(
            "X-Spam: first\r\n"
                + MAIL.replace("X-Spam: one\r\nx-spam: two\r\n", "X-Spam: second\r\n"));
  }

  @Test
  void aMessageWithoutABodyIsAllHeader() {
    assertThat(edited("Subject: x\r\n", Insert.atEnd("A", "b")))
        .isEqualTo("Subject: x\r\nA: b\r\n");
    assertThat(edited("", Insert.atEnd("A", "b"))).isEqualTo("A: b\r\n");
  }

  @Test
  void aMessageWithoutAHeaderGetsOne() {
    assertThat(edited("\r\nbody\r\n", Insert.atEnd("A", "b"))).isEqualTo("A: b\r\n\r\nbody\r\n");
  }

  @Test
  void theHeaderEndsBeforeALineThatIsNoField() {
    String mail = "Subject: x\r\nnot a field: no\r\nX-Spam: not of the header\r\n\r\n";

    assertThat(edited(mail, new Remove("X-Spam", 0), Insert.atEnd("A", "b")))
        .isEqualTo(mail.replace("not a", "A: b\r\nnot a"));
    assertThat(edited(" folded\r\nA: b\r\n\r\n", new Remove("A", 0)))
        .isEqualTo(" folded\r\nA: b\r\n\r\n");
  }

  @Test
  void aBareLineFeedEndsNoLine() {
    String mail = "Subject: x\nX-Spam: y\r\n\r\nbody\r\n";

    assertThat(edited(mail, new Remove("X-Spam", 0))).isEqualTo(mail);
  }

  @Test
  void spaceBeforeTheColonIsNoPartOfTheName() {
    assertThat(edited("X-Spam \t: y\r\n\r\n", new Remove("X-Spam", 0))).isEqualTo("\r\n");
  }

  @Test
  void dotsOfTheWireFormAreNoPartOfTheName() {
    String mail = "..hidden: one\r\nSubject: x\r\n\r\nbody\r\n";

    assertThat(edited(mail, new Remove(".hidden", 1))).isEqualTo("Subject: x\r\n\r\nbody\r\n");
    assertThat(edited("..: one\r\n\r\n", new Replace(".", 1, "two"))).isEqualTo("..: two\r\n\r\n");
    assertThat(edited("A: b\r\n\r\n", Insert.onTop(".a", "b"))).startsWith("..a: b\r\n");
  }

  @Test
  void valuesOfSeveralLinesAreFolded() {
    assertThat(edited(MAIL, Insert.onTop("A", "one\n\n.two\r\nthree")))
        .isEqualTo("A: one\r\n .two\r\n three\r\n" + MAIL);
  }

  @Test
  void aLastLineWithoutItsEndIsNoFieldYet() {
    assertThat(edited("A: b\r\nC: d", Insert.atEnd("E", "f"))).isEqualTo("A: b\r\nE: f\r\nC: d");
  }

  @Test
  void onlyTheTopOfAHeaderBeyondTheBoundIsEdited() {
    String mail = "A: b\r\n".repeat(2) + "B: " + "x".repeat(HeaderEditing.MAX_HEADER) + "\r\n\r\n";

    assertThat(
            edited(
                mail,
                Insert.onTop("T", "1"),
                new Remove("A", 0),
                Insert.atEnd("E", "2"),
                Insert.onTop("T", "3")))
        .isEqualTo("T: 3\r\nT: 1\r\n" + mail);
    assertThat(tooLarge).hasPositiveValue();
  }

  @Test
  void onlyTheTopOfAHeaderOfVeryManyFieldsIsEdited() {
    String mail = "A:\r\n".repeat(HeaderEditing.MAX_FIELDS + 1) + "\r\n";

    assertThat(edited(mail, Insert.onTop("T", "1"), new Remove("A", 0)))
        .isEqualTo("T: 1\r\n" + mail);
  }

  @Test
  void aHeaderUpToTheBoundIsEdited() {
    String line = "A: " + "x".repeat(HeaderEditing.MAX_HEADER - 7) + "\r\n\r\n";
    assertThat(line).hasSize(HeaderEditing.MAX_HEADER);

    assertThat(edited(line + "body\r\n", new Remove("A", 1))).isEqualTo("\r\nbody\r\n");
    assertThat(tooLarge).hasValue(0);
  }

  @Test
  void aFieldOfVeryManyLinesTakesNoLongTime() {
    String mail = "A: b\r\n" + " c\r\n".repeat(200_000) + "\r\nbody\r\n";

    assertThat(edited(mail, new Remove("A", 1))).isEqualTo("\r\nbody\r\n");
  }

  @Test
  void theTopOfABeginningIsEditedWhereItsHeaderDoesNotEnd() {
    HeaderEdits edits = new HeaderEdits(List.of(Insert.onTop("T", "1"), Insert.atEnd("E", "2")));
    byte[] beginning = octets("A: b\r\nC: d");

    assertThat(
            text(
                HeaderEditing.edited(
                    edits, AddressForm.ASCII, beginning, false, tooLarge::incrementAndGet)))
        .isEqualTo("T: 1\r\nA: b\r\nC: d");
    assertThat(
            text(
                HeaderEditing.edited(
                    edits,
                    AddressForm.ASCII,
                    octets("A: b\r\n\r\nbo"),
                    false,
                    tooLarge::incrementAndGet)))
        .isEqualTo("T: 1\r\nA: b\r\nE: 2\r\n\r\nbo");
  }

  @ParameterizedTest
  @EnumSource(
      value = AddressForm.class,
      names = {"ASCII", "UTF8_ADDRESSES"})
  void newFieldsAreEncodedWhereTheHeaderIsAscii(AddressForm form) {
    assertThat(
            edited(
                form,
                MAIL,
                new Replace("Subject", 1, "[Spam] Grüße an alle"),
                Insert.onTop("From", "Jürgen Groß <j@a.example>")))
        .isEqualTo(
            "From: =?utf-8?B?SsO8cmdlbiBHcm/Dnw==?= <j@a.example>\r\n"
                + MAIL.replace("hello", "[Spam] =?utf-8?B?R3LDvMOfZQ==?= an alle"));
  }

  @Test
  void linesOfNewFieldsThatGetTooLongAreFolded() {
    String value = "Größe über alles ".repeat(100).strip();

    String mail = edited(MAIL, Insert.onTop(".X", value));

    assertThat(mail).startsWith("..X: =?utf-8?B?").endsWith(MAIL);
    assertThat(mail.lines())
        .allMatch(line -> line.length() <= 998 && line.chars().allMatch(c -> c < 0x80));
  }

  @Test
  void newFieldsStayAsTheyAreWhereTheHeaderMayBeUtf8() {
    assertThat(edited(AddressForm.UTF8, MAIL, new Replace("Subject", 1, "Grüße <jü@ä.example>")))
        .isEqualTo(MAIL.replace("hello", "Grüße <jü@ä.example>"));
  }

  @Test
  void fieldsThatCameInStayWhateverTheyHave() {
    String mail = "Subject: Grüße\r\nX: y\r\n" + BODY;

    assertThat(edited(mail, new Remove("X", 1))).isEqualTo("Subject: Grüße\r\n" + BODY);
  }

  @Test
  void withoutEditsTheSameOctetsComeBack() {
    byte[] wire = octets(MAIL);

    assertThat(
            HeaderEditing.edited(
                HeaderEdits.NONE, AddressForm.ASCII, wire, true, tooLarge::incrementAndGet))
        .isSameAs(wire);
  }

  /// Edits it as a whole, and in pieces of all sizes: each gives the same.
  private String edited(String mail, HeaderEdit... asked) {
    return edited(AddressForm.ASCII, mail, asked);
  }

  private String edited(AddressForm form, String mail, HeaderEdit... asked) {
    HeaderEdits edits = new HeaderEdits(List.of(asked));
    byte[] wire = octets(mail);
    String whole = text(HeaderEditing.edited(edits, form, wire, true, tooLarge::incrementAndGet));
    Random random = new Random(mail.length());
    for (int most : wire.length < 1000 ? new int[] {1, 2, 3, 7, 50} : new int[] {1000, 200_000}) {
      assertThat(text(inPieces(edits, form, wire, most, random))).isEqualTo(whole);
    }
    return whole;
  }

  private byte[] inPieces(
      HeaderEdits edits, AddressForm form, byte[] wire, int most, Random random) {
    OctetTransform editing = new HeaderEditing(edits, form, tooLarge::incrementAndGet);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < wire.length; ) {
      int to = Math.min(wire.length, at + 1 + random.nextInt(most));
      out.writeBytes(editing.next(wire, at, to));
      at = to;
    }
    out.writeBytes(editing.end());
    return out.toByteArray();
  }

  @Test
  void aPieceIsItsOwnersAgainAfterTheCall() {
    HeaderEditing editing =
        new HeaderEditing(
            new HeaderEdits(List.of(Insert.atEnd("X", "y"))),
            AddressForm.ASCII,
            tooLarge::incrementAndGet);
    byte[] first = octets("Subject: hel");
    ByteArrayOutputStream all = new ByteArrayOutputStream();

    all.writeBytes(editing.next(first, 0, first.length));
    Arrays.fill(first, (byte) '?');
    byte[] second = octets("lo\r\n\r\ntext\r\n");
    all.writeBytes(editing.next(second, 0, second.length));
    all.writeBytes(editing.end());

    assertThat(text(all.toByteArray())).isEqualTo("Subject: hello\r\nX: y\r\n\r\ntext\r\n");
    assertThat(text(second)).isEqualTo("lo\r\n\r\ntext\r\n");
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }
}
