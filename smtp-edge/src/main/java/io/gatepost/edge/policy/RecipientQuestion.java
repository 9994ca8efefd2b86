package io.gatepost.edge.policy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.edge.inquiry.ListedClient;

/// The recipient that the checks at RCPT judge.
///
/// @param lists what DNS lists say of the client
/// @param earlierRecipients how many recipients of this message are accepted or being checked
public record RecipientQuestion(
    Provenance provenance,
    ListedClient lists,
    ReversePath sender,
    ForwardPath recipient,
    int earlierRecipients) {}
