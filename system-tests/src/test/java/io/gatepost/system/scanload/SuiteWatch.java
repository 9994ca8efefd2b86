package io.gatepost.system.scanload;

import io.gatepost.testkit.product.GatepostProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Looks at a suite's process twice a second: the most threads and the most memory that it has had.
/// Its database, which is a process of its own, is not in it.
final class SuiteWatch implements AutoCloseable {

  private static final Pattern THREADS = Pattern.compile("(?m)^Threads:\\s+(\\d+)$");
  private static final long PERIOD_MILLIS = 500;

  private final GatepostProcess suite;
  private final Thread thread;
  private volatile int mostThreads;
  private volatile long mostOctets;

  private SuiteWatch(GatepostProcess suite) {
    this.suite = suite;
    this.thread = Thread.ofVirtual().name("suite-watch").unstarted(this::run);
  }

  static SuiteWatch start(GatepostProcess suite) {
    SuiteWatch watch = new SuiteWatch(suite);
    watch.look();
    watch.thread.start();
    return watch;
  }

  /// Threads of the system that it has now.
  static int threads(GatepostProcess suite) {
    Matcher matcher = THREADS.matcher(read(Path.of("/proc/" + suite.pid() + "/status")));
    if (!matcher.find()) {
      throw new IllegalStateException("pid " + suite.pid() + " has no threads");
    }
    return Integer.parseInt(matcher.group(1));
  }

  /// The machine's load, as the kernel tells it: of one, five and fifteen minutes.
  static String machineLoad() {
    String[] words = read(Path.of("/proc/loadavg")).split(" ", 4);
    return words[0] + " " + words[1] + " " + words[2];
  }

  int mostThreads() {
    return mostThreads;
  }

  /// Resident octets.
  long mostOctets() {
    return mostOctets;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(PERIOD_MILLIS);
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // told to end
    }
  }

  private void look() {
    mostThreads = Math.max(mostThreads, threads(suite));
    mostOctets = Math.max(mostOctets, suite.residentOctets());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
