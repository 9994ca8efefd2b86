package io.gatepost.verification.callout;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;

/// A question that a next hop can answer.
///
/// @param destination its name
/// @param sender the reverse-path of the question; an answer to the null one serves every sender
public record AnswerKey(String destination, ForwardPath recipient, ReversePath sender) {}
