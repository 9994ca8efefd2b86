package io.gatepost.contract.verification;

/// User of an exchange that needs parameters.
public record ScramUser(String user) {}
