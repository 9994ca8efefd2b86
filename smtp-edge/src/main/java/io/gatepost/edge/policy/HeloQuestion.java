package io.gatepost.edge.policy;

import io.gatepost.contract.envelope.Provenance;

/// The name that the checks at HELO and EHLO judge.
///
/// @param name what the client calls itself
public record HeloQuestion(Provenance provenance, String name) {}
