package io.gatepost.verification.credentials;

/// Secret that is kept for a user, which is never the password.
sealed interface Secret {

  /// A hash of it: bcrypt or argon2id, in their usual text forms.
  record Hash(String encoded) implements Secret {
    @Override
    public String toString() {
      return "Hash";
    }
  }

  /// The keys of SCRAM-SHA-256 (RFC 5802 §3).
  @SuppressWarnings("ArrayRecordComponent") // compared by MessageDigest.isEqual only
  record ScramKeys(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey)
      implements Secret {
    @Override
    public String toString() {
      return "ScramKeys";
    }
  }
}
