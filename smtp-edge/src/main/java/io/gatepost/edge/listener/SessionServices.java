package io.gatepost.edge.listener;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.Submission;
import io.gatepost.edge.policy.RelayNetworks;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.smtp.command.CommandParser;
import java.net.InetAddress;
import java.time.Duration;

/// What every session uses and none owns.
///
/// @param maxErrors after so many commands that were refused as wrong, the session is closed
/// @param idleTimeout how long a client may be silent (RFC 5321 §4.5.3.2.7: at least 5 minutes)
record SessionServices(
    String hostname,
    SessionMachine machine,
    CommandParser parser,
    StandardPolicy policy,
    Submission submission,
    Acceptance acceptance,
    RelayNetworks relayNetworks,
    EdgeMeters meters,
    int maxErrors,
    Duration idleTimeout) {

  Origin originOf(InetAddress peer) {
    return relayNetworks.originOf(peer);
  }
}
