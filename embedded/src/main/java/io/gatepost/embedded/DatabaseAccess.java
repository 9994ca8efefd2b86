package io.gatepost.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Set;

/// Who may use the embedded database: its one user, with a generated password, over TCP on the
/// loopback address. Nobody is trusted, as every account of the machine reaches that address, and a
/// superuser of PostgreSQL can run programs.
final class DatabaseAccess {

  static final String USERNAME = "postgres";

  private static final int PASSWORD_OCTETS = 32;
  private static final String ONE_WAY_IN = "host postgres " + USERNAME + " 127.0.0.1/32 ";

  /// All that `pg_hba.conf` says; any other connection is rejected.
  private static final String RULES = ONE_WAY_IN + "scram-sha-256\n";

  /// The same for the moment in which the password is set.
  private static final String UNSECURED = ONE_WAY_IN + "trust\n";

  private final Path directory;
  private final String password;

  private DatabaseAccess(Path directory, String password) {
    this.directory = directory;
    this.password = password;
  }

  /// Reads the password of the database in a directory, or makes one.
  ///
  /// @param directory where data and password are, or shall be
  static DatabaseAccess in(Path directory) throws IOException {
    Path file = passwordFile(directory);
    if (!Files.exists(file)) {
      Files.createDirectories(directory);
      if (Files.isDirectory(data(directory))) {
        Files.deleteIfExists(
            rules(directory)); // they ask for a password that is not known any more
      }
      write(file, newPassword());
    }
    return new DatabaseAccess(directory, Files.readString(file, US_ASCII).strip());
  }

  /// The user's password.
  String password() {
    return password;
  }

  /// The file with it, which only its owner may read.
  static Path passwordFile(Path directory) {
    return directory.resolve("password");
  }

  /// Whether there is data whose user may have no password, or another: of an earlier version, or
  /// of a start that was cut short.
  boolean isToBeSecured() throws IOException {
    return Files.exists(data(directory).resolve("PG_VERSION"))
        && !(Files.exists(rules(directory)) && Files.readString(rules(directory)).equals(RULES));
  }

  /// Sets the password, on a server that lets anyone in.
  void setPassword(String jdbcUrl) throws IOException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl, USERNAME, password);
        Statement statement = connection.createStatement()) {
      statement.execute("set password_encryption = 'scram-sha-256'");
      statement.execute("alter role " + USERNAME + " password '" + password + "'");
    } catch (SQLException e) {
      throw new IOException("the database's password cannot be set", e);
    }
  }

  /// Has the next server let anyone in, for [#setPassword].
  void letAnyoneIn() {
    writeRules(UNSECURED);
  }

  /// Has the next server ask for the password.
  void askForPassword() {
    writeRules(RULES);
  }

  private void writeRules(String rules) {
    try {
      write(rules(directory), rules);
    } catch (IOException e) {
      throw new UncheckedIOException("who may use the database cannot be written", e);
    }
  }

  private static Path data(Path directory) {
    return directory.resolve("data");
  }

  private static Path rules(Path directory) {
    return data(directory).resolve("pg_hba.conf");
  }

  private static String newPassword() {
    byte[] octets = new byte[PASSWORD_OCTETS];
    new SecureRandom().nextBytes(octets);
    return HexFormat.of().formatHex(octets);
  }

  /// Writes a file that nobody else may read at any time, as a whole or not at all.
  private static void write(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
