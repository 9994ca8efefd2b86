package io.gatepost.contract.envelope;

/// One life of a message in the log: a deferral ends it, and the record that takes its place is the
/// next. Everything that is done once only is done once for each generation.
///
/// @param number from 0, which is the message as it was queued
public record Generation(QueueId id, int number) {}
