package io.gatepost.queue.quarantine;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.QuarantineDeleted;
import io.gatepost.contract.queue.QuarantineSearch;
import io.gatepost.contract.queue.QuarantinedMessage.State;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.release.ReleaseLog;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Messages that are put aside: how they come, are released and go. Each of them is a row of the
/// index, and a file in a content store of the quarantine's own, which the sweep of mail does not
/// see. The order is the rule: the content is durable before there is a row, and goes after it.
/// Files without a row are left by a crash in between, and stay as long as a message would, so that
/// an index that was lost does not take them along.
///
/// Methods block. They fail with `RpcException`, and with what [QuarantineIndex] throws.
final class HeldMessages {

  private static final Logger log = LoggerFactory.getLogger(HeldMessages.class);
  private static final byte[] NOTHING = new byte[0];
  private static final int LOCKS = 64;
  private static final int EXPIRED_AT_A_TIME = 1_000;
  private static final int MOST_EXPIRED = 10 * EXPIRED_AT_A_TIME;

  private final QuarantineIndex index;
  private final FileContentStore held;
  private final FileContentStore mail;
  private final ReleaseLog releases;
  private final QuarantineLimits limits;
  private final QuarantineMeters meters;
  private final InstantSource clock;
  private final List<Lock> locks =
      Stream.generate(ReentrantLock::new).limit(LOCKS).map(Lock.class::cast).toList();

  /// @param held the quarantine's own content
  /// @param mail the content of messages on the log
  HeldMessages(
      QuarantineIndex index,
      FileContentStore held,
      FileContentStore mail,
      ReleaseLog releases,
      QuarantineLimits limits,
      QuarantineMeters meters,
      InstantSource clock) {
    this.index = index;
    this.held = held;
    this.mail = mail;
    this.releases = releases;
    this.limits = limits;
    this.meters = meters;
    this.clock = clock;
  }

  /// Puts a message aside. When it returns, that is durable.
  Held putAside(PutAside call) {
    Lock one = oneOf(call.message().envelope().id());
    one.lock();
    try {
      return putOneAside(call);
    } finally {
      one.unlock();
    }
  }

  /// Calls for one message come one after the other: what the first refuses, the second keeps.
  private Lock oneOf(QueueId id) {
    return locks.get(Math.floorMod(id.hashCode(), locks.size()));
  }

  private Held putOneAside(PutAside call) {
    EnvelopeRecord message = call.message();
    QueueId id = message.envelope().id();
    Optional<Held> before = since(id);
    if (before.isPresent()) {
      return before.get(); // an earlier call whose answer was lost
    }
    Envelope envelope = message.envelope().withContent(keep(message));
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    if (index.add(envelope, call.finding(), now, limits)) {
      meters.put();
      log.info("qid={} put aside finding=\"{}\"", id, call.finding().words());
      return new Held(id, now);
    }
    return since(id).orElseThrow(() -> isFull(id));
  }

  /// Releases a message; `NOT_FOUND` where it is not there. Where this fails it may be on its way:
  /// [#finishReleases] goes on.
  void release(QueueId id) {
    if (!index.set(id, State.RELEASING) || !finishRelease(id)) {
      throw isNotThere(id);
    }
  }

  /// Goes on with releases that were broken off.
  void finishReleases() {
    List<QueueId> brokenOff = index.releasing();
    for (QueueId id : brokenOff) {
      try {
        finishRelease(id);
      } catch (RpcException e) {
        log.warn("qid={} is not released yet: {}", id, e.getMessage());
      }
    }
    if (!limits.enabled() && brokenOff.isEmpty()) {
      return; // a queue without a quarantine needs no client for it
    }
    List<QueueId> noted = releases.unforgotten();
    if (!noted.isEmpty()) {
      Set<QueueId> present = index.known(noted);
      noted.stream().filter(id -> !present.contains(id)).forEach(releases::forget);
    }
  }

  /// Deletes a message; `NOT_FOUND` where it is not there or is being released.
  void delete(QueueId id) {
    if (!index.delete(id)) {
      throw isNotThere(id);
    }
    deleteContent(id);
    meters.deleted(1);
    log.info("qid={} deleted from the quarantine by the operator", id);
  }

