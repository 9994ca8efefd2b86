package io.gatepost.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import reactor.core.publisher.Flux;

/// Runners for tests, as this machine allows them.
final class Runners {

  static final String KEY = "gatepost.test";

  private Runners() {}

  static boolean isRoot() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  /// Another user where we may choose, else our own.
  static String user() throws IOException {
    return isRoot() ? "nobody" : "";
  }

  static Confinement possible(ProgramLimits bounds) throws IOException {
    return new Confinement(
        user(), Need.IF_POSSIBLE, Need.IF_POSSIBLE, Need.REQUIRED, bounds, Path.of("/tmp"));
  }

  static Confinement isolating(Need network, Need processes) throws IOException {
    return new Confinement(
        user(), network, processes, Need.REQUIRED, ProgramLimits.DEFAULT, Path.of("/tmp"));
  }

  static ProgramEnd run(ProgramRunner runner, String... command) {
    ProgramEnd end = runner.run(Program.of(command), Flux.empty()).block(Duration.ofSeconds(60));
    if (end == null) {
      throw new AssertionError("no end");
    }
    return end;
  }

  static ProgramEnd sh(ProgramRunner runner, String script) {
    return run(runner, "/bin/sh", "-c", script);
  }

  /// The standard output of a shell that ends well.
  static String output(ProgramRunner runner, String script) {
    if (sh(runner, script) instanceof ProgramEnd.Exited(var code, var output, _) && code == 0) {
      return output.strip();
    }
    throw new AssertionError(sh(runner, script));
  }
}
