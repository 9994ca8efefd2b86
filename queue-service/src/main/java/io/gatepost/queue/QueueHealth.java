package io.gatepost.queue;

import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.log.LogCare;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Whether mail can be queued: the broker answers and the disk has room.
final class QueueHealth implements HealthIndicator {

  private final LogCare care;
  private final DiskReserve disk;

  QueueHealth(LogCare care, DiskReserve disk) {
    this.care = care;
    this.disk = disk;
  }

  @Override
  public Health health() {
    boolean up = care.isBrokerUp() && !disk.isLow();
    return (up ? Health.up() : Health.outOfService())
        .withDetail("log", care.isBrokerUp() ? "ok" : care.trouble())
        .withDetail("disk", disk.isLow() ? "below the reserve" : "ok")
        .build();
  }
}
