package io.gatepost.scanner.command;

import java.util.List;
import java.util.Map;

/// One scanner that is a program.
///
/// @param command its path and its arguments
/// @param environment variables beside the message's facts
/// @param exitCodes their meanings; all others are failures
/// @param contentOnly whether it is told of the content only, so that its answer holds for every
///   copy
/// @param versionCommand a command whose first line is the version; empty for none
public record CommandTerms(
    List<String> command,
    Map<String, String> environment,
    Map<Integer, Meaning> exitCodes,
    boolean contentOnly,
    List<String> versionCommand) {

  public CommandTerms {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    exitCodes = Map.copyOf(exitCodes);
    versionCommand = List.copyOf(versionCommand);
  }
}
