package io.gatepost.allinone.routes;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.address.ForwardPath;
import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

/// Addresses of a file, one a line; blank lines are passed over. Holds one line at a time.
final class AddressLines {

  /// More than an address may have; a longer line is refused.
  private static final int MAX_CHARACTERS = 1_000;

  private final String name;
  private final Reader reader;
  private int number;

  /// @param name the file's, for complaints
  /// @param reader buffers what it reads
  AddressLines(String name, Reader reader) {
    this.name = name;
    this.reader = reader;
  }

  /// The next address; empty at the end. Throws [CommandFailure] that names file and line where it
  /// is none.
  Optional<ForwardPath> next() throws IOException {
    for (Optional<String> line = line(); line.isPresent(); line = line()) {
      if (!line.get().isBlank()) {
        return line.map(text -> address(text.strip()));
      }
    }
    return Optional.empty();
  }

  private Optional<String> line() throws IOException {
    number++;
    StringBuilder line = new StringBuilder();
    int c = reader.read();
    if (c < 0) {
      return Optional.empty();
    }
    for (; c >= 0 && c != '\n'; c = reader.read()) {
      if (line.length() == MAX_CHARACTERS) {
        throw refused(line + "…");
      }
      line.append((char) c);
    }
    return Optional.of(line.toString());
  }

  private ForwardPath address(String text) {
    try {
      return ForwardPath.of(text);
    } catch (IllegalArgumentException e) {
      throw refused(text);
    }
  }

  private CommandFailure refused(String text) {
    return new CommandFailure(
        ExitCode.DATA_ERROR,
        "%s:%d = \"%s\" (expected: an address, such as alice@example.test)"
            .formatted(name, number, text));
  }
}
