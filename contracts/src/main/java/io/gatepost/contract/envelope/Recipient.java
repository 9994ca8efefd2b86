package io.gatepost.contract.envelope;

import io.gatepost.contract.address.ForwardPath;
import java.util.Optional;

/// One recipient that a message still has.
///
/// @param address where it goes now, after aliases
/// @param original the address that the client gave, for notices (RFC 3464 §2.3.1)
/// @param dsn which notices the client wants about it
/// @param standing whether the aliases still have a say in it
/// @param undecidedBy of a member, the router that could not answer for it: routers from that one
///   on may still rewrite the address
public record Recipient(
    ForwardPath address,
    ForwardPath original,
    DsnParameters.OfRecipient dsn,
    Standing standing,
    Optional<String> undecidedBy) {

  /// State of a recipient between aliases and their members.
  public enum Standing {
    /// As the client gave it: it is routed through aliases at each attempt.
    GIVEN,
    /// It is a member of one, or another address that rewriting led to, and is routed past
    /// rewriting from then on: the others would get another copy at each attempt if the alias were
    /// expanded again.
    MEMBER,
    /// The same, and another member of that alias has its copy: the address that the client gave is
    /// served.
    REMAINDER
  }

  /// A recipient that no router has left undecided.
  public Recipient(
      ForwardPath address, ForwardPath original, DsnParameters.OfRecipient dsn, Standing standing) {
    this(address, original, dsn, standing, Optional.empty());
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

  /// The same recipient under the name that it has at a next hop.
  public Recipient at(ForwardPath its) {
    return its.equals(address) ? this : new Recipient(its, original, dsn, standing, undecidedBy);
  }

  /// The member of this alias that has that address, which a router could not answer for.
  public Recipient undecidedMember(ForwardPath its, String router) {
    return new Recipient(its, original, dsn, member(its).standing, Optional.of(router));
  }

  /// The same member, now that another has its copy.
  public Recipient remainder() {
    return new Recipient(address, original, dsn, Standing.REMAINDER, undecidedBy);
  }

  /// The same recipient with other notices wanted.
  public Recipient wanting(DsnParameters.OfRecipient notices) {
    return new Recipient(address, original, notices, standing, undecidedBy);
  }
}
