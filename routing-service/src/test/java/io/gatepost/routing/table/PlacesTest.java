package io.gatepost.routing.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.FileReading;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tables tell where the entry stands that decides about an address.
class PlacesTest {

  private static final LocalDomains LOCAL = LocalDomains.of(List.of("here.example"), List.of());

  @TempDir private Path directory;

  private static String at(TableKind kind, FileReading file, int line, String key) {
    return switch (kind) {
      case TEXT -> file.file() + ":" + line + " " + key;
      case CDB -> file.file() + ":" + key;
    };
  }

  @ParameterizedTest
  @EnumSource(TableKind.class)
  void fileLineAndKey(TableKind kind) throws IOException {
    FileReading names =
        kind.write(directory, "aliases", ": ", List.of("info: ann", "sales+*: bob"));
    FileReading users =
        kind.write(
            directory, "users", " ", List.of("ann@v.example ann@here.example", "@v.example ben"));
    FileReading hosts =
        kind.write(directory, "hosts", " ", List.of("a.example smtp:[h.example]", ". smtp:[s]"));

    try (Aliases aliases = Aliases.read(names, new Includes.Directory(Optional.empty()));
        Virtusertable virtusertable = Virtusertable.read(users, LOCAL);
        Mailertable mailertable = Mailertable.read(hosts)) {
      assertThat(aliases.place(ForwardPath.of("Sales+x@here.example"), true))
          .contains(at(kind, names, 2, "sales+*"));
      assertThat(aliases.place(ForwardPath.of("info@far.example"), false)).isEmpty();
      assertThat(virtusertable.place(ForwardPath.of("eve@v.example")))
          .contains(at(kind, users, 2, "@v.example"));
      assertThat(mailertable.place(DomainName.of("a.example")))
          .contains(at(kind, hosts, 1, "a.example"));
      assertThat(mailertable.place(DomainName.of("b.example"))).isEmpty();
      assertThat(mailertable.defaultPlace()).contains(at(kind, hosts, 2, "."));
    }
  }

  @Test
  void linesOfRegsubAndOfTheListOfMailboxes() {
    Regsub regsub =
        Regsub.parse("regsub", List.of("# first", "/^x@/ y@here.example", "/^z@/ y"), LOCAL);
    LocalDomains mailboxes = LOCAL.with("mailboxes", List.of("ann", "", "bob@here.example"));

    assertThat(regsub.place(ForwardPath.of("z@far.example"))).contains("regsub:3");
    assertThat(regsub.place(ForwardPath.of("w@far.example"))).isEmpty();
    assertThat(mailboxes.place(ForwardPath.of("bob+x@here.example")))
        .contains("mailboxes:3 bob@here.example");
    assertThat(mailboxes.place(ForwardPath.of("eve@here.example"))).isEmpty();
  }
}
