package io.gatepost.allinone.start;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.Map;

/// Descriptions of meters, which Prometheus shows as `HELP`: of those that have none where they are
/// counted, as one name is counted there under several labels.
final class MeterDescriptions implements MeterFilter {

  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("gatepost.delivery.attempt.time", "Time that attempts took"),
          Map.entry("gatepost.delivery.carried", "Slow attempts carried forward in the log"),
          Map.entry("gatepost.delivery.outcomes", "Recipients by what became of an attempt"),
          Map.entry("gatepost.delivery.refused", "Conclusions refused, as another owner has come"),
          Map.entry("gatepost.delivery.running", "Envelopes under way"),
          Map.entry("gatepost.delivery.skipped", "Records skipped, as their generation is over"),
          Map.entry("gatepost.delivery.tls", "TLS handshakes with next hops; none: it failed"),
          Map.entry("gatepost.delivery.undecodable", "Records set aside, as they cannot be read"),
          Map.entry("gatepost.dns.running", "DNS questions under way"),
          Map.entry("gatepost.edge.connections", "Connections that came"),
          Map.entry("gatepost.edge.content.memory", "Memory of messages in reception"),
          Map.entry("gatepost.edge.content.uploads", "Messages on their way to the content store"),
          Map.entry("gatepost.edge.decision.time", "Time from the final dot to the 250"),
          Map.entry("gatepost.edge.messages", "Messages accepted and refused"),
          Map.entry("gatepost.edge.messages.marked", "Messages accepted with a mark"),
          Map.entry("gatepost.edge.protocol.errors", "Wrong commands"),
          Map.entry("gatepost.edge.recipients", "Recipients accepted and refused"),
          Map.entry("gatepost.edge.recipients.open", "Recipients of open transactions"),
          Map.entry("gatepost.edge.refusals", "Refusals by stage of the dialogue"),
          Map.entry("gatepost.edge.sessions", "Open sessions"),
          Map.entry("gatepost.edge.sessions.ended", "Ended sessions by what they turned out to be"),
          Map.entry("gatepost.edge.sessions.octets", "Octets that ended sessions had sent"),
          Map.entry("gatepost.edge.tables.stale", "Tables with a newest version that is wrong"),
          Map.entry("gatepost.queue.conclusions.refused", "Deferrals of an owner that is replaced"),
          Map.entry("gatepost.queue.conclusions.repeated", "Deferrals that were written already"),
          Map.entry("gatepost.queue.content.swept", "Orphaned content that was deleted"),
          Map.entry("gatepost.queue.deferred", "Envelopes deferred, by step of the ladder"),
          Map.entry("gatepost.queue.destinations.held", "Destinations known to take no mail"),
          Map.entry("gatepost.queue.disk.free", "Free space of the disk that mail is on"),
          Map.entry("gatepost.queue.enqueue.failures", "Messages that could not be queued"),
          Map.entry("gatepost.queue.enqueued", "Messages queued"),
          Map.entry("gatepost.queue.invariant.broken", "Checks of the log that failed"),
          Map.entry("gatepost.queue.log.garbage.density", "Share of records that are done with"),
          Map.entry("gatepost.queue.log.head.age", "Age of the first live record"),
          Map.entry("gatepost.queue.log.lag", "Time that the first live record is overdue"),
          Map.entry("gatepost.queue.log.live", "Records that are still needed"),
          Map.entry("gatepost.queue.moved.on", "Envelopes moved on without an attempt"),
          Map.entry("gatepost.queue.notices", "Delivery status notifications queued"),
          Map.entry("gatepost.queue.reader.aborts", "Aborted transactions of the log's readers"),
          Map.entry("gatepost.queue.records.per.sync", "Messages that share a sync"),
          Map.entry("gatepost.queue.released", "Envelopes that came due, by step of the ladder"),
          Map.entry(
              "gatepost.queue.view.behind", "Time that the operator's view is behind the log"),
          Map.entry("gatepost.routing.answers", "Answers of routing"),
          Map.entry("gatepost.routing.tables.stale", "Tables with a newest version that is wrong"),
          Map.entry("gatepost.verification.credentials", "Passwords by what they turned out to be"),
          Map.entry("gatepost.verification.running", "Questions under way"),
          Map.entry(
              "gatepost.verification.tables.stale", "Tables with a newest version that is wrong"));

  @Override
  public Meter.Id map(Meter.Id id) {
    String text = TEXTS.get(id.getName());
    return text == null || id.getDescription() != null
        ? id
        : new Meter.Id(id.getName(), Tags.of(id.getTags()), id.getBaseUnit(), text, id.getType());
  }
}
