package io.gatepost.system.scanload;

import io.gatepost.testkit.scanner.FakeScanner;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A scanner of the type `http` that finds nothing, takes a fixed time for it, and remembers when
/// each message came. It tells no version, so Gatepost keeps none of its answers.
final class TimedScanner implements AutoCloseable {

  private static final String NO_VERSION =
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  private static final String VERDICT = "{\"verdict\":\"clean\"}";
  private static final String CLEAN =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
          + "Content-Length: "
          + VERDICT.length()
          + "\r\n\r\n"
          + VERDICT;
  private static final String SENDER = "gatepost-sender: ";
  private static final int HEXADECIMAL = 16;

  private final Duration each;
  private final FakeScanner server;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final Queue<Scan> scans = new ConcurrentLinkedQueue<>();

  /// One scan.
  ///
  /// @param sender whose message it was
  /// @param feeding from its first octet, that of the request, to its last
  /// @param whole from its first octet to the answer
  record Scan(String sender, Duration feeding, Duration whole) {}

  private TimedScanner(Duration each) {
    this.each = each;
    this.server = FakeScanner.start(this::serve);
  }

  /// Starts one.
  ///
  /// @param each how long it takes from a message's last octet to its answer
  static TimedScanner start(Duration each) {
    return new TimedScanner(each);
  }

  /// Settings of a suite with no other scanner.
  Map<String, String> settings(int slots) {
    Map<String, String> settings = new LinkedHashMap<>();
    String prefix = "gatepost.scanner.scanners[0].";
    settings.put(prefix + "name", "timed");
    settings.put(prefix + "type", "http");
    settings.put(prefix + "address", "http://" + server.address() + "/scan");
    settings.put(prefix + "slots", slots + "");
    return settings;
  }

  /// The scans that have ended so far.
  List<Scan> scans() {
    return List.copyOf(scans);
  }

  /// The most scans that were under way at a time.
  int most() {
    return most.get();
  }

  @Override
  public void close() {
    server.close();
  }

  private void serve(Talk talk) throws IOException {
    int method = talk.read();
    if (method != 'P') {
      answer(talk, NO_VERSION);
      return;
    }
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    try {
      scan(talk, System.nanoTime());
    } finally {
      running.decrementAndGet();
    }
    talk.write(CLEAN); // from here on the next scan may begin
  }

  private static void answer(Talk talk, String answer) throws IOException {
    while (!talk.readLine().isEmpty()) {
      // the head says nothing that matters
    }
    talk.write(answer);
  }

  private void scan(Talk talk, long began) throws IOException {
    String sender = "";
    for (String line = talk.readLine(); !line.isEmpty(); line = talk.readLine()) {
      if (line.regionMatches(true, 0, SENDER, 0, SENDER.length())) {
        sender = line.substring(SENDER.length());
      }
    }
    for (int size = chunk(talk); size > 0; size = chunk(talk)) {
      talk.read(size);
      talk.readLine();
    }
    Duration feeding = Duration.ofNanos(System.nanoTime() - began);
    pause(each);
    scans.add(new Scan(sender, feeding, Duration.ofNanos(System.nanoTime() - began)));
  }

  private static int chunk(Talk talk) throws IOException {
    return Integer.parseInt(talk.readLine().strip(), HEXADECIMAL);
  }

  private static void pause(Duration time) throws IOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
