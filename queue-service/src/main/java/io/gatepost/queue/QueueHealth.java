package io.gatepost.queue;

import io.gatepost.database.SchemaMigration;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.log.maintain.LogMaintenance;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Whether mail can be queued: the broker answers and the disk has room. The state of the
/// operator's view is shown beside them and decides nothing.
final class QueueHealth implements HealthIndicator {

  private final LogMaintenance care;
  private final DiskReserve disk;
  private final SchemaMigration migration;

  QueueHealth(LogMaintenance care, DiskReserve disk, SchemaMigration migration) {
    this.care = care;
    this.disk = disk;
    this.migration = migration;
  }

  @Override
  public Health health() {
    boolean up = care.isBrokerUp() && !disk.isLow();
    return (up ? Health.up() : Health.outOfService())
        .withDetail("log", care.isBrokerUp() ? "ok" : care.trouble())
        .withDetail("disk", disk.isLow() ? "below the reserve" : "ok")
        .withDetail("view", migration.status())
        .build();
  }
}
