package io.gatepost.bench.report;

/// Metric of a figure.
///
/// @param name such as `delivered`
/// @param unit such as `messages/s`
public record Metric(String name, String unit) {

  /// How many times as much as another system this is.
  public Metric ratioTo(String system) {
    return new Metric(name + ", ratio to " + system, "x");
  }
}
