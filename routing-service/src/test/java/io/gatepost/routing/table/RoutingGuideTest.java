package io.gatepost.routing.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.routing.chain.RouterResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tables in docs/routing.md say what the guide says of them.
class RoutingGuideTest {

  private static final LocalDomains LOCAL =
      LocalDomains.of(List.of("example.test"), List.of("alice", "bob"));

  @TempDir private Path directory;

  /// The lines of the first example below a heading.
  private static List<String> example(String heading) throws IOException {
    List<String> guide = Files.readAllLines(Path.of("../docs/routing.md"));
    List<String> section = guide.subList(guide.indexOf("## " + heading), guide.size());
    int begin = section.indexOf("```") + 1;
    return section.subList(begin, begin + section.subList(begin, section.size()).indexOf("```"));
  }

  @Test
  void aliases() throws IOException {
    Files.writeString(directory.resolve("staff-more"), "eve@example.net\n");
    Path file = Files.write(directory.resolve("aliases"), example("Aliases"));
    Aliases table =
        Aliases.read(new FileReading(file), new Includes.Directory(Optional.of(directory)));

    assertThat(table.route(ForwardPath.of("staff@example.test"), true).words())
        .isEqualTo("is alice@example.test, bob@example.net, eve@example.net");
    assertThat(table.route(ForwardPath.of("root+disk@example.test"), true).words())
        .isEqualTo("is alice@example.test");
    assertThat(table.route(ForwardPath.of("info@b.test"), false).words())
        .isEqualTo("is bob@b.test");
  }

  @Test
  void virtusertable() throws IOException {
    Virtusertable table = Virtusertable.parse("virtusertable", example("Virtusertable"), LOCAL);

    assertThat(table.route(ForwardPath.of("old+list@v.test")).words())
        .isEqualTo("is new+list@example.net");
    assertThat(table.route(ForwardPath.of("alice+x@w.test")).words())
        .isEqualTo("is alice+x@example.test");
    assertThat(table.route(ForwardPath.of("joe@v.test")).words())
        .endsWith(": 550 5.1.1 No such user here");
  }

  @Test
  void regsub() throws IOException {
    Regsub table = Regsub.parse("regsub", example("Regsub"), LOCAL);

    assertThat(table.route(ForwardPath.of("ann.lee@hr.test")).words())
        .isEqualTo("is a_lee@example.test");
    assertThat(table.route(ForwardPath.of("list-x@any.test")).words()).isEqualTo("is x@lists.test");
  }

  @Test
  void mailertable() throws IOException {
    Mailertable table = Mailertable.parse("mailertable", example("Mailertable"));

    assertThat(table.find(DomainName.of("a.sub.test")).map(RouterResult::words))
        .contains("ask the DNS for the mail exchangers of relay.test");
    assertThat(table.defaultRoute()).isPresent();
  }
}
