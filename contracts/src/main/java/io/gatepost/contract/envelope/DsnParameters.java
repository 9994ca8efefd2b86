package io.gatepost.contract.envelope;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Requests of a client for delivery status notifications (RFC 3461). A request that was not made
/// is not written.
public final class DsnParameters {

  private DsnParameters() {}

  /// With `MAIL`.
  ///
  /// @param returns `RET`: how much of the message a notice is to carry
  /// @param envelopeId `ENVID` as it came, in xtext, at most 100 characters; it goes into every
  ///   notice and on to the next hop
  public record OfMessage(Optional<Return> returns, Optional<String> envelopeId) {

    /// Nothing asked for.
    public static final OfMessage NONE = new OfMessage(Optional.empty(), Optional.empty());
  }

  /// With `RCPT`.
  ///
  /// @param notifyOn `NOTIFY`: when to send a notice; empty where the client did not say
  /// @param originalRecipient `ORCPT` as it came: type, semicolon, address in xtext, at most 500
  ///   characters
  public record OfRecipient(Set<Notify> notifyOn, Optional<String> originalRecipient) {

    /// Nothing asked for.
    public static final OfRecipient NONE = new OfRecipient(Set.of(), Optional.empty());

    public OfRecipient {
      notifyOn =
          notifyOn.isEmpty() ? Set.of() : Collections.unmodifiableSet(new TreeSet<>(notifyOn));
      if (notifyOn.contains(Notify.NEVER) && notifyOn.size() > 1) {
        throw new IllegalArgumentException(
            "NOTIFY: " + notifyOn + " (expected: NEVER alone, or any of the others)");
      }
    }
  }

  /// RFC 3461 §4.3.
  public enum Return {
    FULL,
    HDRS
  }

  /// RFC 3461 §4.1.
  public enum Notify {
    NEVER,
    SUCCESS,
    FAILURE,
    DELAY
  }
}
