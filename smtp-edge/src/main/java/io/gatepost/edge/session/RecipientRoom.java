package io.gatepost.edge.session;

import java.util.concurrent.atomic.AtomicInteger;

/// How many recipients all open transactions may hold together. The first few of each have their
/// place in what a client may take in any case; without a bound on the others, clients that name a
/// thousand each and then wait would fill the heap.
public final class RecipientRoom {

  /// Of each transaction, without asking.
  static final int FREE = 10;

  private final int most;
  private final AtomicInteger taken = new AtomicInteger();

  /// @param most recipients beyond the first ten of each transaction
  public RecipientRoom(int most) {
    this.most = most;
  }

  /// Places that are taken now.
  public int taken() {
    return taken.get();
  }

  /// What one session has of it; for one thread.
  public Share share() {
    return new Share();
  }

  /// See [#share].
  public final class Share {

    private int own;

    private Share() {}

    /// Takes a place for one more recipient.
    ///
    /// @param earlier recipients that the transaction has already
    /// @return whether there was one
    public boolean take(int earlier) {
      if (earlier < FREE) {
        return true;
      }
      if (taken.incrementAndGet() > most) {
        taken.decrementAndGet();
        return false;
      }
      own++;
      return true;
    }

    /// The transaction is over.
    public void giveAll() {
      taken.addAndGet(-own);
      own = 0;
    }
  }
}
