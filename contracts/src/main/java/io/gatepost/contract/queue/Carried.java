package io.gatepost.contract.queue;

/// A copy of an envelope stands at the tail of its partition of `due`.
public record Carried(long offset) {}
