package io.gatepost.program;

/// How a run has ended. Output is read as UTF-8, and is the program's own: whoever passes it on
/// cleans it.
public sealed interface ProgramEnd {

  /// The program has ended by itself, or by a signal that is none of ours.
  ///
  /// @param code its exit code; 128 and the signal's number where it was killed
  /// @param output at most [ProgramLimits#output] octets
  /// @param errors the same of standard error
  record Exited(int code, String output, String errors) implements ProgramEnd {}

  /// It was killed, with its children.
  ///
  /// @param output up to there
  record Stopped(Limit limit, String output, String errors) implements ProgramEnd {}

  /// It was not started: the system has no room for a process, or something that was there when
  /// Gatepost started is gone.
  ///
  /// @param why in the words of the system
  record NotStarted(String why) implements ProgramEnd {}

  /// Limits at whose end a program is killed by Gatepost.
  enum Limit {
    TIME,
    OUTPUT
  }
}
