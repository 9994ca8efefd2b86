package io.gatepost.scanner.milter;

/// One thing that a filter is told.
///
/// @param wire packets: macros, and the command unless the filter does not want it
/// @param isAnswered whether the filter answers before the next step
/// @param about the recipient, where it is one; else empty
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record Step(Stage stage, byte[] wire, boolean isAnswered, String about) {}
