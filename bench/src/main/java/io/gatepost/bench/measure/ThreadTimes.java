package io.gatepost.bench.measure;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// CPU time of a group's threads by name, without the numbers in it: the threads of a pool count
/// together. Threads that ended meanwhile are missing.
///
/// @param micros by process and name, in microseconds
public record ThreadTimes(Map<String, Long> micros) {

  /// As it is now.
  public static ThreadTimes of(ProcessGroup group) {
    Map<String, Long> micros = new TreeMap<>();
    for (long pid : group.pids()) {
      for (Path thread : Proc.threads(pid)) {
        Proc.threadName(thread)
            .ifPresent(name ->
                micros.merge(withoutNumbers(name), Proc.threadCpu(thread).total(), Long::sum));
      }
    }
    return new ThreadTimes(micros);
  }

  /// Returns the difference to an earlier one; names that used nothing are left out.
  public ThreadTimes since(ThreadTimes before) {
    Map<String, Long> added = new TreeMap<>();
    micros.forEach((name, now) -> {
      long more = now - before.micros.getOrDefault(name, 0L);
      if (more > 0) {
        added.put(name, more);
      }
    });
    return new ThreadTimes(added);
  }

  /// Returns the use of threads whose names contain a text, in milliseconds.
  public double millisOf(String text) {
    return micros.entrySet().stream()
            .filter(entry -> entry.getKey().contains(text))
            .mapToLong(Map.Entry::getValue)
            .sum()
        / 1000.0;
  }

  /// The largest first.
  public Map<String, Long> sorted() {
    Map<String, Long> sorted = new LinkedHashMap<>();
    micros.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  private static String withoutNumbers(String name) {
    return name.replaceAll("[#-]\\d+|\\d+$", "").strip();
  }
}
