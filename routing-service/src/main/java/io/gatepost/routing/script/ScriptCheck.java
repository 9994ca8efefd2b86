package io.gatepost.routing.script;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.routing.check.Finding;
import io.gatepost.routing.script.ScriptFiles.Found;
import io.gatepost.routing.sieve.Analysis;
import io.gatepost.routing.sieve.BrokenScriptException;
import io.gatepost.routing.sieve.Facts;
import io.gatepost.routing.sieve.Script;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Looks for users' scripts that are skipped when mail comes: broken ones, those that fail for mail
/// of the null sender, and files that are no mailbox's. One script is in memory at a time.
public final class ScriptCheck {

  /// Files that are looked at, and domains.
  static final int MAX_SCRIPTS = 100_000;

  private static final String SUFFIX = ".sieve";
  private static final Pattern USER = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,63}");
  private static final Pattern UNPRINTABLE = Pattern.compile("\\p{C}");

  private final Path directory;
  private final int most;
  private final Consumer<Finding> findings;
  private final ScriptFiles files;
  private int scripts;

  private ScriptCheck(Path directory, int most, Consumer<Finding> findings) {
    this.directory = directory;
    this.most = most;
    this.findings = findings;
    this.files = new ScriptFiles(directory);
  }

  /// Looks at the scripts of a directory; returns how many were looked at.
  ///
  /// @param findings is told of each finding as soon as it is found
  public static int run(Path directory, Consumer<Finding> findings) {
    return run(directory, MAX_SCRIPTS, findings);
  }

  /// @param most how many scripts are looked at
  static int run(Path directory, int most, Consumer<Finding> findings) {
    ScriptCheck check = new ScriptCheck(directory, most, findings);
    for (Path domain : check.entries(directory)) {
      if (Files.isDirectory(domain)) {
        check.domain(domain);
      }
    }
    return check.scripts;
  }

  private void domain(Path folder) {
    for (Path file : entries(folder)) {
      String name = file.getFileName().toString();
      if (!name.endsWith(SUFFIX)) {
        continue;
      }
      if (scripts == most) {
        findings.accept(
            Finding.brokenScript(
                shown(directory), "more than " + most + " scripts, the others are not looked at"));
        scripts++; // told once
      }
      if (scripts > most) {
        return;
      }
      scripts++;
      String user = name.substring(0, name.length() - SUFFIX.length());
      address(folder.getFileName().toString(), user)
          .ifPresentOrElse(
              address -> script(file, address),
              () -> findings.accept(Finding.unusedScript(shown(file), "no mailbox has this name")));
    }
  }

  /// The entries of a directory in the order of their names, as far as they are looked at.
  private List<Path> entries(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.limit(most + 1L).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      findings.accept(Finding.brokenScript(shown(folder), "cannot be read: " + e.getMessage()));
      return List.of();
    }
  }

  /// The address whose mailbox has the script; empty where none can.
  private static Optional<ForwardPath> address(String domain, String user) {
    try {
      DomainName name = DomainName.of(domain);
      return name.text().equals(domain) && USER.matcher(user).matches()
          ? Optional.of(new ForwardPath(LocalPart.of(plain(user)), name))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// A name with a dot at its end is a local part between quotes.
  private static String plain(String user) {
    return user.endsWith(".") || user.contains("..") ? '"' + user + '"' : user;
  }

  private void script(Path file, ForwardPath address) {
    try {
      switch (files.look(file, null)) {
        case Found.Text(var _, String text) -> script(file, address, text);
        case Found.Unfit(var _, String problem) ->
            findings.accept(Finding.brokenScript(shown(file), "it " + problem));
        case Found.Nothing _, Found.Same _ -> {} // removed in between
      }
    } catch (IOException e) {
      findings.accept(Finding.brokenScript(shown(file), "cannot be read: " + e.getMessage()));
    }
  }

  private void script(Path file, ForwardPath address, String text) {
    try {
      Script script = Script.parse(text);
      try {
        Analysis.decide(script, new Facts(new ReversePath.Null(), address));
      } catch (BrokenScriptException e) {
        findings.accept(broken(file, e, "fails for mail of the null sender: "));
      }
    } catch (BrokenScriptException e) {
      findings.accept(broken(file, e, ""));
    }
  }

  private static Finding broken(Path file, BrokenScriptException e, String when) {
    return Finding.brokenScript(shown(file) + ":" + e.line(), when + e.problem());
  }

  /// Users may choose names.
  private static String shown(Path file) {
    return UNPRINTABLE.matcher(file.toString()).replaceAll("?");
  }
}
