package io.gatepost.verification.callout;

import io.gatepost.contract.address.ReversePath;
import java.util.Optional;

/// A refusal of a host is kept by its destination, and that of a sender at MAIL by the sender too:
/// another sender does not inherit it.
///
/// @param sender who was refused at MAIL; empty where the host refused before
public record HostKey(String destination, Optional<ReversePath> sender) {}
