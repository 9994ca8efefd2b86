package io.gatepost.edge.policy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Provenance;

/// The recipient that the checks at RCPT judge.
///
/// @param earlierRecipients how many recipients of this message are accepted or being checked
public record RecipientQuestion(
    Provenance provenance, ReversePath sender, ForwardPath recipient, int earlierRecipients) {}
