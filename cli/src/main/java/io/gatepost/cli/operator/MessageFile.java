package io.gatepost.cli.operator;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// A message in a file, or on standard input.
final class MessageFile {

  private static final int MOST = 8 * 1024 * 1024;

  private MessageFile() {}

  /// Reads it. Throws [CommandFailure] where it cannot be read, or is larger than 8 MiB.
  ///
  /// @param name the file's, `-` for standard input
  static byte[] read(String name) {
    byte[] text;
    try (InputStream input = name.equals("-") ? System.in : Files.newInputStream(Path.of(name))) {
      text = input.readNBytes(MOST + 1);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.NO_INPUT, name + " cannot be read: " + e);
    }
    if (text.length > MOST) {
      throw new CommandFailure(ExitCode.DATA_ERROR, name + " is larger than 8 MiB");
    }
    return text;
  }
}
