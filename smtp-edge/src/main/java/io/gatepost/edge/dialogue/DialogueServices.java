package io.gatepost.edge.dialogue;

import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.filter.MessageFilter;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.MessageIntake;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.session.RecipientMemory;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.rpc.trace.Traces;
import io.gatepost.smtp.command.CommandParser;

/// The parts of the edge that all dialogues use.
///
/// @param recipients memory for the recipients of all open transactions
/// @param traces of transactions
public record DialogueServices(
    DialogueRules rules,
    SessionMachine machine,
    CommandParser parser,
    StandardPolicy policy,
    RecipientMemory recipients,
    MessageIntake intake,
    Acceptance acceptance,
    MessageFilter filter,
    Verification verification,
    Tarpit tarpit,
    Traces traces,
    EdgeMeters meters) {}
