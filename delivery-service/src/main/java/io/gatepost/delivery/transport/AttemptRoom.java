package io.gatepost.delivery.transport;

import io.gatepost.contract.envelope.EnvelopeRecord;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The attempts under way and the memory that they take, over all topics and destinations. A slow
/// destination may hold as much as is still free (dynamic thresholds, Choudhury and Hahne 1998):
/// one has half at most, each further one makes the shares smaller, and something is always left
/// for the others. Safe for all threads.
public final class AttemptRoom {

  private static final int OCTETS_PER_RECIPIENT = 1024;
  private static final int OCTETS_PER_DIGEST = 128;
  private static final long MAX_OCTETS = 64L * 1024 * 1024;

  private final int perPartition;
  private final long maxOctets;
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicLong octets = new AtomicLong();
  private final ConcurrentMap<String, Held> held = new ConcurrentHashMap<>();
  private volatile int partitions = 1;

  /// The part that one destination holds.
  private record Held(int messages, long octets) {
    @Nullable Held plus(int more, long octetsMore) {
      int sum = messages + more;
      return sum == 0 ? null : new Held(sum, octets + octetsMore);
    }
  }

  /// @param perPartition attempts of one partition that are meant to be under way at most
  public AttemptRoom(int perPartition) {
    this(perPartition, MAX_OCTETS);
  }

  /// @param maxOctets of memory that attempts may take
  public AttemptRoom(int perPartition, long maxOctets) {
    this.perPartition = perPartition;
    this.maxOctets = maxOctets;
  }

  /// Takes the number of partitions that are read.
  public void read(int count) {
    partitions = Math.max(1, count);
  }

  /// An attempt begins.
  public void enter(EnvelopeRecord message) {
    attempts.incrementAndGet();
    octets.addAndGet(weight(message));
  }

  /// An attempt is over.
  public void leave(EnvelopeRecord message) {
    attempts.decrementAndGet();
    octets.addAndGet(-weight(message));
  }

  /// The memory that attempts take, in octets.
  public long octets() {
    return octets.get();
  }

  /// Whether nothing more should begin: the memory is used up, or, with those that are carried
  /// forward, twice as many attempts run as are meant to.
  public boolean isFull() {
    return octets.get() > maxOctets || attempts.get() >= 2L * perPartition * partitions;
  }

  /// Whether half of it is taken. Attempts that wait for their records begin below that only: if
  /// they took all of it no record would be read, and they would wait for ever.
  public boolean isHalfFull() {
    return octets.get() > maxOctets / 2 || attempts.get() >= (long) perPartition * partitions;
  }

  /// A destination is given its part of a message, which counts as the whole: that is what stays in
  /// memory until the part is done with.
  ///
  /// @param recipients of the part
  public Holding hold(String destination, EnvelopeRecord message, int recipients) {
    return new Holding(destination, weight(message), recipients);
  }

  /// How many messages a destination may hold that is slow; 0 where nothing is free.
  public int share(String destination) {
    Held own = held.get(destination);
    long mean = own == null ? 1 : Math.max(1, own.octets() / own.messages());
    long byNumber = (long) perPartition * partitions - attempts.get();
    long byMemory = (maxOctets - octets.get()) / mean;
    return Math.clamp(Math.min(byNumber, byMemory), 0, Integer.MAX_VALUE);
  }

  /// Memory of a message, in octets: with a thousand recipients most of it is theirs.
  static long weight(EnvelopeRecord message) {
    return message.content().length
        + (long) OCTETS_PER_RECIPIENT * message.envelope().recipients().size()
        + (long) OCTETS_PER_DIGEST * message.envelope().covered().size()
        + message.envelope().edits().size();
  }

  /// A destination's part of one message.
  public final class Holding {
    private final String destination;
    private final long weight;
    private final AtomicInteger open;

    private Holding(String destination, long weight, int recipients) {
      this.destination = destination;
      this.weight = weight;
      this.open = new AtomicInteger(recipients);
      add(1, weight);
    }

    /// Releases the part of recipients that are done with.
    public void release(int recipients) {
      if (open.addAndGet(-recipients) == 0) {
        add(-1, -weight);
      }
    }

    private void add(int messages, long more) {
      held.compute(
          destination,
          (name, known) -> (known == null ? new Held(0, 0) : known).plus(messages, more));
    }
  }
}
