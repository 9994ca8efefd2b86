package io.gatepost.edge.listener;

import io.gatepost.edge.dialogue.DialogueRules;
import io.gatepost.edge.policy.TrustedNetworks;
import java.time.Duration;

/// The settings of every session.
///
/// @param hostname the name of this host
/// @param greetPause before the greeting, for strangers on the MX listener (requirement B1)
/// @param longest how long a session may last
/// @param networks of clients with rights of their own
public record SessionRules(
    String hostname,
    Duration greetPause,
    Duration longest,
    TrustedNetworks networks,
    DialogueRules dialogue) {}
