package io.gatepost.edge.listener;

import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.Submission;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.session.RecipientRoom;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.edge.tls.TlsContexts;
import io.gatepost.smtp.command.CommandParser;
import java.util.Optional;

/// What every session uses and none owns.
///
/// @param recipientRoom what all sessions share of the memory for recipients
/// @param greeting what every client hears first
/// @param tls empty where no bundle is set
record SessionServices(
    SessionRules rules,
    Reply greeting,
    SessionMachine machine,
    CommandParser parser,
    StandardPolicy policy,
    RecipientRoom recipientRoom,
    Submission submission,
    Acceptance acceptance,
    Verification verification,
    EdgeMeters meters,
    Optional<TlsContexts> tls) {

  String hostname() {
    return rules.hostname();
  }
}
