package io.gatepost.contract.envelope;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// The addresses that need no copy of a message any more: those that have one from an earlier
/// generation, or get theirs from another part of it. An alias that is expanded late leads to some
/// of them. Kept as digests, so that each takes the same room: twenty hexadecimal digits of its
/// SHA-256, which no two addresses share.
///
/// @param digests of addresses, and of aliases some member of which is covered
public record Covered(Set<String> digests) {

  /// Nobody.
  public static final Covered NOBODY = new Covered(Set.of());

  private static final int DIGITS = 20;

  /// Stands before an alias's address; no address begins with it.
  private static final String ALIAS = "@";

  public Covered {
    digests = Set.copyOf(digests);
  }

  /// Whether an address has its copy, or gets it from elsewhere.
  public boolean has(ForwardPath address) {
    return !digests.isEmpty() && digests.contains(digest(address.toString()));
  }

  /// Whether that is so of some member of an alias.
  ///
  /// @param alias the address that the client gave
  public boolean hasMemberOf(ForwardPath alias) {
    return !digests.isEmpty() && digests.contains(digest(ALIAS + alias));
  }

  /// These and others.
  ///
  /// @param recipients who have their copy, or get it from elsewhere
  public Covered plus(Collection<Recipient> recipients) {
    if (recipients.isEmpty()) {
      return this;
    }
    Set<String> all = new HashSet<>(digests);
    for (Recipient recipient : recipients) {
      all.add(digest(recipient.address().toString()));
      if (recipient.isMember()) {
        all.add(digest(ALIAS + recipient.original()));
      }
    }
    return new Covered(all);
  }

  /// The part of it that envelopes with these recipients carry: all, where an alias may be among
  /// them; where there is none, nothing but their own addresses.
  public Covered neededFor(Collection<Recipient> recipients) {
    if (digests.isEmpty() || !recipients.stream().allMatch(Recipient::isMember)) {
      return this;
    }
    Set<String> own = new HashSet<>();
    for (Recipient recipient : recipients) {
      own.add(digest(recipient.address().toString()));
    }
    own.retainAll(digests);
    return new Covered(own);
  }

  /// How much it remembers.
  public int size() {
    return digests.size();
  }

  private static String digest(String text) {
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }
}
