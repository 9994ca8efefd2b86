package io.gatepost.routing.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RouterResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Examples as the manuals of Sendmail (cf/README, virtusertable, mailertable, plussed users) and
/// Postfix (virtual(5), aliases(5), transport(5)) work them, in text and cdb alike.
class TableExamplesTest {

  private static final LocalDomains LOCAL =
      LocalDomains.of(List.of("here.example"), List.of("ann"));

  @TempDir private Path directory;

  /// One table, and what it says of addresses: `address -> result`.
  private record Example(String name, List<String> lines, List<String> answers) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Example example(String name, List<String> lines, String... answers) {
    return new Example(name, lines, List.of(answers));
  }

  private static Stream<Arguments> withBothKinds(Example... examples) {
    return Stream.of(examples)
        .flatMap(each -> Stream.of(TableKind.values()).map(kind -> Arguments.of(each, kind)));
  }

  static Stream<Arguments> virtusertables() {
    return withBothKinds(
        example(
            "Sendmail: single addresses, errors, a whole domain",
            List.of(
                "info@foo.example foo-info",
                "info@bar.example bar-info",
                "joe@bar.example error:nouser 550 No such user here",
                "jax@bar.example error:5.7.0:550 Address invalid",
                "@baz.example jane@example.net"),
            "info@foo.example -> foo-info@here.example",
            "INFO@Bar.Example -> bar-info@here.example",
            "joe@bar.example -> 550 5.1.1 No such user here",
            "jax@bar.example -> 550 5.7.0 Address invalid",
            "jim@bar.example -> not mine",
            "anyone@baz.example -> jane@example.net",
            "any+one@baz.example -> jane@example.net",
            "anyone@sub.baz.example -> not mine"),
        example(
            "Sendmail: the user of the address",
            List.of("@foo.example %1@example.com"),
            "Jane@foo.example -> Jane@example.com",
            "jane+list@foo.example -> jane@example.com",
            "\"jane doe\"@foo.example -> \"jane doe\"@example.com"),
        example(
            "Sendmail: user and detail",
            List.of(
                "old+*@foo.example new+%2@example.com",
                "gen+*@foo.example %2@example.com",
                "+*@foo.example %1%3@example.com",
                "x++@foo.example z%3@example.com",
                "@bar.example %1%3"),
            "old+list@foo.example -> new+list@example.com",
            "old+@foo.example -> new+@example.com",
            "gen+Bob@foo.example -> Bob@example.com",
            "who+ever@foo.example -> who+ever@example.com",
            "who@foo.example -> not mine",
            "x+y@foo.example -> z+y@example.com",
            "x+@foo.example -> x+@example.com",
            "user+det@bar.example -> user+det@here.example",
            "user@bar.example -> user@here.example",
            "\"user@far.example\"@bar.example -> \"user@far.example\"@here.example"),
        example(
            "Sendmail: + is a detail that is not empty, * any",
            List.of("++@foo.example full@x.example", "+*@foo.example any@x.example"),
            "user+d@foo.example -> full@x.example",
            "user+@foo.example -> any@x.example",
            "user@foo.example -> not mine"),
        example(
            "the user where the whole address is listed",
            List.of("a+b@foo.example %1@x.example", "a@foo.example %1-%2@x.example"),
            "a+b@foo.example -> a+b@x.example",
            "a+c@foo.example -> a-c@x.example"),
        example(
            "Postfix: an address before its domain, several targets",
            List.of(
                "postmaster@v.example ann",
                "joe@v.example joe@far.example, ann@here.example",
                "@v.example catch@far.example"),
            "postmaster@v.example -> ann@here.example",
            "joe@v.example -> joe@far.example, ann@here.example",
            "jane@v.example -> catch@far.example"),
        example(
            "Postfix: the address with its detail, then without",
            List.of("joe+lists@v.example lists@x.example", "joe@v.example joe@x.example"),
            "joe+lists@v.example -> lists@x.example",
            "joe+other@v.example -> joe@x.example"),
        example(
            "the longest match wins",
            List.of(
                "sales-*@v.example any-sales@x.example",
                "sales-eu*@v.example europe@x.example",
                "sales-eu-uk@v.example uk@x.example",
                "bob+spam*@v.example error:5.1.1:550 no spam for Bob",
                "bob@v.example bob@x.example",
                "bo*@v.example bo@x.example",
                "@.v.example below@x.example",
                "@a.v.example a@x.example",
                "@v.example rest@x.example"),
            "sales-us@v.example -> any-sales@x.example",
            "sales-@v.example -> any-sales@x.example",
            "sales-eu-de@v.example -> europe@x.example",
            "sales-eu-uk@v.example -> uk@x.example",
            "bob+spam1@v.example -> 550 5.1.1 no spam for Bob",
            "bob+ham@v.example -> bob@x.example",
            "bobby@v.example -> bo@x.example",
            "rob@v.example -> rest@x.example",
            "rob@b.v.example -> below@x.example",
            "rob@c.b.v.example -> below@x.example",
            "rob@a.v.example -> a@x.example"),
        example(
            "what is no address any more",
            List.of("@v.example x@%1.example", "gen+*@w.example %2@x.example"),
            "bob@v.example -> x@bob.example",
            "b_!b@v.example -> 550 5.1.3 b_!b@v.example leads to what is no address",
            "gen+@w.example -> 550 5.1.3 gen+@w.example leads to what is no address"));
  }

