package io.gatepost.cli.exit;

/// A command that cannot go on for a reason that one line explains to the user.
public final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  /// @param line names what is wrong and what is expected; without the program's name
  public CommandFailure(ExitCode exitCode, String line) {
    super(line.replaceAll("\\s+", " ").strip());
    this.exitCode = exitCode;
  }

  /// How the process ends.
  public ExitCode exitCode() {
    return exitCode;
  }

  /// The line.
  public String line() {
    return String.valueOf(getMessage());
  }
}
