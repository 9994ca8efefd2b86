package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.RecipientOutcome.Failed;
import io.gatepost.contract.routing.Destination;
import java.util.List;
import java.util.Optional;

/// The surroundings of all attempts: next hops, refusals that were told, metrics and the log file.
///
/// @param refusals for which strangers' messages were put off
record EarlySurroundings(NextHops nextHops, ToldRefusals refusals, EarlyMeters meters)
    implements Surroundings {

  @Override
  public Optional<Why> against(List<Destination> destinations) {
    return nextHops.against(destinations);
  }

  @Override
  public void inTime(List<Destination> destinations) {
    nextHops.inTime(destinations);
  }

  @Override
  public void late(Envelope envelope, List<Destination> destinations) {
    EarlyLog.late(envelope, destinations);
    nextHops.late(destinations);
  }

  @Override
  public void cutShort(Envelope envelope, List<Destination> destinations) {
    EarlyLog.late(envelope, destinations);
  }

  @Override
  public boolean wasPutOff(Envelope envelope, List<Failed> refused) {
    return refusals.has(envelope, refused);
  }

  @Override
  public void putOff(Envelope envelope, List<Failed> refused) {
    refusals.add(envelope, refused);
  }

  @Override
  public void told(Envelope envelope, EarlyResult result, Cause cause) {
    EarlyLog.told(envelope, result, cause);
    meters.told(result, cause);
  }
}
