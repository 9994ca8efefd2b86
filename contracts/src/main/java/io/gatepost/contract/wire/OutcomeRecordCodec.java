package io.gatepost.contract.wire;

import io.gatepost.contract.event.OutcomeRecord;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/// The octets of an [OutcomeRecord]: JSON.
public final class OutcomeRecordCodec {

  private static final int USUAL_OCTETS = 320;

  private OutcomeRecordCodec() {}

  /// The record as octets.
  public static byte[] encode(OutcomeRecord outcome) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream(USUAL_OCTETS);
    JsonText.write(octets, json -> OutcomeJson.write(json, outcome));
    return octets.toByteArray();
  }

  /// The record; throws [UnreadableFrameException] where the octets are none.
  public static OutcomeRecord decode(byte @Nullable [] octets) {
    byte[] present = Frame.present(octets);
    return JsonText.read("outcome", present, 0, present.length, OutcomeJson::read);
  }
}
