package io.gatepost.verification.credentials;

import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/// Passwords against hashes. Slow on purpose: some 50 ms of CPU each.
final class PasswordHashes {

  /// bcrypt reads no more, and what is beyond would not count.
  private static final int MAX_BCRYPT_OCTETS = 72;

  private final BCryptPasswordEncoder bcrypt = new BCryptPasswordEncoder();
  private final Argon2PasswordEncoder argon2 =
      Argon2PasswordEncoder.defaultsForSpringSecurity_v5_8();

  /// Compared where there is no such user, so that it takes as long.
  private final Secret.Hash nobody = new Secret.Hash(bcrypt.encode("nobody"));

  boolean matches(Secret.Hash hash, String password) {
    if (hash.encoded().startsWith("$argon2id$")) {
      return argon2.matches(password, hash.encoded());
    }
    int octets = password.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    return octets <= MAX_BCRYPT_OCTETS && bcrypt.matches(password, hash.encoded());
  }

  void waste(String password) {
    boolean ignored = matches(nobody, password);
  }
}
