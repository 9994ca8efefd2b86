package io.gatepost.verification.callout;

/// How the next hop of a domain is asked.
///
/// @param asked whether it is
/// @param sender by which reverse-path
/// @param late what becomes of a client that cannot wait for the answer, or while the host cannot
///   be asked
public record CalloutRule(Asked asked, ProbeSender sender, Late late) {

  /// Which next hops are asked.
  public enum Asked {
    /// Those that the operator's tables name.
    TABLES,
    /// All that another host is the next hop of, whoever names it.
    ALL,
    /// None.
    NONE
  }

  /// The reverse-path of a question.
  public enum ProbeSender {
    /// The null one, then the client's own where that is refused.
    NULL,
    /// The client's own.
    SENDER
  }

  /// Answer to a client that cannot wait, or while the host cannot be asked.
  public enum Late {
    /// To come back.
    LATER,
    /// That the address is accepted.
    ACCEPT
  }
}