  /// Deletes the first messages that meet the conditions.
  QuarantineDeleted deleteMatching(QuarantineSearch search) {
    List<QueueId> deleted = index.deleteMatching(search.filter(), search.limit());
    for (QueueId id : deleted) {
      deleteContent(id);
      log.info("qid={} deleted from the quarantine by the operator", id);
    }
    meters.deleted(deleted.size());
    return new QuarantineDeleted(deleted.size(), index.count(search.filter()));
  }

  /// Deletes messages whose time is over, some thousands of them at most.
  void expire() {
    Instant before = clock.instant().minus(limits.keep());
    int all = 0;
    List<QueueId> some;
    do {
      some = index.deleteExpired(before, EXPIRED_AT_A_TIME);
      for (QueueId id : some) {
        deleteContent(id);
        log.info("qid={} deleted from the quarantine, as its time is over", id);
      }
      all += some.size();
    } while (some.size() == EXPIRED_AT_A_TIME && all < MOST_EXPIRED);
    meters.expired(all);
  }

  /// Deletes content that no row tells of and that is older than any message gets.
  void sweep() {
    Instant before = clock.instant().minus(limits.keep());
    Set<QueueId> orphans = new HashSet<>(held.olderThan(before));
    if (orphans.isEmpty()) {
      return;
    }
    orphans.removeAll(index.known(orphans));
    for (QueueId id : orphans) {
      try {
        if (held.deleteOlder(id, before)) {
          log.info("qid={} content is in no row of the quarantine and is deleted", id);
        }
      } catch (CompletionException e) {
        log.warn("qid={} content stays, next time: {}", id, String.valueOf(e.getCause()));
      }
    }
  }

  /// Looks how much there is.
  QuarantineIndex.Total look() {
    QuarantineIndex.Total total = index.total();
    meters.holds(total);
    return total;
  }

  private Optional<Held> since(QueueId id) {
    return index.find(id).map(row -> new Held(id, row.since()));
  }

  /// Makes the content durable under the quarantine's own name.
  private ContentRef.Stored keep(EnvelopeRecord message) {
    QueueId id = message.envelope().id();
    return switch (message.envelope().content()) {
      case ContentRef.Inline _ -> {
        ContentRef.Stored written = held.write(id, message.content());
        yield new ContentRef.Stored(id.released(), written.octets(), written.sha256());
      }
      case ContentRef.Stored stored -> {
        held.add(mail, stored.key(), id);
        yield new ContentRef.Stored(id.released(), stored.octets(), stored.sha256());
      }
    };
  }

  private boolean finishRelease(QueueId id) {
    try {
      if (!index.release(id, this::putOnTheLog)) {
        return false;
      }
    } catch (RpcException e) {
      if (e.status() == RpcStatus.NOT_FOUND) {
        log.error("qid={} cannot be released: {}", id, e.detail());
        index.set(id, State.HELD);
      }
      throw e;
    }
    meters.released();
    log.info("qid={} released from the quarantine by the operator", id);
    deleteContent(id);
    try {
      releases.forget(id);
    } catch (RpcException e) {
      log.info("qid={} is forgotten later: {}", id, e.getMessage());
    }
    return true;
  }

  private void putOnTheLog(QuarantineRow row) {
    QueueId id = row.queueId();
    if (releases.isReleased(id)) {
      return; // and it may have been delivered since
    }
    Envelope envelope = row.storedEnvelope();
    if (envelope.content() instanceof ContentRef.Stored stored) {
      mail.add(held, id, stored.key());
    }
    releases.release(
        new EnvelopeRecord(envelope.released(clock.instant(), envelope.content()), NOTHING));
  }

  private void deleteContent(QueueId id) {
    try {
      held.delete(id).join();
    } catch (CompletionException e) {
      log.warn("qid={} content stays, left to the sweep: {}", id, String.valueOf(e.getCause()));
    }
  }

  private RpcException isFull(QueueId id) {
    meters.refused();
    deleteContent(id);
    return new RpcException(
        RpcStatus.RESOURCE_EXHAUSTED,
        "the quarantine is full: %d messages or %d octets"
            .formatted(limits.mostMessages(), limits.mostOctets()));
  }

  private static RpcException isNotThere(QueueId id) {
    return new RpcException(
        RpcStatus.NOT_FOUND, "queue id: " + id + " (expected: one in the quarantine)");
  }
}
