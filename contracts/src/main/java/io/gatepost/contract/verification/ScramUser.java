package io.gatepost.contract.verification;

/// Whose parameters an exchange needs.
public record ScramUser(String user) {}
