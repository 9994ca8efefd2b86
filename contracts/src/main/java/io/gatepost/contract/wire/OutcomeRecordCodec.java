package io.gatepost.contract.wire;

import io.gatepost.contract.event.OutcomeRecord;
import tools.jackson.core.JacksonException;

/// The octets of an [OutcomeRecord]: JSON.
public final class OutcomeRecordCodec {

  private OutcomeRecordCodec() {}

  /// The record as octets.
  public static byte[] encode(OutcomeRecord outcome) {
    return ContractJson.MAPPER.writeValueAsBytes(outcome);
  }

  /// The record; throws [UnreadableFrameException] where the octets are none.
  public static OutcomeRecord decode(byte[] octets) {
    try {
      return ContractJson.MAPPER.readValue(octets, OutcomeRecord.class);
    } catch (JacksonException e) {
      throw new UnreadableFrameException("outcome: " + e.getOriginalMessage(), e);
    }
  }
}
