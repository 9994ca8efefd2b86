package io.gatepost.edge.session;

import java.util.concurrent.atomic.AtomicLong;

/// The quota of all sessions of something scarce, such as connections or octets of memory, with a
/// reserve for our own clients. For any thread.
public final class SharedQuota {

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /// @param most how much there is
  public SharedQuota(long most) {
    this.most = most;
  }

  /// Takes a part, as far as the class of the client may fill the quota; [#give] gives it back.
  ///
  /// @return whether there was so much left
  public boolean take(long count, ClientClass clientClass) {
    long mark = clientClass.of(most);
    long before = taken.get();
    while (before + count <= mark) {
      if (taken.compareAndSet(before, before + count)) {
        return true;
      }
      before = taken.get();
    }
    return false;
  }

  /// Gives a part back.
  public void give(long count) {
    taken.addAndGet(-count);
  }

  /// How much is taken now.
  public long taken() {
    return taken.get();
  }
}
