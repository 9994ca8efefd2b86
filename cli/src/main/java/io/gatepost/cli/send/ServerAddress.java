package io.gatepost.cli.send;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import java.net.InetSocketAddress;

/// The SMTP server that a command line names.
public final class ServerAddress {

  private ServerAddress() {}

  /// Reads `HOST:PORT`; throws [CommandFailure] where it is none.
  public static InetSocketAddress of(String text) {
    int colon = text.lastIndexOf(':');
    try {
      if (colon > 0) {
        String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
        return new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new CommandFailure(ExitCode.USAGE, "--server = \"" + text + "\" (expected: HOST:PORT)");
  }
}
