package io.gatepost.bench.mta;

import io.gatepost.bench.load.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Gatepost's meters, as it tells them over HTTP.
public final class Meters {

  private Meters() {}

  /// How many sessions are open.
  public static long sessions(RunningSystem running) throws IOException, InterruptedException {
    return (long) sum(running, List.of("gatepost_edge_sessions"), line -> true);
  }

  /// A counter of sessions by their class; empty where there is no such counter.
  ///
  /// @param name without its unit and the `_total` of counters
  /// @param unit such as `_seconds`; empty where it has none
  public static Map<String, Double> byClass(RunningSystem running, String name, String unit)
      throws IOException, InterruptedException {
    Pattern pattern =
        Pattern.compile(name + unit + "(?:_total|_sum)?\\{(?:.*,)?class=\"(\\w+)\".*} (\\S+)");
    Map<String, Double> values = new TreeMap<>();
    for (String line : lines(running, List.of(name, name + unit))) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.matches()) {
        values.merge(matcher.group(1), Double.valueOf(matcher.group(2)), Double::sum);
      }
    }
    return values;
  }

  /// The sum of some of them.
  ///
  /// @param names without the `_total` of counters
  static double sum(RunningSystem running, List<String> names, Predicate<String> lines)
      throws IOException, InterruptedException {
    return lines(running, names).stream()
        .filter(line -> names.stream().anyMatch(line::startsWith))
        .filter(lines)
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /// Some of them, and no look at the others, which would cost what is measured.
  ///
  /// @param names without the `_total` of counters, as Actuator wants them
  private static List<String> lines(RunningSystem running, List<String> names)
      throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://%s/actuator/prometheus?includedNames=%s"
                .formatted(Programs.text(running.http().orElseThrow()), String.join(",", names)));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofLines())
          .body()
          .toList();
    }
  }
}
