package io.gatepost.verification.credentials;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// The arithmetic of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677).
final class Scram {

  static final int KEY_OCTETS = 32;

  private Scram() {}

  static Secret.ScramKeys keys(String password, byte[] salt, int iterations) {
    byte[] salted = saltedPassword(password, salt, iterations);
    return new Secret.ScramKeys(
        iterations,
        salt,
        hash(hmac(salted, "Client Key".getBytes(StandardCharsets.US_ASCII))),
        hmac(salted, "Server Key".getBytes(StandardCharsets.US_ASCII)));
  }

  /// Whether a proof was made by one who knows the password.
  ///
  /// @param authMessage one character for each octet
  static boolean isProof(Secret.ScramKeys keys, String authMessage, byte[] proof) {
    byte[] signature = hmac(keys.storedKey(), octets(authMessage));
    if (proof.length != signature.length) {
      return false;
    }
    byte[] clientKey = new byte[proof.length];
    for (int i = 0; i < proof.length; i++) {
      clientKey[i] = (byte) (proof[i] ^ signature[i]);
    }
    return MessageDigest.isEqual(hash(clientKey), keys.storedKey());
  }

  static byte[] serverSignature(Secret.ScramKeys keys, String authMessage) {
    return hmac(keys.serverKey(), octets(authMessage));
  }

  /// Whether a password is the one that the keys were made of.
  static boolean matches(Secret.ScramKeys keys, String password) {
    Secret.ScramKeys given = keys(password, keys.salt(), keys.iterations());
    return MessageDigest.isEqual(given.storedKey(), keys.storedKey());
  }

  static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  static byte[] hash(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
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
