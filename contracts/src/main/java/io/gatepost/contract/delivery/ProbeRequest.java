package io.gatepost.contract.delivery;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.Destination;

/// Would this next hop take mail for this recipient?
///
/// @param destination where mail for the recipient goes
/// @param sender the reverse-path of the question; the null one where the answer is to hold for
///   everybody
/// @param recipient the address as the next hop would be given it
public record ProbeRequest(
    Destination.Smtp destination, ReversePath sender, ForwardPath recipient) {}
