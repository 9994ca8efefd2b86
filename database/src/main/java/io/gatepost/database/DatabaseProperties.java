package io.gatepost.database;

import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of the database that Spring Boot has no key for.
///
/// @param passwordFile a file with the password for `spring.datasource`, as a command line shows it
///   to every account; empty: `spring.datasource.password` counts
@ConfigurationProperties(prefix = "gatepost.database", ignoreUnknownFields = false)
public record DatabaseProperties(@DefaultValue("") String passwordFile) {

  /// The setting that names the file.
  public static final String PASSWORD_FILE = "gatepost.database.password-file";

  /// Reads the file. Throws [SettingException] where it cannot be read.
  DatabasePassword password() {
    if (passwordFile.isBlank()) {
      return new DatabasePassword("");
    }
    try {
      return new DatabasePassword(Files.readString(Path.of(passwordFile)).strip());
    } catch (IOException | InvalidPathException e) {
      throw new SettingException(PASSWORD_FILE, passwordFile, "a file that can be read");
    }
  }
}
