package io.gatepost.edge.listener;

import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.dialogue.DialogueServices;
import io.gatepost.edge.inquiry.ClientInquiries;
import io.gatepost.edge.tls.TlsContexts;
import java.util.Optional;

/// The parts of the edge that all sessions use.
///
/// @param shared what is scarce, and shared by all sessions
/// @param greeting the first reply to every client
/// @param inquiries what the DNS is asked about clients
/// @param tls empty where TLS is turned off
record SessionServices(
    SessionRules rules,
    Reply greeting,
    SharedResources shared,
    DialogueServices dialogue,
    ClientInquiries inquiries,
    LoggedReplies loggedReplies,
    Optional<TlsContexts> tls) {

  String hostname() {
    return rules.hostname();
  }
}
