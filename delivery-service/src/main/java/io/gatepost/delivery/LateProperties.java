package io.gatepost.delivery;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of scans of messages that were accepted unscanned.
///
/// @param scans at a time at most, so that they leave slots of the scanners to clients that wait
/// @param timeout how long one may take, waiting for a slot of scanner-gateway included
/// @param findsPerHour messages found bad in an hour that are borne; beyond them a line in the log
///   and a metric tell the operator
public record LateProperties(
    @DefaultValue("4") int scans,
    @DefaultValue("1m") Duration timeout,
    @DefaultValue("10") int findsPerHour) {

  public LateProperties {
    DeliveryProperties.atLeast("late.scans", scans, 1);
    DeliveryProperties.positive("late.timeout", timeout);
    DeliveryProperties.atLeast("late.finds-per-hour", findsPerHour, 0);
  }
}
