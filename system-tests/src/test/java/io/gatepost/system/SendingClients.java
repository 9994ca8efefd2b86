package io.gatepost.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/// Clients that send messages until they are stopped, each over a connection of its own, and
/// connect again when it has gone.
public final class SendingClients implements AutoCloseable {

  private static final Duration RECONNECT = Duration.ofMillis(50);
  private static final int LARGE_LINES = 3_000;
  private static final int SMALL_LINES = 30;

  private final Supplier<InetSocketAddress> server;
  private final Duration pause;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  /// The messages of a client.
  public interface Messages {
    /// Sends the next one; false where the connection is of no more use. What was not answered with
    /// 250 is not sent again, so that no copy comes from here twice.
    boolean sendOne(SmtpClient client) throws IOException;
  }

  /// @param server the address to connect to, now
  /// @param pause between two messages of a client
  public SendingClients(Supplier<InetSocketAddress> server, Duration pause) {
    this.server = server;
    this.pause = pause;
  }

  /// Starts one more.
  ///
  /// @param from the address to connect from
  public void add(String from, Messages messages) {
    threads.add(Thread.ofVirtual().name("load-" + threads.size()).start(() -> run(from, messages)));
  }

  /// Stops; no client sends any more when it returns.
  @Override
  public void close() {
    stopping = true;
    for (Thread each : threads) {
      try {
        each.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Random lines, some with a dot in front: of one message in so many 3,000, else 30 at most.
  public static String body(int largeOneIn) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int lines = random.nextInt(largeOneIn) == 0 ? LARGE_LINES : 1 + random.nextInt(SMALL_LINES);
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      body.append(i % 7 == 0 ? "." : "").append(random.nextLong()).append(" and so on\r\n");
    }
    return body.toString();
  }

  /// The checksum by which a body is found again.
  public static long checksum(String body) {
    CRC32 checksum = new CRC32();
    checksum.update(body.getBytes(ISO_8859_1));
    return checksum.getValue();
  }

  private void run(String from, Messages messages) {
    while (!stopping) {
      try (SmtpClient client = SmtpClient.connect(server.get(), from)) {
        client.reply();
        client.say("EHLO client.example");
        while (!stopping && messages.sendOne(client)) {
          Thread.sleep(pause);
        }
        Thread.sleep(RECONNECT); // it was told to come again later
      } catch (IOException e) {
        reconnectSoon(); // the server has just been killed
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void reconnectSoon() {
    try {
      Thread.sleep(RECONNECT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
