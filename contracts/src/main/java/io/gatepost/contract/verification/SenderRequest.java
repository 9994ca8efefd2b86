package io.gatepost.contract.verification;

import io.gatepost.contract.address.ForwardPath;

/// May this user use this sender?
///
/// @param user who the client has proved to be
/// @param sender the address of `MAIL FROM`; the null reverse-path is everybody's and is not asked
///   about
public record SenderRequest(String user, ForwardPath sender) {}
