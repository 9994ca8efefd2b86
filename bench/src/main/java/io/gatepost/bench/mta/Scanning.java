package io.gatepost.bench.mta;

import io.gatepost.bench.measure.ProcessGroup;
import java.net.InetSocketAddress;
import java.util.Optional;

/// How a system's mail is scanned before it is taken.
///
/// @param clamd who speaks clamd's protocol there; empty where nobody is to look at the mail
/// @param slots how many scans at a time, where the system can be told
/// @param helpers what programs between the system and the scanner are to be started in
public record Scanning(Optional<InetSocketAddress> clamd, int slots, ProcessGroup helpers) {}
