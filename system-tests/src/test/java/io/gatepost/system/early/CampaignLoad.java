package io.gatepost.system.early;

import io.gatepost.system.Estate;
import io.gatepost.system.SendingClients;
import io.gatepost.system.early.Heard.End;
import io.gatepost.system.early.Heard.Sent;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/// Clients of ours and strangers that send without pause to every next hop of the campaign. What
/// was not answered with 250 is not sent again, so that no copy comes from here twice.
final class CampaignLoad implements AutoCloseable {

  private static final int CLIENTS = 8;
  private static final int LARGE_ONE_IN = 20;
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Heard heard;
  private final SendingClients clients;

  CampaignLoad(Supplier<InetSocketAddress> server, Heard heard) {
    this.heard = heard;
    this.clients = new SendingClients(server, PAUSE);
    for (int i = 0; i < CLIENTS; i++) {
      boolean isOwn = i % 2 == 0;
      clients.add(isOwn ? "127.0.0.1" : "127.0.0.2", client -> sendOne(client, isOwn));
    }
  }

  /// Stops; no client sends any more when it returns.
  @Override
  public void close() {
    clients.close();
  }

  /// False where the connection is of no more use.
  private boolean sendOne(SmtpClient client, boolean isOwn) throws IOException {
    String id = Estate.newMessageId();
    List<String> recipients = recipients();
    String body = SendingClients.body(LARGE_ONE_IN);
    String sender = isOwn ? "bob@example.test" : "stranger@home.test";
    long begun = System.nanoTime();
    String reply = "";
    try {
      reply = client.next(sender, recipients, "Message-ID: " + id + "\r\n\r\n" + body);
    } finally {
      heard.heard(
          new Sent(
              id,
              recipients,
              SendingClients.checksum(body),
              begun,
              System.nanoTime(),
              End.of(reply),
              reply));
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
}
