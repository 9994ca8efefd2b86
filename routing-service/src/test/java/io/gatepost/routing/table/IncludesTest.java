package io.gatepost.routing.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.contract.setting.FollowedFile;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RouterResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IncludesTest {

  @TempDir private Path directory;
  private Path lists = Path.of("");

  @BeforeEach
  void directories() throws IOException {
    lists = Files.createDirectories(directory.resolve("lists/inner")).getParent();
    Files.writeString(directory.resolve("outside"), "far@x.example\n");
  }

  private Path list(String name, String... lines) throws IOException {
    return Files.write(lists.resolve(name), List.of(lines));
  }

  private Aliases read(FileReading reading) throws IOException {
    return Aliases.read(reading, new Includes.Directory(Optional.of(lists)));
  }

  private Aliases read(TableKind kind, String... lines) throws IOException {
    return read(kind.write(directory, "aliases", ": ", List.of(lines)));
  }

  private static String targets(Aliases aliases, String address) {
    return aliases.route(ForwardPath.of(address), true) instanceof RouterResult.Rewrite(var found)
        ? found.stream().map(ForwardPath::toString).collect(Collectors.joining(" "))
        : "none";
  }

  @ParameterizedTest
  @EnumSource(TableKind.class)
  void theTargetsOfAFileAndOfThoseThatItIncludesAreTheAliasesOwn(TableKind kind)
      throws IOException {
    list("staff", "# the staff", "ann, bob@far.example # two", "", ":include:inner/more");
    list("inner/more", "eve");

    try (Aliases aliases =
        read(
            kind,
            "staff: :include:staff, zoe",
            "whole: :include:" + lists.resolve("inner/../staff"))) {
      assertThat(targets(aliases, "staff@here.example"))
          .isEqualTo("ann@here.example bob@far.example eve@here.example zoe@here.example");
      assertThat(targets(aliases, "whole@here.example"))
          .isEqualTo("ann@here.example bob@far.example eve@here.example");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside",
        "inner/../../outside",
        "link",
        "tree/outside",
        "none",
        "inner",
        "",
        "/etc/hostname",
        "large"
      })
  void whatIsNoFileBelowTheDirectoryIsRefused(String name) throws IOException {
    Files.createSymbolicLink(lists.resolve("link"), directory.resolve("outside"));
    Files.createSymbolicLink(lists.resolve("tree"), directory);
    list("large", "# " + "x".repeat(1 << 20));

    assertThatThrownBy(() -> read(TableKind.TEXT, "info: ann", "staff: :include:" + name))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(directory.resolve("aliases") + ":2 = \":include:");
  }

  @Test
  void aLinkThatStaysBelowTheDirectoryIsFollowed() throws IOException {
    list("real", "ann");
    Files.createSymbolicLink(lists.resolve("link"), lists.resolve("real"));

    try (Aliases aliases = read(TableKind.TEXT, "staff: :include:link")) {
      assertThat(targets(aliases, "staff@here.example")).isEqualTo("ann@here.example");
    }
  }

  @Test
  void withoutADirectoryNothingIsIncluded() {
    FileReading table = TableKind.TEXT.write(directory, "aliases", "", List.of("a: :include:b"));

    assertThatThrownBy(() -> Aliases.read(table, new Includes.Directory(Optional.empty())))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.routing.include-directory");
  }

  @Test
  void filesThatIncludeEachOtherAreFound() throws IOException {
    list("one", "ann", ":include:two");
    list("two", ":include:inner/../link");
    Files.createSymbolicLink(lists.resolve("link"), lists.resolve("one"));

    assertThatThrownBy(() -> read(TableKind.TEXT, "staff: :include:one"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("include itself");
  }

  @Test
  void filesThatMultiplyAreBounded() throws IOException {
    list("f0", "ann");
    for (int i = 1; i < 40; i++) {
      list("f" + i, ":include:f" + (i - 1) + ", :include:f" + (i - 1));
    }

    assertThatThrownBy(() -> read(TableKind.TEXT, "staff: :include:f39"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("1000 at most");
  }

  /// One line that includes one file so often that its targets would fill the memory.
  @Test
  void oneLineThatIncludesOftenIsBounded() throws IOException {
    list("all", IntStream.range(0, 1_000).mapToObj(i -> "u" + i).toArray(String[]::new));
    list("often", String.join(",", Collections.nCopies(60_000, ":include:all")));

    assertThatThrownBy(() -> read(TableKind.TEXT, "staff: :include:often"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(":1 = \"2000 targets\"");
  }

  @Test
  void aWrongTargetIsNamedByTheFileThatHasIt() throws IOException {
    list("staff", "ann", "|/bin/sh");

    assertThatThrownBy(() -> read(TableKind.TEXT, "staff: :include:staff"))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(lists.resolve("staff") + ":2 = \"|/bin/sh\"");
  }

  @ParameterizedTest
  @EnumSource(TableKind.class)
  void anIncludedFileIsReadAgainWithTheTable(TableKind kind) throws IOException {
    list("staff", "ann");
    Path table =
        kind.write(directory, "aliases", ": ", List.of("staff: :include:staff, zoe")).file();
    try (FileWatch watch = new FileWatch()) {
      FollowedFile<Aliases> aliases = watch.followAll("key", table, this::read);

      list("staff", IntStream.range(0, 3).mapToObj(i -> "u" + i).toArray(String[]::new));
      await()
          .until(() ->
              targets(aliases.get(), "staff@x.example")
                  .equals("u0@x.example u1@x.example u2@x.example zoe@x.example"));

      list("staff", "|/bin/sh");
      await().until(() -> watch.stale() == 1);
      assertThat(targets(aliases.get(), "staff@x.example")).startsWith("u0@x.example ");

      list("staff", "eve");
      await().until(() -> targets(aliases.get(), "staff@x.example").startsWith("eve@x.example "));
      assertThat(watch.stale()).isZero();
    }
  }
}
