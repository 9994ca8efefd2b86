package io.gatepost.routing.sieve;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;

/// The envelope that a script is asked about.
public record Facts(ReversePath from, ForwardPath to) {}
