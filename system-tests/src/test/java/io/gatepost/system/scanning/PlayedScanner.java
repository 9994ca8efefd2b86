package io.gatepost.system.scanning;

import io.gatepost.testkit.scanner.FakeScanner;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/// A scanner that speaks the protocol over HTTP and goes by words in the message. It remembers what
/// it was asked, and holds answers back where it is told to. It tells no version, so nothing that
/// it says is kept.
final class PlayedScanner implements AutoCloseable {

  /// As much of a message is kept as text.
  private static final int KEPT_OCTETS = 1 << 20;

  private static final int CR = '\r';
  private static final int LF = '\n';

  private final String name;
  private final FakeScanner scanner = FakeScanner.start(this::serve);
  private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
  private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();

  /// A message that it has read to the end.
  ///
  /// @param text its beginning
  /// @param octets how long it is
  record Asked(String queueId, String text, long octets) {}

  /// @param name in front of the words that it goes by
  PlayedScanner(String name) {
    this.name = name;
  }

  /// In a message that it finds bad.
  String bad() {
    return name + "-finds-bad";
  }

  /// In a message that it marks.
  String suspect() {
    return name + "-finds-suspect";
  }

  /// In a message that it wants put aside.
  String aside() {
    return name + "-wants-aside";
  }

  /// Its address in settings.
  String url() {
    return "http://" + scanner.address() + "/scan";
  }

  /// What it was asked about, in order.
  List<Asked> asked() {
    return List.copyOf(asked);
  }

  /// How often it was asked about messages with this in their text.
  long asked(String words) {
    return asked.stream().filter(each -> each.text.contains(words)).count();
  }

  /// Gives no answer about messages with this in their text until [#letGo].
  void hold(String words) {
    held.put(words, new CountDownLatch(1));
  }

  /// Answers what it holds back.
  void letGo(String words) {
    Optional.ofNullable(held.remove(words)).ifPresent(CountDownLatch::countDown);
  }

  /// Is not there any more.
  void goDown() {
    scanner.goDown();
  }

  /// Is there again.
  void comeUp() {
    scanner.comeUp();
  }

  @Override
  public void close() {
    held.values().forEach(CountDownLatch::countDown);
    scanner.close();
  }

  private void serve(Talk talk) throws IOException {
    boolean isScan = talk.readLine().startsWith("POST ");
    String queueId = "";
    for (String field = talk.readLine(); !field.isEmpty(); field = talk.readLine()) {
      String[] parts = field.split(": *", 2);
      queueId = parts[0].equalsIgnoreCase("Gatepost-Queue-Id") ? parts[1] : queueId;
    }
    if (!isScan) {
      talk.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    Asked message = body(talk, queueId);
    asked.add(message);
    awaitRelease(message);
    String verdict = verdict(message.text);
    talk.write(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(verdict.length(), verdict));
  }

  private void awaitRelease(Asked message) {
    held.forEach((words, latch) -> {
      if (message.text.contains(words)) {
        try {
          latch.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    });
  }

  private static Asked body(Talk talk, String queueId) throws IOException {
    StringBuilder text = new StringBuilder();
    long octets = 0;
    int size;
    do {
      size = Integer.parseInt(talk.readLine(), 16);
      byte[] chunk = talk.read(size);
      if (text.length() < KEPT_OCTETS) {
        text.append(new String(chunk, java.nio.charset.StandardCharsets.ISO_8859_1));
      }
      octets += size;
      expect(talk, CR);
      expect(talk, LF);
    } while (size > 0);
    return new Asked(queueId, text.toString(), octets);
  }

  private static void expect(Talk talk, int octet) throws IOException {
    int said = talk.read();
    if (said != octet) {
      throw new IOException("a chunk ends with " + said);
    }
  }

  private String verdict(String text) {
    if (text.contains(bad())) {
      return "{\"verdict\":\"bad\",\"words\":\"Played.Virus\"}";
    }
    if (text.contains(aside())) {
      return "{\"verdict\":\"quarantine\",\"words\":\"Played.Doubt\"}";
    }
    return text.contains(suspect())
        ? "{\"verdict\":\"suspect\",\"score\":6.5,\"words\":\"Played.Oddity\"}"
        : "{\"verdict\":\"clean\"}";
  }
}
