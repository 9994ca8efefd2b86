package io.gatepost.bench;

import io.gatepost.bench.report.Results;
import io.gatepost.bench.report.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/// Steps that all benchmarks have in common: set up, measure, and tell the result, which is also
/// told where the measuring came to a bad end, as far as it came.
abstract class BenchCommand implements Callable<Integer> {

  abstract BenchOptions options();

  /// Measures, and notes the figures.
  abstract void measure(Lab lab, Results results) throws IOException, InterruptedException;

  @Override
  public final Integer call() throws IOException, InterruptedException {
    Results results = new Results();
    try (Lab lab = Lab.open(options())) {
      measure(lab, results);
    } finally {
      tell(results);
    }
    return 0;
  }

  private void tell(Results results) throws IOException {
    if (!results.rows().isEmpty()) {
      System.out.print(Tables.text(results.rows()));
      results.notes().forEach(System.out::println);
      System.out.flush();
    }
    if (options().json().isPresent()) {
      Path file = options().json().get();
      Files.writeString(file, Tables.json(results.rows()));
    }
  }
}
