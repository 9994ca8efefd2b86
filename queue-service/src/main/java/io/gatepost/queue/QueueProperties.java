package io.gatepost.queue;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.quarantine.QuarantineLimits;
import io.gatepost.rpc.process.SuiteSettings;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Settings of the queue.
///
/// @param ladder how long a message waits after its first, second, … attempt; ISO durations,
///   ascending
/// @param busyStep how long it waits where its destination was busy and no attempt was made
/// @param lifetime how long it is tried; then the sender gets a DSN
/// @param durability what a 250 means: `flushed` (on this machine's disk) or `replicated` (on three
///   brokers)
/// @param instance the name of this queue-service among several; no two may have the same
/// @param partitions of each envelope topic, 1 to 1024; not to be changed later
/// @param contentDir where large content is; by default `content` in the data directory
/// @param diskReserve below so much free space nothing is accepted; by default 1 GB, or 5 % of the
///   disk where that is more
/// @param truncationInterval how often the log is cut behind what is done with
/// @param releaseRate how many messages a second come due at most
/// @param deadDestinationPause so long after an attempt that could not reach its destination, other
///   messages for it that come due are moved to their next step without an attempt; by default a
///   tenth of the ladder's first step
/// @param auditInterval how often the log is looked at for the operator and its invariants are
///   checked
/// @param sweepInterval how often content is looked for that no message refers to
/// @param sweepAge content that is younger is left alone; longer than any client takes to send a
///   message
/// @param quarantine messages that are put aside
@ConfigurationProperties(prefix = "gatepost.queue", ignoreUnknownFields = false)
public record QueueProperties(
    @DefaultValue({"PT5M", "PT30M", "PT1H", "PT2H", "PT4H"}) List<Duration> ladder,
    @DefaultValue("PT10S") Duration busyStep,
    @DefaultValue(SuiteSettings.DEFAULT_LIFETIME) Duration lifetime,
    @DefaultValue("flushed") Durability durability,
    @DefaultValue("0") String instance,
    @DefaultValue(SuiteSettings.DEFAULT_PARTITIONS) int partitions,
    @DefaultValue("") String contentDir,
    @DefaultValue("0B") DataSize diskReserve,
    @DefaultValue("3s") Duration truncationInterval,
    @DefaultValue("5000") int releaseRate,
    @DefaultValue("0s") Duration deadDestinationPause,
    @DefaultValue("10s") Duration auditInterval,
    @DefaultValue("1h") Duration sweepInterval,
    @DefaultValue("1h") Duration sweepAge,
    @DefaultValue Quarantine quarantine) {

  private static final int DEAD_PART = 10;

  /// Meaning of a 250.
  public enum Durability {
    FLUSHED,
    REPLICATED;

    /// The form in settings and in the log.
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public QueueProperties {
    SuiteSettings.checkLifetime(lifetime);
    if (instance.isBlank()) {
      throw new SettingException("gatepost.queue.instance", instance, "a name");
    }
    SuiteSettings.checkPartitions(partitions);
    if (truncationInterval.toMillis() < 100) {
      throw new SettingException(
          "gatepost.queue.truncation-interval", truncationInterval, "100ms or more");
    }
    if (releaseRate < 1) {
      throw new SettingException("gatepost.queue.release-rate", releaseRate, "1 or more");
    }
    if (deadDestinationPause.isNegative()) {
      throw new SettingException(
          "gatepost.queue.dead-destination-pause", deadDestinationPause, "a duration such as 30s");
    }
    positive("audit-interval", auditInterval);
    positive("sweep-interval", sweepInterval);
    positive("sweep-age", sweepAge);
    if (quarantine.enabled() && durability == Durability.REPLICATED) {
      throw new SettingException(
          SuiteSettings.QUARANTINE_ENABLED,
          true,
          "false where gatepost.queue.durability is replicated, as content in files is not");
    }
    if (diskReserve.isNegative()) {
      throw new SettingException("gatepost.queue.disk-reserve", diskReserve, "a size such as 1GB");
    }
    RetryLadder checked = new RetryLadder(ladder, busyStep); // refused here, with the others
    if (deadDestinationPause.isZero()) {
      deadDestinationPause = checked.steps().getFirst().dividedBy(DEAD_PART);
    }
  }

  /// Settings of the quarantine.
  ///
  /// @param enabled whether messages are put aside, where the scanners' settings say so; what was
  ///   put aside stays, and can be released, where that is switched off
  /// @param keep how long a message stays; then it is deleted
  /// @param maxMessages beyond it a message that is to be put aside is answered 452
  /// @param maxSize of their content; beyond it a message that is to be put aside is answered 452
  public record Quarantine(
      @DefaultValue("false") boolean enabled,
      @DefaultValue("14d") Duration keep,
      @DefaultValue("10000") int maxMessages,
      @DefaultValue("1GB") DataSize maxSize) {

    public Quarantine {
      positive("quarantine.keep", keep);
      if (maxMessages < 1) {
        throw new SettingException(
            "gatepost.queue.quarantine.max-messages", maxMessages, "1 or more");
      }
      if (maxSize.toBytes() < 1) {
        throw new SettingException(
            "gatepost.queue.quarantine.max-size", maxSize, "a size such as 1GB");
      }
    }

    QuarantineLimits limits() {
      return new QuarantineLimits(enabled, keep, maxMessages, maxSize.toBytes());
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new SettingException("gatepost.queue." + key, value, "a duration above zero");
    }
  }

  RetryLadder retryLadder() {
    return new RetryLadder(ladder, busyStep);
  }
}
