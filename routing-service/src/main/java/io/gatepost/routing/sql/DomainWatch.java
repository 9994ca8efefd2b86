package io.gatepost.routing.sql;

import io.gatepost.contract.address.DomainName;
import io.gatepost.database.SchemaMigration;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.domain.Limit;

/// The domains of our own tables. A virtual thread brings the tables to their version, then looks
/// every half second whether anything has changed in them, whoever did it: reads the list of
/// domains again, keeps it in a file, and tells those who remember answers. The last list holds
/// while the database is away.
final class DomainWatch implements ServedDomains, SmartLifecycle {

  /// Domains there may be at most.
  static final int MOST_DOMAINS = 100_000;

  private static final Logger log = LoggerFactory.getLogger(DomainWatch.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration LONGEST_END = Duration.ofSeconds(5);
  private static final long NEVER = -1;
  private static final int MOST_TOLD = 10;

  private final SchemaMigration migration;
  private final DomainRows rows;
  private final DomainFile file;
  private final OtherDomains others;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread = Thread.ofVirtual().name("sql-domains").unstarted(this::follow);

  /// None before the first list: no start of this data directory has seen the database.
  private volatile @Nullable Set<DomainName> domains;

  private volatile boolean reached;
  private volatile boolean closing;
  private long revision = NEVER;
  private boolean hasReported;
  private List<DomainName> doubles = List.of();

  /// @param others domains that are not ours while there is no list
  DomainWatch(SchemaMigration migration, DomainRows rows, DomainFile file, OtherDomains others) {
    this.migration = migration;
    this.rows = rows;
    this.file = file;
    this.others = others;
    this.domains = file.read().orElse(null);
  }

  /// Before the first list any domain may be one of ours: a refusal could not be taken back.
  @Override
  public boolean contains(DomainName domain) {
    Set<DomainName> known = domains;
    return known != null ? known.contains(domain) : !others.contains(domain);
  }

  /// How many domains are known.
  int size() {
    Set<DomainName> known = domains;
    return known == null ? 0 : known.size();
  }

  /// Whether the database answered when it was last looked at.
  boolean isReached() {
    return reached;
  }

  /// Has a listener called after every change of the tables, on this thread or on that of
  /// [#refresh].
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// Looks at once; blocks. For one who has changed something and wants it to count.
  synchronized void refresh() {
    long now = rows.revision();
    if (now == revision) {
      return;
    }
    Set<DomainName> fresh = new HashSet<>();
    for (DomainRow row : rows.findAllByOrderByName(Limit.of(MOST_DOMAINS + 1))) {
      if (fresh.size() < MOST_DOMAINS) {
        add(fresh, row.name());
      } else {
        log.error(
            "database: routing.domain has more than {} domains: {} and others are not served",
            MOST_DOMAINS,
            row.name());
      }
    }
    boolean isOther = !fresh.equals(domains);
    domains = Set.copyOf(fresh);
    tellOfDoubles(fresh);
    listeners.forEach(Runnable::run);
    if (isOther) {
      file.write(fresh);
    }
    revision = now; // what changed in between is seen at the next look
  }

  /// Of two routers that have a domain the one that is asked first answers for it.
  private void tellOfDoubles(Set<DomainName> fresh) {
    List<DomainName> now = fresh.stream().filter(others::lists).limit(MOST_TOLD).toList();
    if (!now.isEmpty() && !now.equals(doubles)) {
      log.warn(
          "database: local-domains or the mailertable name domains of routing.domain too, the router"
              + " that comes first in gatepost.routing.order answers for them: {}",
          now);
    }
    doubles = now;
  }

  private static void add(Set<DomainName> to, String name) {
    try {
      to.add(DomainName.listed(name));
    } catch (IllegalArgumentException e) {
      log.error("database: routing.domain has a name that is no domain: {}", name);
    }
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public boolean isRunning() {
    return thread.isAlive();
  }

  @Override
  public void stop() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(LONGEST_END.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    while (!closing) {
      try {
        if (!reached) {
          migration.run(); // it may be another, an empty one
        }
        refresh();
        reached = true;
        if (hasReported) {
          hasReported = false;
          log.info("database: domains and mailboxes can be asked for again");
        }
      } catch (RuntimeException e) { // the database is away, or was emptied
        failed(e);
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private synchronized void failed(RuntimeException e) {
    boolean isEnd = reached;
    reached = false;
    revision = NEVER;
    // Not told where it is just being started, nor again and again.
    if (isEnd && !hasReported && !closing) {
      hasReported = true;
      log.warn(
          "database: domains and mailboxes cannot be asked for, their mail waits: {}",
          NestedExceptionUtils.getMostSpecificCause(e).toString());
    }
  }
}
