package io.gatepost.edge.policy;

import io.gatepost.contract.envelope.Provenance.Origin;
import java.net.InetAddress;

/// What the checks at connect see.
public record Visitor(InetAddress address, Origin origin) {}
