package io.gatepost.contract.verification;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;

/// The answer that a delivery got to RCPT.
///
/// @param recipient the address as the next hop was given it
/// @param sender the reverse-path of the message
/// @param destination the name of the destination
/// @param reply a 2xx or a 5xx, in the host's own words
public record HeardRecipient(
    ForwardPath recipient, ReversePath sender, String destination, Reply reply) {}
