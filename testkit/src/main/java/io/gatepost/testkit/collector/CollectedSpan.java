package io.gatepost.testkit.collector;

import java.util.Map;

/// A span as a collector gets it.
///
/// @param service the process that it is of, by `service.name`
/// @param trace its trace, in hexadecimal digits
/// @param parent the span that it is part of, empty for the first of its trace
/// @param attributes those that are texts
public record CollectedSpan(
    String service,
    String trace,
    String id,
    String parent,
    String name,
    Map<String, String> attributes) {}
