package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.Generation;
import io.gatepost.delivery.intake.EndedGenerations.Over;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The attempts that have been carried forward, and have a copy of their record in `due` that is
/// still to be read, or may have: until then it must be known what became of them, here and in a
/// replay. Safe for all threads.
final class CarriedCopies {

  /// A copy whose append has failed gets into the log no later than this, if it ever does.
  static final Duration DOUBTFUL_FOR = Duration.ofSeconds(30);

  /// Copies that may be awaited, as they take memory until `due` has been read to them; beyond this
  /// nothing more is carried forward. Some 10 MiB.
  static final int MOST = 50_000;

  private final Map<Generation, Awaited> awaited = new HashMap<>();

  /// Copies of an attempt.
  private static final class Awaited {
    private int unanswered;
    private Optional<Long> doubtfulSince = Optional.empty();

    /// Once `due` has been read to here, every copy that is known of has come by.
    private long readTo;

    private long position;
    private Optional<Over> over = Optional.empty();

    Awaited(long position) {
      this.position = position;
    }
  }

  /// Whether another attempt may be carried forward.
  synchronized boolean hasRoom() {
    return awaited.size() < MOST;
  }

  /// A copy of a record is about to be appended.
  ///
  /// @param position the end of the outcomes when the attempt began
  synchronized void sent(Generation key, long position) {
    Awaited copies = awaited.computeIfAbsent(key, any -> new Awaited(position));
    copies.unanswered++;
    copies.position = Math.min(copies.position, position);
  }

  /// The copy is in the log.
  synchronized void landed(Generation key, long offset) {
    Awaited copies = awaited.get(key);
    if (copies != null) {
      copies.unanswered--;
      copies.readTo = Math.max(copies.readTo, offset + 1);
    }
  }

  /// It could not be appended, or nobody knows.
  ///
  /// @param nanos this moment on a monotonic clock
  synchronized void failed(Generation key, long nanos) {
    Awaited copies = awaited.get(key);
    if (copies != null) {
      copies.unanswered--;
      copies.doubtfulSince = Optional.of(nanos);
    }
  }

  /// The attempt is over; nothing where it has not been carried forward.
  synchronized void ended(Generation key, Over over) {
    Awaited copies = awaited.get(key);
    if (copies != null) {
      copies.over = Optional.of(over);
    }
  }

  /// Whether the generation is over that copies of are still to come.
  synchronized Optional<Over> over(Generation key) {
    Awaited copies = awaited.get(key);
    return copies == null ? Optional.empty() : copies.over;
  }

  /// The partitions of `due` whose present end settles a doubt: each copy in doubt is before it, or
  /// will never be there.
  synchronized Set<Integer> doubtful(long nanos) {
    Set<Integer> partitions = new HashSet<>();
    awaited.forEach((key, copies) -> {
      if (isRipe(copies, nanos)) {
        partitions.add(key.id().partition());
      }
    });
    return partitions;
  }

  /// Takes the end of a partition of `due`, asked after this moment.
  synchronized void settle(int partition, long end, long nanos) {
    awaited.forEach((key, copies) -> {
      if (key.id().partition() == partition && isRipe(copies, nanos)) {
        copies.doubtfulSince = Optional.empty();
        copies.readTo = Math.max(copies.readTo, end);
      }
    });
  }

  /// A partition of `due` has been read up to a position: copies among it have slots of their own.
  synchronized void read(int partition, long position) {
    awaited
        .entrySet()
        .removeIf(each -> {
          Awaited copies = each.getValue();
          return each.getKey().id().partition() == partition
              && copies.unanswered <= 0 // below: answers to what was sent before a loss
              && copies.doubtfulSince.isEmpty()
              && copies.readTo <= position;
        });
  }

  /// Where a replay has to start for the copies of a partition that are still to come.
  synchronized long neededFrom(int partition) {
    return awaited.entrySet().stream()
        .filter(each -> each.getKey().id().partition() == partition)
        .mapToLong(each -> each.getValue().position)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /// Others are read by another owner, and so are their copies.
  synchronized void keepOnly(Set<Integer> partitions) {
    awaited.keySet().removeIf(key -> !partitions.contains(key.id().partition()));
  }

  private static boolean isRipe(Awaited copies, long nanos) {
    return copies.doubtfulSince.isPresent()
        && nanos - copies.doubtfulSince.get() > DOUBTFUL_FOR.toNanos();
  }
}
