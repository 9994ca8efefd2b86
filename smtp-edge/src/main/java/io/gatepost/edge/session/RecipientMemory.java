package io.gatepost.edge.session;

import io.gatepost.contract.envelope.Recipient;

/// The memory that the recipients of all open transactions may take together, so that many sessions
/// with many recipients do not fill the heap.
public final class RecipientMemory {

  /// Recipients of each transaction that count for nothing.
  static final int FREE = 1;

  /// Of heap, beside its texts: objects, and the question to verification while it is open.
  private static final int OCTETS = 512;

  private final SharedQuota quota;

  /// @param octets of all recipients but the first of each transaction
  public RecipientMemory(long octets) {
    this.quota = new SharedQuota(octets);
  }

  /// Octets that are taken now.
  public long taken() {
    return quota.taken();
  }

  /// The share of one session; for one thread.
  public Share share() {
    return new Share();
  }

  static int octets(Recipient recipient) {
    return OCTETS
        + recipient.original().localPart().text().length()
        + recipient.original().domain().text().length()
        + recipient.dsn().originalRecipient().map(String::length).orElse(0);
  }

  /// See [#share].
  public final class Share {

    private long own;

    private Share() {}

    /// Takes the place of one more recipient, from the question whether it is accepted on.
    ///
    /// @param earlier recipients that the transaction has already, or asks for
    /// @return whether there was one
    public boolean take(int earlier, Recipient recipient, ClientClass clientClass) {
      if (earlier < FREE) {
        return true;
      }
      int octets = octets(recipient);
      if (!quota.take(octets, clientClass)) {
        return false;
      }
      own += octets;
      return true;
    }

    /// A recipient was refused, or was there already.
    public void give(Recipient recipient) {
      long octets = Math.min(own, octets(recipient)); // none for one that counted for nothing
      quota.give(octets);
      own -= octets;
    }

    /// The transaction is over.
    public void giveAll() {
      quota.give(own);
      own = 0;
    }
  }
}