  @ParameterizedTest
  @MethodSource("virtusertables")
  void aVirtusertableAnswers(Example example, TableKind kind) throws IOException {
    FileReading file = kind.write(directory, "virtusertable", "\\s+", example.lines());

    try (Virtusertable table = Virtusertable.read(file, LOCAL)) {
      assertAnswers(example, address -> words(table.route(ForwardPath.of(address))));
    }
  }

  static Stream<Arguments> aliases() {
    return withBothKinds(
        example(
            "Sendmail: plussed users",
            List.of("root+client1: one", "root+*: any", "root: ann, far@x.example"),
            "root+client1@here.example -> one@here.example",
            "root+client2@here.example -> any@here.example",
            "root@here.example -> ann@here.example, far@x.example",
            "Root@far.example -> not mine"),
        example(
            "Postfix: names of any case, and quoted",
            List.of("mailer-daemon: postmaster", "john smith: ann"),
            "MAILER-DAEMON@here.example -> postmaster@here.example",
            "\"John Smith\"@here.example -> ann@here.example"),
        example(
            "a whole address, a local part, a domain",
            List.of(
                "info@here.example: here@x.example",
                "info: everywhere@x.example",
                "info-*: prefix@x.example",
                "@here.example: rest@x.example",
                "gone: error:5.1.6:550 has moved, to x.example"),
            "info@here.example -> here@x.example",
            "info+x@here.example -> here@x.example",
            "info-x@here.example -> prefix@x.example",
            "gone@here.example -> 550 5.1.6 has moved, to x.example",
            "bob@here.example -> rest@x.example",
            "\"info@far.example\"@here.example -> rest@x.example",
            "info@far.example -> not mine"));
  }

  @ParameterizedTest
  @MethodSource("aliases")
  void anAliasesTableAnswers(Example example, TableKind kind) throws IOException {
    FileReading file = kind.write(directory, "aliases", ":", quoted(kind, example.lines()));

    try (Aliases table = Aliases.read(file, new Includes.Directory(Optional.empty()))) {
      assertAnswers(
          example,
          text -> {
            ForwardPath address = ForwardPath.of(text);
            return words(table.route(address, LOCAL.contains(address.domain())));
          });
    }
  }

  /// A name with a blank needs quotes in text only.
  private static List<String> quoted(TableKind kind, List<String> lines) {
    return kind == TableKind.CDB
        ? lines
        : lines.stream().map(line -> line.replace("john smith", "\"John Smith\"")).toList();
  }

  static Stream<Arguments> mailertables() {
    return withBothKinds(
        example(
            "Sendmail: a host, its subdomains, mailers that speak SMTP, errors",
            List.of(
                "a.example smtp:[192.0.2.1]",
                ".a.example esmtp:[192.0.2.2]:587",
                "b.example relay:hub.example",
                "c.example error:nohost No such place",
                "d.example error:5.7.0:550 closed",
                ". smtp:[192.0.2.9]"),
            "u@a.example -> deliver to smtp:[192.0.2.1]",
            "u@x.y.a.example -> deliver to smtp:[192.0.2.2]:587",
            "u@b.example -> ask the DNS for the mail exchangers of hub.example",
            "u@x.b.example -> not mine",
            "u@c.example -> 550 5.1.2 No such place",
            "u@d.example -> 550 5.7.0 closed"),
        example(
            "Postfix: errors without a code",
            List.of(
                "x.example error:5.1.2 mail for x.example is not deliverable",
                "y.example error:4.3.2 not now"),
            "u@x.example -> 550 5.1.2 mail for x.example is not deliverable",
            "u@y.example -> 450 4.3.2 not now"));
  }

