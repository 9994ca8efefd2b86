package io.gatepost.verification.credentials;

import io.gatepost.contract.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// The arithmetic of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677).
final class Scram {

  static final int KEY_OCTETS = 32;

  private Scram() {}

  static Secret.ScramKeys keys(String password, byte[] salt, int iterations) {
    byte[] salted = saltedPassword(password, salt, iterations);
    return new Secret.ScramKeys(
        iterations,
        salt,
        Sha256.of(Sha256.hmac(salted, "Client Key".getBytes(StandardCharsets.US_ASCII))),
        Sha256.hmac(salted, "Server Key".getBytes(StandardCharsets.US_ASCII)));
  }

  /// Whether a proof was made by one who knows the password.
  ///
  /// @param authMessage one character for each octet
  static boolean isProof(Secret.ScramKeys keys, String authMessage, byte[] proof) {
    byte[] signature = Sha256.hmac(keys.storedKey(), octets(authMessage));
    if (proof.length != signature.length) {
      return false;
    }
    byte[] clientKey = new byte[proof.length];
    for (int i = 0; i < proof.length; i++) {
      clientKey[i] = (byte) (proof[i] ^ signature[i]);
    }
    return MessageDigest.isEqual(Sha256.of(clientKey), keys.storedKey());
  }

  static byte[] serverSignature(Secret.ScramKeys keys, String authMessage) {
    return Sha256.hmac(keys.serverKey(), octets(authMessage));
  }

  /// Whether a password is the one that the keys were made of.
  static boolean matches(Secret.ScramKeys keys, String password) {
    Secret.ScramKeys given = keys(password, keys.salt(), keys.iterations());
    return MessageDigest.isEqual(given.storedKey(), keys.storedKey());
  }

  private static byte[] saltedPassword(String password, byte[] salt, int iterations) {
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(
              new PBEKeySpec(password.toCharArray(), salt, iterations, KEY_OCTETS * Byte.SIZE))
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
    }
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
