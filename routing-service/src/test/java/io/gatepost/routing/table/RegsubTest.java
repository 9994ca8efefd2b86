package io.gatepost.routing.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RouterResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegsubTest {

  private static final LocalDomains LOCAL =
      LocalDomains.of(List.of("here.example"), List.of("ann"));
  private static final LocalDomains NONE = LocalDomains.of(List.of(), List.of());

  private static String route(String address, String... lines) {
    return switch (Regsub.parse("regsub", List.of(lines), LOCAL).route(ForwardPath.of(address))) {
      case RouterResult.Rewrite(var found) ->
          found.stream().map(ForwardPath::toString).collect(Collectors.joining(" "));
      case RouterResult.Refuse(var _, var reply) -> reply.toString();
      case RouterResult.Later(var _, var reply) -> reply.toString();
      case RouterResult other -> other.words();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "Ann.Lee@old.example; /^([^@]+)@old\\.example$/ $1@new.example; Ann.Lee@new.example",
        "a.b@OLD.example; /^(.)\\.(.)@old\\.example$/ ${2}1.$1@x.example; b1.a@x.example",
        "list-x@a.example; /^list-(.*)@/ $1; x@here.example",
        "list-x@here.example; /^LIST-(.*)@/ $1, archive@far.example; x@here.example"
            + " archive@far.example",
        "LIST-x@a.example; /(?-i)^list-(.*)@/ $1; not mine",
        "u@a.example; /a\\.example/ cost$$@b.example; cost$@b.example",
        "u@a.example; /^(x?)u@/ \"[$1]\"@b.example; \"[]\"@b.example",
        "u@a.example; /@a\\.example$/ error:5.1.6:550 moved, see b.example; 550 5.1.6 moved, see"
            + " b.example",
        "u@a.example; /@a\\.example$/ error:tempfail moving; 450 4.0.0 moving",
        "u/v@a.example; /^u\\/(v)@/ $1@b.example; v@b.example",
        "u@a.example; /^(u)@(.*)$/ $1@$2; not mine",
        "U@a.example; /^(u)@/ u@a.example; not mine",
        "u@a.example; /^(x?)u@/ $1@b.example; 550 5.1.3 u@a.example leads to what is no address",
        "\"u@b.example\"@a.example; /^u@b\\.example/ x@y.example; not mine",
        "xu@a.example; /^x(.*)$/ $1; u@a.example",
        "\"u@b.example\"@a.example; /^(.*)@a/ $1; \"u@b.example\"@here.example",
        "\"u@b.example\"@a.example; /^(.*)@a/ x$1; 550 5.1.3 \"u@b.example\"@a.example leads to"
            + " what is no address",
        "\"u\"@a.example; /^u@a/ x@y.example; x@y.example",
        "\"u v\"@a.example; /^(.*)@a/ $1@y.example; \"u v\"@y.example"
      })
  void aLineReplacesTheAddressThatItFinds(String address, String line, String expected) {
    assertThat(route(address, "# comment", "", line)).isEqualTo(expected);
  }

  @Test
  void theFirstLineThatIsFoundDecides() {
    assertThat(
            route(
                "bob@a.example",
                "/^ann@/ one@x.example",
                "/^bob@/ two@x.example # said here",
                "/./ three@x.example"))
        .isEqualTo("two@x.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no slash",
        "/open",
        "/a/",
        "/a/b@x.example",
        "// b@x.example",
        "/(/ b@x.example",
        "/(a)\\1/ b@x.example",
        "/(?=a)/ b@x.example",
        "/a/ $1@x.example",
        "/(a)/ $2@x.example",
        "/(a)/ ${1@x.example",
        "/a/ $@x.example",
        "/a/ two words@x.example",
        "/a/ |/bin/sh",
        "/a/ error:5.1.1:450 differ",
        "/((a{30}){30}){30}/ b@x.example"
      })
  void aWrongLineIsNamed(String line) {
    assertThatThrownBy(() -> route("u@x.example", "/first/ x@y.example", line))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("regsub:2 = ");
  }

  @Test
  void withoutLocalDomainsAValueNeedsADomain() {
    assertThatThrownBy(() -> Regsub.parse("regsub", List.of("/a/ b"), NONE))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("no local domains");
  }

  @Test
  void linesAreBounded() {
    List<String> lines = Collections.nCopies(Regsub.MAX_RULES + 1, "/a/ b@x.example");

    assertThatThrownBy(() -> Regsub.parse("regsub", lines, LOCAL))
        .hasMessageContaining("regsub:1001 = ");
  }

  @Test
  void expressionsAreBoundedTogether() {
    List<String> lines = Collections.nCopies(20, "/(\\w*\\d?){300}!/ b@x.example");

    assertThatThrownBy(() -> Regsub.parse("regsub", lines, LOCAL))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("regsub:17 = ")
        .hasMessageContaining("30000 at most count");
  }

  @Test
  void aThousandUsualLinesAreWithinTheBounds() {
    List<String> lines =
        IntStream.range(0, Regsub.MAX_RULES)
            .mapToObj(i -> "/^([a-z.]+)\\.dept" + i + "@old\\.example$/ $1@d" + i + ".example")
            .toList();

    assertThat(Regsub.parse("regsub", lines, LOCAL).lines()).hasSize(Regsub.MAX_RULES);
  }

  @Test
  void aCdbHasNoOrderAndIsRefused() {
    assertThatThrownBy(() -> Regsub.read(new FileReading(Path.of("regsub.cdb")), LOCAL))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("a text file");
  }

  @Test
  void anExpressionThatOthersTakeForeverWithTakesNoTime() {
    Regsub table =
        Regsub.parse("regsub", List.of("/^(([a-z])+.)+[A-Z]([a-z])+$/ x@y.example"), LOCAL);
    ForwardPath address = ForwardPath.of("a".repeat(250) + "@a.example");

    long start = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      table.route(address);
    }

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }
}
