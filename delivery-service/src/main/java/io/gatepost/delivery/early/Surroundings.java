package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.RecipientOutcome.Failed;
import io.gatepost.contract.routing.Destination;
import java.util.List;
import java.util.Optional;

/// The questions that an attempt has for others, and what it tells them. Nothing of it blocks.
interface Surroundings {

  /// Why destinations are not to be tried now.
  Optional<Why> against(List<Destination> destinations);

  /// The attempt has ended at these, while its client waited.
  void inTime(List<Destination> destinations);

  /// These have kept a message's attempt from that.
  void late(Envelope envelope, List<Destination> destinations);

  /// These have kept it from that, and may only have had too little time: the budget was that of
  /// another destination.
  void cutShort(Envelope envelope, List<Destination> destinations);

  /// Whether a message like this was put off before because of each of these.
  boolean wasPutOff(Envelope envelope, List<Failed> refused);

  /// Notes that one is put off because of these.
  void putOff(Envelope envelope, List<Failed> refused);

  /// The client's side is about to be told.
  void told(Envelope envelope, EarlyResult result, Cause cause);
}
