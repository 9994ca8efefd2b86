package io.gatepost.smtp.client;

import io.gatepost.smtp.client.auth.Credentials;
import java.util.Optional;

/// On what terms we talk to a host.
///
/// @param heloName what we call ourselves
/// @param encryption what becomes of STARTTLS
/// @param credentials who we are, where the host asks
public record Terms(String heloName, Encryption encryption, Optional<Credentials> credentials) {

  /// RFC 3207.
  public enum Encryption {
    /// STARTTLS is not used.
    NONE,
    /// Where the host offers it.
    OPPORTUNISTIC,
    /// No mail without it.
    REQUIRED
  }

  /// In the clear, as nobody in particular.
  public static Terms plain(String heloName) {
    return new Terms(heloName, Encryption.NONE, Optional.empty());
  }
}
