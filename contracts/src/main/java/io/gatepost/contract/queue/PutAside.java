package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.EnvelopeRecord;

/// A message that is to go to the quarantine instead of its recipients.
///
/// @param message as it would be queued, with the changes of its header that those get to see to
///   whom it is released
/// @param finding why
public record PutAside(EnvelopeRecord message, Finding finding) {}
