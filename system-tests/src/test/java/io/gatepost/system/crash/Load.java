package io.gatepost.system.crash;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepost.system.Estate;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/// Clients that send without pause: to one recipient or several, at hosts that are up, down or slow
/// and in a local mailbox, some of whom are refused, small messages and some that go to the content
/// store. What was not answered with 250 is not sent again, so that no copy comes from here twice.
final class Load implements AutoCloseable {

  private static final int CLIENTS = 6;
  private static final int LARGE_ONE_IN = 40;
  private static final long PAUSE_MILLIS = 50;
  private static final String QUEUED_AS = "250 2.0.0 queued as ";
  private static final long RECONNECT_MILLIS = 50;

  private final Supplier<InetSocketAddress> server;
  private final Ledger ledger;
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopping;

  Load(Supplier<InetSocketAddress> server, Ledger ledger) {
    this.server = server;
    this.ledger = ledger;
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(Thread.ofVirtual().name("load-" + i).start(this::run));
    }
  }

  /// Stops; no client sends any more when it returns.
  @Override
  public void close() {
    stopping = true;
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    while (!stopping) {
      try (SmtpClient client = SmtpClient.connect(server.get())) {
        client.reply();
        client.say("EHLO client.example");
        while (!stopping && sendOne(client)) {
          Thread.sleep(PAUSE_MILLIS);
        }
        pause(); // it was told to come again later
      } catch (IOException e) {
        pause(); // it has just been killed
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /// False where the connection is of no more use.
  private boolean sendOne(SmtpClient client) throws IOException {
    String messageId = Estate.newMessageId();
    List<String> recipients = recipients();
    String body = body();
    String reply;
    try {
      reply =
          client.next(
              "bob@example.test",
              recipients,
              "Message-ID: " + messageId + "\r\nSubject: load\r\n\r\n" + body);
    } catch (IOException e) {
      ledger.unanswered(messageId);
      throw e;
    }
    if (reply.startsWith(QUEUED_AS)) {
      CRC32 checksum = new CRC32();
      checksum.update(body.getBytes(ISO_8859_1));
      String queueId = reply.substring(QUEUED_AS.length()).strip();
      ledger.promised(messageId, new Ledger.Promise(queueId, recipients, checksum.getValue()));
      return true;
    }
    if (reply.isEmpty()) {
      ledger.unanswered(messageId);
    } else {
      ledger.refused(messageId, reply);
    }
    return false;
  }

  private static List<String> recipients() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int user = random.nextInt(1000);
    return switch (random.nextInt(8)) {
      case 0 -> List.of("user" + user + "@flaky.test");
      case 1 -> List.of("user" + user + "@sink.test", "user" + user + "@flaky.test");
      case 2 ->
          List.of(
              "a@sink.test", "b@flaky.test", "c@sink.test", "d@flaky.test", "alice@example.test");
      case 3 -> List.of("alice@example.test");
      case 4 -> List.of("user" + user + "@sink.test", Books.REFUSED);
      default -> List.of("user" + user + "@sink.test");
    };
  }

  private static String body() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int lines = random.nextInt(LARGE_ONE_IN) == 0 ? 3000 : 1 + random.nextInt(30);
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      body.append(i % 7 == 0 ? "." : "").append(random.nextLong()).append(" and so on\r\n");
    }
    return body.toString();
  }

  private static void pause() {
    try {
      Thread.sleep(RECONNECT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
