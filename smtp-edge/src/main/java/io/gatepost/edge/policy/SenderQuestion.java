package io.gatepost.edge.policy;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Provenance;

/// What the checks at MAIL see.
public record SenderQuestion(Provenance provenance, ReversePath sender) {}
