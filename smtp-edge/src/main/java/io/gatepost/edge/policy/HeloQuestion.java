package io.gatepost.edge.policy;

import io.gatepost.contract.envelope.Provenance;

/// What the checks at HELO and EHLO see.
///
/// @param name what the client calls itself
public record HeloQuestion(Provenance provenance, String name) {}
