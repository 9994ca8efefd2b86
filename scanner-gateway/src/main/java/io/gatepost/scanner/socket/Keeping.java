package io.gatepost.scanner.socket;

import java.time.Duration;
import java.util.function.Predicate;

/// How a scanner serves several questions over one connection, one after the other.
///
/// @param opening octets before the first question
/// @param goodbye octets before a connection is closed that waits
/// @param goesOn whether the scanner takes another question after this answer
/// @param most connections that wait at a time
/// @param idle how long one waits
/// @param longest how long a connection is used: then the next one may reach another scanner behind
///   the same name
public record Keeping(
    byte[] opening,
    byte[] goodbye,
    Predicate<Answer> goesOn,
    int most,
    Duration idle,
    Duration longest) {}
