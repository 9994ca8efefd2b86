package io.gatepost.program;

import java.nio.file.Path;

/// How a program is kept from the rest of the system.
///
/// @param user name or number of the user that it runs as; empty for the one that Gatepost runs as,
///   where that is not root
/// @param network whether it is kept from the network, that of this machine included
/// @param processes whether it has processes of its own only, all of which end with it
/// @param limits whether memory, processor time, files and processes are limited; time and output
///   always are
/// @param bounds the limits
/// @param directory where the working directories are made
public record Confinement(
    String user, Need network, Need processes, Need limits, ProgramLimits bounds, Path directory) {

  /// Names of the protections, as settings have them.
  public static final String USER = "user";

  public static final String NETWORK = "isolate-network";
  public static final String PROCESSES = "isolate-processes";
  public static final String LIMITS = "limit-resources";
}
