package io.gatepost.cli.operator;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/// Where a running suite answers its operator. It stands in `run/operator` of the data directory,
/// as both may be others at each start; only the suite's own user may read it.
///
/// @param queue where queue-service answers
/// @param delivery where delivery-service answers
/// @param routing where routing-service answers
/// @param verification where verification-service answers
/// @param edge where smtp-edge answers
/// @param scanner where scanner-gateway answers
/// @param token what they ask for, empty for nothing
public record OperatorPort(
    URI queue, URI delivery, URI routing, URI verification, URI edge, URI scanner, String token) {

  private static final String QUEUE = "queue=";
  private static final String DELIVERY = "delivery=";
  private static final String ROUTING = "routing=";
  private static final String VERIFICATION = "verification=";
  private static final String EDGE = "edge=";
  private static final String SCANNER = "scanner=";
  private static final String TOKEN = "token=";

  /// Returns the port that the suite on a data directory has written; nothing where none runs that
  /// was started by `run`. One that was killed leaves it behind.
  public static Optional<OperatorPort> find(Path data) {
    Path file = file(data);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      List<String> lines = Files.readAllLines(file);
      return Optional.of(
          new OperatorPort(
              URI.create(value(lines, QUEUE)),
              URI.create(value(lines, DELIVERY)),
              URI.create(value(lines, ROUTING)),
              URI.create(value(lines, VERIFICATION)),
              URI.create(value(lines, EDGE)),
              URI.create(value(lines, SCANNER)),
              value(lines, TOKEN)));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCode.NO_INPUT, file + " cannot be read (expected: --url, or its owner): " + e);
    }
  }

  /// All of it at one place.
  public static OperatorPort at(URI url, String token) {
    return new OperatorPort(url, url, url, url, url, url, token);
  }

  /// The same places, with another token.
  public OperatorPort withToken(String other) {
    return new OperatorPort(queue, delivery, routing, verification, edge, scanner, other);
  }

  /// Writes it into a data directory; readers find the old version or the new.
  public void write(Path data) {
    Path file = file(data);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.createDirectories(file.getParent());
      Files.deleteIfExists(fresh);
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(
          fresh,
          List.of(
              QUEUE + queue,
              DELIVERY + delivery,
              ROUTING + routing,
              VERIFICATION + verification,
              EDGE + edge,
              SCANNER + scanner,
              TOKEN + token));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes what stands in a data directory, once the port is to answer no more.
  public static void remove(Path data) {
    try {
      Files.deleteIfExists(file(data));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Without the token, which has no place in a log.
  @Override
  public String toString() {
    return "OperatorPort[queue=%s, delivery=%s, routing=%s, verification=%s, edge=%s, scanner=%s, token=%s]"
        .formatted(
            queue,
            delivery,
            routing,
            verification,
            edge,
            scanner,
            token.isEmpty() ? "none" : "set");
  }

  private static Path file(Path data) {
    return data.resolve("run").resolve("operator");
  }

  private static String value(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .findFirst()
        .orElse("");
  }
}
