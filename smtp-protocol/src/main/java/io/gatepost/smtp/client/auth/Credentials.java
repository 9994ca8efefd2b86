package io.gatepost.smtp.client.auth;

/// A user and its password at another host.
///
/// @param exposure where the password may be shown
public record Credentials(String user, String password, Exposure exposure) {

  /// Where a password may be shown.
  public enum Exposure {
    /// Only on an encrypted connection (RFC 4954 §4).
    ENCRYPTED_ONLY,
    /// Also in the clear; for hosts on a network that is trusted.
    ANYWHERE
  }

  /// Without the password.
  @Override
  public String toString() {
    return "Credentials[user=" + user + ", exposure=" + exposure + "]";
  }
}
