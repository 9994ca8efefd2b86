package io.gatepost.system.early;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepost.system.Estate;
import io.gatepost.system.early.Heard.End;
import io.gatepost.system.early.Heard.Sent;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/// Clients of ours and strangers that send without pause to every next hop of the campaign. What
/// was not answered with 250 is not sent again, so that no copy comes from here twice.
final class CampaignLoad implements AutoCloseable {

  private static final int CLIENTS = 8;
  private static final int LARGE_ONE_IN = 20;
  private static final long PAUSE_MILLIS = 20;
  private static final long RECONNECT_MILLIS = 50;

  private final Supplier<InetSocketAddress> server;
  private final Heard heard;
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopping;

  CampaignLoad(Supplier<InetSocketAddress> server, Heard heard) {
    this.server = server;
    this.heard = heard;
    for (int i = 0; i < CLIENTS; i++) {
      boolean isOwn = i % 2 == 0;
      clients.add(Thread.ofVirtual().name("load-" + i).start(() -> run(isOwn)));
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

  private void run(boolean isOwn) {
    while (!stopping) {
      try (SmtpClient client =
          SmtpClient.connect(server.get(), isOwn ? "127.0.0.1" : "127.0.0.2")) {
        client.reply();
        client.say("EHLO client.example");
        while (!stopping && sendOne(client, isOwn)) {
          Thread.sleep(PAUSE_MILLIS);
        }
        Thread.sleep(RECONNECT_MILLIS); // it was told to come again later
      } catch (IOException e) {
        pause(); // it has just been killed
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /// False where the connection is of no more use.
  private boolean sendOne(SmtpClient client, boolean isOwn) throws IOException {
    String id = Estate.newMessageId();
    List<String> recipients = recipients();
    String body = body();
    CRC32 checksum = new CRC32();
    checksum.update(body.getBytes(ISO_8859_1));
    String sender = isOwn ? "bob@example.test" : "stranger@home.test";
    long begun = System.nanoTime();
    String reply = "";
    try {
      reply = client.next(sender, recipients, "Message-ID: " + id + "\r\n\r\n" + body);
    } finally {
      heard.heard(
          new Sent(
              id, recipients, checksum.getValue(), begun, System.nanoTime(), End.of(reply), reply));
    }
    return reply.startsWith("250");
  }

  private static List<String> recipients() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String user = "user" + random.nextInt(1000);
    return switch (random.nextInt(10)) {
      case 0 -> List.of(user + "@slow.test");
      case 1 -> List.of(user + "@quick.test", user + "@slow.test");
      case 2 -> List.of(user + "@choosy.test", Campaign.REFUSED);
      case 3 -> List.of(user + "@quick.test", Campaign.REFUSED, Campaign.ALICE);
      case 4 -> List.of(user + "@lossy.test");
      case 5 -> List.of(user + "@lossy.test", user + "@quick.test", Campaign.ALICE);
      case 6 -> List.of(Campaign.ALICE);
      default -> List.of(user + "@quick.test");
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
