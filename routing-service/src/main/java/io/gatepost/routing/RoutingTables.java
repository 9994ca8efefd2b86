package io.gatepost.routing;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.Includes;
import io.gatepost.routing.table.LocalDomains;
import io.gatepost.routing.table.Mailertable;
import io.gatepost.routing.table.Regsub;
import io.gatepost.routing.table.Virtusertable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// The tables as they are now; empty where a table is not configured.
record RoutingTables(
    Supplier<LocalDomains> local,
    Optional<Supplier<Aliases>> aliases,
    Optional<Supplier<Virtusertable>> virtusertable,
    Optional<Supplier<Regsub>> regsub,
    Optional<Supplier<Mailertable>> mailertable) {

  private static final String PREFIX = "gatepost.routing.";

  /// Reads the tables, and again whenever their files change; throws [SettingException] where one
  /// of them is wrong or cannot be read now.
  static RoutingTables follow(RoutingProperties properties, FileWatch watch) {
    return follow(
        properties,
        watch,
        refused -> {
          throw refused;
        });
  }

  /// The same where all that is wrong is to be told.
  ///
  /// @param refused is told of each table that cannot be used, which is left out then
  static RoutingTables follow(
      RoutingProperties properties, FileWatch watch, Consumer<SettingException> refused) {
    LocalDomains listed = LocalDomains.of(properties.localDomains(), properties.mailboxes());
    Includes.Directory includes =
        unlessRefused(refused, () -> includes(properties.includeDirectory()))
            .orElse(new Includes.Directory(Optional.empty()));
    Tables tables = new Tables(watch, refused);
    return new RoutingTables(
        tables
            .follow("mailboxes-file", properties.mailboxesFile(), listed::with)
            .orElse(() -> listed),
        tables.follow("aliases", properties.aliases(), reading -> Aliases.read(reading, includes)),
        tables.follow(
            "virtusertable",
            properties.virtusertable(),
            reading -> Virtusertable.read(reading, listed)),
        tables.follow("regsub", properties.regsub(), reading -> Regsub.read(reading, listed)),
        tables.follow("mailertable", properties.mailertable(), Mailertable::read));
  }

  /// Whether a domain is a local one, or one of the mailertable's.
  boolean names(DomainName domain) {
    return local.get().contains(domain)
        || mailertable.map(table -> table.get().find(domain).isPresent()).orElse(false);
  }

  /// Whether a domain itself, and not one above it, is a local one or one of the mailertable's.
  boolean lists(DomainName domain) {
    return local.get().contains(domain)
        || mailertable.map(table -> table.get().lists(domain)).orElse(false);
  }

  private record Tables(FileWatch watch, Consumer<SettingException> refused) {

    /// A table that is read again when its file changes; empty where no file is set, or the file
    /// was refused.
    <T> Optional<Supplier<T>> follow(String name, String path, FileReading.Parser<T> parser) {
      String key = PREFIX + name;
      return unlessRefused(refused, () -> path(key, path))
          .flatMap(Function.identity())
          .flatMap(file -> unlessRefused(refused, () -> watch.followAll(key, file, parser)));
    }
  }

  private static <T> Optional<T> unlessRefused(
      Consumer<SettingException> refused, Supplier<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (SettingException e) {
      refused.accept(e);
      return Optional.empty();
    }
  }

  private static Includes.Directory includes(String path) {
    String key = PREFIX + "include-directory";
    Optional<Path> directory = path(key, path);
    if (directory.isPresent() && !Files.isDirectory(directory.get())) {
      throw new SettingException(key, path, "a directory");
    }
    return new Includes.Directory(directory);
  }

  /// The path of a setting; empty where it is not set.
  static Optional<Path> path(String key, String text) {
    try {
      return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text.strip()));
    } catch (InvalidPathException e) {
      throw new SettingException(key, text, "a path");
    }
  }
}
