package io.gatepost.verification.credentials;

import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/// A secret that is made once and kept in the data directory, readable by Gatepost's user only. The
/// parameters of unknown users are made of it, so that they stay the same.
public final class KeptSecret {

  private static final int OCTETS = 32;
  private static final String DIRECTORY = "verification";
  private static final String NAME = "scram-secret";
  private static final SecureRandom RANDOM = new SecureRandom();

  private KeptSecret() {}

  /// One that is not kept.
  public static byte[] random() {
    byte[] secret = new byte[OCTETS];
    RANDOM.nextBytes(secret);
    return secret;
  }

  /// The secret of a data directory, made where there is none; throws [SettingException] where it
  /// can neither be read nor written.
  public static byte[] in(Path data) {
    Path directory = data.resolve(DIRECTORY);
    try {
      byte[] kept = read(directory.resolve(NAME));
      return kept.length == OCTETS ? kept : made(directory);
    } catch (IOException e) {
      throw new SettingException(
          "gatepost.data-dir",
          data,
          "a directory where " + DIRECTORY + "/" + NAME + " can be kept");
    }
  }

  private static byte[] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }

  /// Written beside and moved, so that nobody reads a part of it.
  private static byte[] made(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    Files.createDirectories(directory);
    Path fresh =
        Files.createTempFile(
            directory,
            NAME,
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(fresh, random());
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    return Files.readAllBytes(file);
  }
}
