package io.gatepost.edge.policy;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.edge.session.Identity;

/// The sender that the checks at MAIL judge.
///
/// @param identity who the client has proved to be
public record SenderQuestion(Provenance provenance, Identity identity, ReversePath sender) {}