  @ParameterizedTest
  @MethodSource("mailertables")
  void aMailertableAnswers(Example example, TableKind kind) throws IOException {
    FileReading file = kind.write(directory, "mailertable", "\\s+", example.lines());

    try (Mailertable table = Mailertable.read(file)) {
      assertAnswers(
          example,
          address ->
              words(table.find(ForwardPath.of(address).domain()).orElse(RouterResult.NO_MATCH)));
      assertThat(table.defaultRoute().isPresent())
          .isEqualTo(example.lines().stream().anyMatch(line -> line.startsWith(". ")));
    }
  }

  @ParameterizedTest
  @EnumSource(TableKind.class)
  void mailboxesOfAFileAreThere(TableKind kind) throws IOException {
    LocalDomains domains = LocalDomains.of(List.of("here.example", "other.example"), List.of());
    FileReading file =
        kind.write(
            directory,
            "mailboxes",
            "#",
            kind == TableKind.CDB
                ? List.of("eve@other.example#", "bob#")
                : List.of("eve@other.example", "bob"));

    try (LocalDomains local = domains.with(file)) {
      assertThat(mailbox(local, "Bob+x@here.example")).isEqualTo("maildir:bob@here.example");
      assertThat(mailbox(local, "eve@other.example")).isEqualTo("maildir:eve@other.example");
      assertThat(mailbox(local, "eve@here.example")).isEqualTo("none");
      assertThat(mailbox(local, "postmaster@here.example")).isEqualTo("maildir:eve@other.example");
    }
  }

  @ParameterizedTest
  @EnumSource(TableKind.class)
  void theDomainsOfAVirtusertableAreKnown(TableKind kind) throws IOException {
    List<String> lines =
        Stream.concat(
                Stream.of("user@one.example x@y.example", "@.two.example x@y.example"),
                Stream.iterate(0, i -> i + 1)
                    .limit(500)
                    .map(i -> "u" + i + "@d" + i % 150 + ".example x@y.example"))
            .toList();

    try (Virtusertable table =
        Virtusertable.read(kind.write(directory, "virtusertable", "\\s+", lines), LOCAL)) {
      assertThat(table.lists(DomainName.of("one.example"))).isTrue();
      assertThat(table.lists(DomainName.of("d149.example"))).isTrue();
      assertThat(table.lists(DomainName.of("d150.example"))).isFalse();
      assertThat(table.lists(DomainName.of("two.example"))).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(TableKind.class)
  void aWrongValueIsNamedWithItsPlace(TableKind kind) {
    FileReading file =
        kind.write(
            directory,
            "table",
            "\\s+",
            List.of("a@x.example good@y.example", "b@x.example |/bin/sh"));

    assertThatThrownBy(() -> Virtusertable.read(file, LOCAL))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(
            file.file() + (kind == TableKind.TEXT ? ":2" : ":b@x.example") + " = \"|/bin/sh\"");
  }

  private interface Answers {
    String of(String address);
  }

  private static void assertAnswers(Example example, Answers answers) {
    assertThat(
            example.answers().stream()
                .map(answer -> answer.substring(0, answer.indexOf(" -> ")))
                .map(address -> address + " -> " + answers.of(address)))
        .containsExactlyElementsOf(example.answers());
  }

  private static String words(RouterResult result) {
    return switch (result) {
      case RouterResult.Rewrite(var addresses) ->
          addresses.stream().map(ForwardPath::toString).collect(Collectors.joining(", "));
      case RouterResult.Refuse(var _, var reply) -> reply.toString();
      case RouterResult.Later(var _, var reply) -> reply.toString();
      default -> result.words();
    };
  }

  private static String mailbox(LocalDomains local, String address) {
    return local.mailbox(ForwardPath.of(address)).map(Destination.Mailbox::name).orElse("none");
  }
}
