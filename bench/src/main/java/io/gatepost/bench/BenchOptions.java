package io.gatepost.bench;

import io.gatepost.bench.mta.Bare;
import io.gatepost.bench.mta.Chasquid;
import io.gatepost.bench.mta.Exim;
import io.gatepost.bench.mta.Gatepost;
import io.gatepost.bench.mta.MailSystem;
import io.gatepost.bench.mta.Postfix;
import io.gatepost.bench.mta.Work;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that every benchmark takes.
final class BenchOptions {

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Writes the rows of the table to this file as well, as JSON.")
  private @Nullable Path json;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often each figure is measured; default ${DEFAULT-VALUE}.")
  private int runs;

  @Option(
      names = "--systems",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "gatepost,postfix,exim,chasquid",
      description = {
        "What is measured; default ${DEFAULT-VALUE}. What is not installed is left out. bare: a"
            + " server that does not look at what it is told, to see what the generator can drive."
      })
  private List<String> systems = new ArrayList<>();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where the spools are made, and removed again; default: the temporary files'.")
  private @Nullable Path directory;

  @Option(names = "--keep", description = "Leaves configurations, spools and logs where they are.")
  private boolean keep;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting for Gatepost; may be given several times.")
  private List<String> settings = new ArrayList<>();

  /// Where the rows go besides the terminal.
  Optional<Path> json() {
    return Optional.ofNullable(json);
  }

  int runs() {
    if (runs < 1) {
      throw new BenchFailure("--runs = " + runs + " (expected: > 0)");
    }
    return runs;
  }

  Path directory() {
    return directory == null ? Path.of(System.getProperty("java.io.tmpdir")) : directory;
  }

  boolean keep() {
    return keep;
  }

  /// Those that were asked for and can do the work; what is left out is said.
  List<MailSystem> systems(Work work) {
    List<MailSystem> able = new ArrayList<>();
    for (String name : systems) {
      MailSystem system =
          known().stream()
              .filter(candidate -> candidate.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new BenchFailure("--systems: " + name + " is not known"));
      Optional<String> obstacle = system.obstacle(work);
      if (obstacle.isPresent()) {
        System.err.println("bench: " + name + " is left out: " + obstacle.get());
      } else {
        able.add(system.setUpFor(work));
      }
    }
    if (able.isEmpty()) {
      throw new BenchFailure("none of the systems can be measured");
    }
    return able;
  }

  /// Gatepost with the user's settings, set up for a work.
  MailSystem gatepost(Work work) {
    return new Gatepost(home(), settings).setUpFor(work);
  }

  private static Path home() {
    return Path.of(System.getProperty("gatepost.home", "."));
  }

  private List<MailSystem> known() {
    for (String setting : settings) {
      if (setting.indexOf('=') < 1) {
        throw new BenchFailure("--set = " + setting + " (expected: KEY=VALUE)");
      }
    }
    return List.of(
        new Gatepost(home(), settings),
        new Postfix(),
        new Exim(home().resolve("bench/target/exim")),
        new Chasquid(),
        new Bare());
  }
}
