package io.gatepost.allinone.start;

import io.gatepost.cli.operator.OperatorPort;

/// Addresses of a suite that is ready.
///
/// @param addresses where it takes mail and answers over HTTP, as in the ready line
/// @param operator where its operator's port is
public record ReadySuite(String addresses, OperatorPort operator) {}
