package io.gatepost.contract.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@b",
        "ann.lee@sender.example",
        "!#$%&'*+-/=?^_`{|}~@sender.example",
        "\"ann lee\"@sender.example",
        "\"a\\\"b@c\"@sender.example",
        "\"\"@sender.example",
        "ann@[192.0.2.1]",
        "ann@[ipv6:2001:db8::1]",
        "ann@under_score.example"
      })
  void anAddressIsReadAndWrittenTheSame(String text) {
    assertThat(ForwardPath.of(text)).hasToString(text);
    assertThat(ReversePath.of(text).text()).isEqualTo(text);
  }

  static String[] hostile() {
    return new String[] {
      "ann",
      "@sender.example",
      "ann@",
      ".ann@sender.example",
      "ann.@sender.example",
      "a..b@sender.example",
      "ann lee@sender.example",
      "\"ann@sender.example",
      "\"a\"b\"@sender.example",
      "\"ann\\\"@sender.example",
      "ann@-sender.example",
      "ann@sender-.example",
      "ann@sender..example",
      "ann@sender.example.",
      "ann@.example",
      "ann@[]",
      "ann@[192.0.2.1",
      "ann@[a]b]",
      "ann\r\n@sender.example",
      "ann@sender.example\n",
      "j\u0085rg@sender.example",
      "j\ud800rg@sender.example",
      "\u00f6".repeat(128) + "@sender.example",
      "ann@stra\u00dfe.example",
      "ann@\u200d.example",
      "ann@b\u00fccher..example",
      "a".repeat(256) + "@sender.example",
      "ann@" + "a".repeat(64) + ".example",
      "ann@" + "a.".repeat(128) + "example"
    };
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void whatRfc5321DoesNotAllowIsRefused(String text) {
    assertThatThrownBy(() -> ForwardPath.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void localPartsMayHoldMoreThanAsciiAndSayIt() {
    ForwardPath address = ForwardPath.of("j\u00f6rg@sender.example");

    assertThat(address).hasToString("j\u00f6rg@sender.example");
    assertThat(address.isAscii()).isFalse();
    assertThat(ReversePath.of("\"j \ud83d\ude00\"@sender.example").isAscii()).isFalse();
    assertThat(ForwardPath.of("ann@sender.example").isAscii()).isTrue();
    assertThat(ReversePath.of("").isAscii()).isTrue();
  }

  @Test
  void aDomainHasOneFormHoweverItIsWritten() {
    assertThat(DomainName.of("B\u00dcCHER.example"))
        .isEqualTo(DomainName.of("xn--bcher-kva.example"));
  }

  @Test
  void theDotOfTheRootIsTakenInTablesAndNotInMail() {
    assertThat(DomainName.listed("B\u00dcCHER.example."))
        .isEqualTo(DomainName.of("xn--bcher-kva.example"));
    assertThat(ForwardPath.listed("ann@dest.example."))
        .isEqualTo(ForwardPath.listed("ann@dest.example"))
        .isEqualTo(ForwardPath.of("ann@dest.example"));
    assertThatThrownBy(() -> DomainName.listed("dest.example.."))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theLongestPartsAreTaken() {
    String local = "a".repeat(64);
    String domain = ("a".repeat(63) + ".").repeat(3) + "b".repeat(63);

    assertThat(ForwardPath.of(local + "@" + domain)).hasToString(local + "@" + domain);
  }

  @Test
  void aLongLocalPartIsTakenAtAShorterDomain() {
    String local = "bounces+" + "a".repeat(247);
    String domain = "b".repeat(62) + ".c";

    assertThat(ForwardPath.of(local + "@" + domain)).hasToString(local + "@" + domain);
    assertThatThrownBy(() -> ForwardPath.of(local + "@" + domain.replace(".c", ".cc")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void domainsAreComparedWithoutCaseAndLocalPartsWithIt() {
    assertThat(ForwardPath.of("ann@Sender.EXAMPLE"))
        .isEqualTo(ForwardPath.of("ann@sender.example"));
    assertThat(ForwardPath.of("Ann@sender.example"))
        .isNotEqualTo(ForwardPath.of("ann@sender.example"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {"Ann|ann", "\"Ann Lee\"|ann lee", "\"a\\\"b\"|a\"b", "\"a\\\\b\"|a\\b"})
  void theKeyInTablesIsWithoutQuotesAndInLowerCase(String text, String key) {
    assertThat(LocalPart.of(text).lookupKey()).isEqualTo(key);
  }

  @Test
  void noTextIsTheNullReversePath() {
    assertThat(ReversePath.of("")).isEqualTo(new ReversePath.Null());
    assertThat(new ReversePath.Null().text()).isEmpty();
  }

  @Test
  void theSameLettersAreTheSameKeyHoweverTheyAreComposed() {
    assertThat(LocalPart.of("Gru\u0308n").lookupKey())
        .isEqualTo(LocalPart.of("gr\u00fcn").lookupKey());
  }

  @ParameterizedTest
  @CsvSource({
    "ann, ann",
    "ann+x, ann+x",
    "'', '\"\"'",
    "'a b', '\"a b\"'",
    "'a@far.example,b', '\"a@far.example,b\"'",
    "'a\"b', '\"a\\\"b\"'",
    "'a\\b', '\"a\\\\b\"'",
    "a..b, '\"a..b\"'"
  })
  void plainTextGetsTheQuotesThatItNeeds(String plain, String expected) {
    LocalPart made = LocalPart.ofPlain(plain);

    assertThat(made.text()).isEqualTo(expected);
    assertThat(made.unquoted()).isEqualTo(plain);
  }
}
