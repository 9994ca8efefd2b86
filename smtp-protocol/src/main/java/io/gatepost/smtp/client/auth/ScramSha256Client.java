package io.gatepost.smtp.client.auth;

import io.gatepost.contract.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding: the password is never shown, and the
/// host proves that it knows it. Deviation: the password is taken as it is, without SASLprep.
final class ScramSha256Client implements SaslExchange {

  /// RFC 7677 §4 asks for 4096 at least.
  private static final int MIN_ITERATIONS = 4_096;

  /// More would keep the event loop for too long.
  private static final int MAX_ITERATIONS = 100_000;

  private static final int KEY_BITS = 256;
  private static final int NONCE_OCTETS = 18;
  private static final String NO_BINDING = "n,,";

  private enum Stage {
    FIRST,
    FINAL,
    VERIFIED
  }

  private final Credentials credentials;
  private final String nonce;
  private final String firstBare;
  private Stage stage = Stage.FIRST;
  private byte[] serverSignature = new byte[0];

  ScramSha256Client(Credentials credentials) {
    this(credentials, nonce());
  }

  /// @param nonce ours; fixed only in tests
  ScramSha256Client(Credentials credentials, String nonce) {
    this.credentials = credentials;
    this.nonce = nonce;
    String user = credentials.user().replace("=", "=3D").replace(",", "=2C");
    this.firstBare = "n=" + user + ",r=" + nonce;
  }

  @Override
  public String mechanism() {
    return "SCRAM-SHA-256";
  }

  @Override
  public boolean takesKeys() {
    return true;
  }

  @Override
  public Optional<byte[]> initialResponse() {
    return Optional.of((NO_BINDING + firstBare).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public byte[] respond(byte[] challenge) {
    String message = new String(challenge, StandardCharsets.UTF_8);
    return switch (stage) {
      case FIRST -> prove(message);
      case FINAL -> verify(message);
      case VERIFIED -> throw new SaslException("a challenge after the last of SCRAM");
    };
  }

  @Override
  public boolean isComplete() {
    return stage == Stage.VERIFIED;
  }

  private byte[] prove(String serverFirst) {
    String combined = attribute(serverFirst, 'r');
    if (!combined.startsWith(nonce) || combined.length() == nonce.length()) {
      throw new SaslException("the host's nonce does not continue ours");
    }
    byte[] salt = base64(attribute(serverFirst, 's'));
    byte[] salted = salted(salt, iterations(attribute(serverFirst, 'i')));
    byte[] clientKey = hmac(salted, "Client Key");
    String withoutProof =
        "c="
            + Base64.getEncoder().encodeToString(NO_BINDING.getBytes(StandardCharsets.US_ASCII))
            + ",r="
            + combined;
    String authMessage = firstBare + ',' + serverFirst + ',' + withoutProof;
    byte[] proof = hmac(Sha256.of(clientKey), authMessage);
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= clientKey[i];
    }
    serverSignature = hmac(hmac(salted, "Server Key"), authMessage);
    stage = Stage.FINAL;
    return (withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof))
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] verify(String serverFinal) {
    byte[] signature = base64(attribute(serverFinal, 'v'));
    if (!MessageDigest.isEqual(signature, serverSignature)) {
      throw new SaslException("the host does not know the password");
    }
    stage = Stage.VERIFIED;
    return new byte[0];
  }

  private static String attribute(String message, char name) {
    for (String part : message.split(",", -1)) {
      if (part.length() > 2 && part.charAt(0) == name && part.charAt(1) == '=') {
        return part.substring(2);
      }
    }
    throw new SaslException("no " + name + "= in the host's message");
  }

  private static int iterations(String digits) {
    int count;
    try {
      count = Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new SaslException("iterations: \"" + digits + "\" (expected: a number)");
    }
    if (count < MIN_ITERATIONS || count > MAX_ITERATIONS) {
      throw new SaslException(
          "iterations: " + count + " (expected: " + MIN_ITERATIONS + " to " + MAX_ITERATIONS + ")");
    }
    return count;
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new SaslException("what should be base64 is not");
    }
  }

  private byte[] salted(byte[] salt, int iterations) {
    try {
      PBEKeySpec spec =
          new PBEKeySpec(credentials.password().toCharArray(), salt, iterations, KEY_BITS);
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new SaslException("password or salt cannot be used: " + e.getMessage());
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    return Sha256.hmac(key, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String nonce() {
    byte[] random = new byte[NONCE_OCTETS];
    new SecureRandom().nextBytes(random);
    return Base64.getEncoder().encodeToString(random);
  }
}
