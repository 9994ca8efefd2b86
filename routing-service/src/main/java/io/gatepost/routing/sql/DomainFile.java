package io.gatepost.routing.sql;

import io.gatepost.contract.address.DomainName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The list of domains as it was last known, one a line, for a start while the database is away.
public final class DomainFile {

  private static final Logger log = LoggerFactory.getLogger(DomainFile.class);

  private final Path file;

  private DomainFile(Path file) {
    this.file = file;
  }

  /// The list of a data directory.
  public static DomainFile in(Path data) {
    return new DomainFile(data.resolve("routing").resolve("sql-domains"));
  }

  /// Reads it; empty where there is none, or none that can be used, which the log tells.
  public Optional<Set<DomainName>> read() {
    try {
      return Optional.of(
          Files.readAllLines(file).stream()
              .filter(line -> !line.isBlank())
              .map(DomainName::listed)
              .collect(Collectors.toUnmodifiableSet()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      log.warn(
          "{} cannot be used, the list of domains comes from the database: {}", file, e.toString());
      return Optional.empty();
    }
  }

  /// Replaces it as a whole. Where it cannot be written the log tells, and the next start has an
  /// older list.
  void write(Set<DomainName> domains) {
    Set<String> lines = new TreeSet<>();
    domains.forEach(domain -> lines.add(domain.text()));
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(fresh, lines);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.warn(
          "{} cannot be written, a start without the database has an older list: {}",
          file,
          e.toString());
    }
  }
}
