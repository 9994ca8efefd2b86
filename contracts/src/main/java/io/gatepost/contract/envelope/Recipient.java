package io.gatepost.contract.envelope;

import io.gatepost.contract.address.ForwardPath;

/// One recipient that a message still has.
///
/// @param address where it goes now, after aliases
/// @param original the address that the client gave, for notices (RFC 3464 §2.3.1)
/// @param dsn which notices the client wants about it
/// @param standing whether the aliases still have a say in it
public record Recipient(
    ForwardPath address, ForwardPath original, DsnParameters.OfRecipient dsn, Standing standing) {

  /// What aliases have made of a recipient.
  public enum Standing {
    /// Nothing: it is routed through them at each attempt.
    GIVEN,
    /// It is a member of one, and is routed past them from then on: the others would get another
    /// copy at each attempt if the alias were expanded again.
    MEMBER,
    /// The same, and another member of that alias has its copy: the address that the client gave is
    /// served.
    REMAINDER
  }

  /// A recipient that no alias has touched.
  public Recipient(ForwardPath address, ForwardPath original, DsnParameters.OfRecipient dsn) {
    this(address, original, dsn, Standing.GIVEN);
  }

  /// A recipient as the client gave it, who asked for nothing.
  public static Recipient of(ForwardPath address) {
    return new Recipient(address, address, DsnParameters.OfRecipient.NONE);
  }

  /// Whether it came out of an alias.
  public boolean isMember() {
    return switch (standing) {
      case GIVEN -> false;
      case MEMBER, REMAINDER -> true;
    };
  }

  /// The member of this alias that has that address.
  public Recipient member(ForwardPath its) {
    return new Recipient(its, original, dsn, isMember() ? standing : Standing.MEMBER);
  }

  /// The same member, now that another has its copy.
  public Recipient remainder() {
    return new Recipient(address, original, dsn, Standing.REMAINDER);
  }

  /// The same recipient with other notices wanted.
  public Recipient wanting(DsnParameters.OfRecipient notices) {
    return new Recipient(address, original, notices, standing);
  }
}
