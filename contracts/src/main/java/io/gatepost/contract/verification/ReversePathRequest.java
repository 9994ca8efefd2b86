package io.gatepost.contract.verification;

import io.gatepost.contract.address.ForwardPath;

/// Can mail be sent back to this sender?
///
/// @param sender the address of `MAIL FROM`; the null reverse-path is not asked about
public record ReversePathRequest(ForwardPath sender) {}
